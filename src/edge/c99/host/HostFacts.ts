/** What the host program knows of an artefact beside the exported model. */
export interface HostFacts {
  /** Name of the files and of their functions. */
  readonly name: string;
  /** One line that says what the text was made from. */
  readonly origin: string;
  readonly sensors: readonly string[];
  /** Channels of the readings, the targets first, with the quantum of each. */
  readonly channels: readonly { readonly channel: string; readonly quantum: number }[];
  readonly targets: number;
  /** Levels of the quantiles beside the median, ascending. */
  readonly quantiles: readonly number[];
  readonly rules: readonly {
    readonly name: string;
    readonly enforced: boolean;
    readonly unitsPerOne: number;
  }[];
  /** Whether the exported model has a shield behind its forecast; else its rules are judged only. */
  readonly shield: boolean;
}
