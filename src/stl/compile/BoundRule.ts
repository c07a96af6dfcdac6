import type { Plan } from "../plan/Plan.ts";
import type { Place } from "../language/Problem.ts";
import type { Severity } from "../language/Spec.ts";

/** A rule bound to a site: names, units and durations resolved, ready to be judged. */
export interface BoundRule {
  readonly name: string;
  /** The formula, printed. */
  readonly text: string;
  readonly because: string;
  readonly owner: string;
  readonly severity: Severity;
  readonly weight: number;
  readonly tags: readonly string[];
  /** Tagged `goal`: trained for, not enforced. */
  readonly goal: boolean;
  readonly at: "start" | "every";
  /**
   * Divides a robustness to make rules comparable, in `unit`: the attribute `scale`; else 1 % of the widest
   * declared range among the signals read; else 1 % of the largest threshold; else 1.
   */
  readonly scale: number;
  /** Unit text of the rule's predicates (of the first, where they differ); "1" without a unit. */
  readonly unit: string;
  /** Steps before the origin that the rule reads, >= 0; Infinity where unbounded. */
  readonly historySteps: number;
  /** Steps past the origin that the rule reads, >= 0; Infinity where unbounded. */
  readonly horizonSteps: number;
  /** Indices of the site's channels that the rule reads, ascending. */
  readonly channels: readonly number[];
  /** Sensors of the site: what gives `values` of a trace its layout. */
  readonly sensorCount: number;
  readonly channelCount: number;
  readonly readsClock: boolean;
  readonly plan: Plan;
  /** Where the text of each node of the plan stands; undefined for what no text of its own stands for. */
  readonly places: readonly (Place | undefined)[];
  readonly position: Place;
}
