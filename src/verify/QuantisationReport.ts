/** What the device's integers cost a forecast and its rules, without the shield; plain data. */
export interface QuantisationReport {
  readonly windows: number;
  /** Largest distance of a forecast entry in integers from that in real numbers, in the channel's unit. */
  readonly channels: readonly {
    readonly channel: string;
    readonly unit: string;
    readonly largestError: number;
  }[];
  readonly rules: readonly RuleQuantisation[];
}

/** Robustness in the unit of the rule's predicates. */
export interface RuleQuantisation {
  readonly name: string;
  readonly enforced: boolean;
  /** How far the robustness moves when every reading moves by one; null where nothing bounds it. */
  readonly lipschitz: number | null;
  /** `lipschitz` times the largest error of a channel that the rule reads. */
  readonly bound: number | null;
  readonly largestDifference: number;
  /** Windows with a judgement of both forecasts, and those of them whose margin in real numbers is above the bound. */
  readonly judged: number;
  readonly beyondBound: number;
}
