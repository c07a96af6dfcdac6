/** `well`: as the model card says; `drifting`: not any more; `broken`: what is issued cannot be relied on. */
export type WatchVerdict = "well" | "drifting" | "broken";

/** Something that is not as the model card says. */
export interface Finding {
  readonly subject: "inputs" | "errors" | "rules";
  readonly kind:
    | "absent"
    | "dead"
    | "stuck"
    | "missing"
    | "distribution"
    | "error"
    | "coverage"
    | "broken"
    | "margin"
    | "truth";
  readonly verdict: Exclude<WatchVerdict, "well">;
  /** The channel or the rule. */
  readonly where: string;
  /** The sensors that show it; absent where it is all together. */
  readonly sensors?: readonly string[];
  readonly found: number;
  readonly expected: number;
  /** Instant. */
  readonly since: string;
  /** One sentence: what was found, what was expected. */
  readonly text: string;
  readonly remedy: string;
  /** Whether training anew can cure it. */
  readonly retrain: boolean;
}

/** What findings come to. */
export const verdictOf = (findings: readonly Pick<Finding, "verdict">[]): WatchVerdict =>
  findings.some(({ verdict }) => verdict === "broken") ? "broken" : findings.length > 0 ? "drifting" : "well";

const NAMED = 8;

/** Sensors for a sentence; many are cut short, with their number. */
export const namedSensors = (sensors: readonly string[]): string =>
  sensors.length <= NAMED
    ? sensors.join(", ")
    : `${sensors.slice(0, NAMED).join(", ")} and ${sensors.length - NAMED} more`;

/** A share in percent, for a sentence. */
export const percentText = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
