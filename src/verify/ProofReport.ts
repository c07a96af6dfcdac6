import type { PerturbedWindow } from "./PerturbedWindow.ts";
import type { WindowKind } from "./WindowKind.ts";

/** What became of the windows that were tried. */
export interface WindowCounts {
  /** Windows tried: `judged + unjudged + infeasible`. */
  readonly runs: number;
  /** Windows on which every enforced rule could be judged, or one was seen to break. */
  readonly judged: number;
  /** Windows on which missing readings decide an enforced rule and none is seen to break: not counted as passed. */
  readonly unjudged: number;
  /** Windows on which the device proved that no forecast keeps the enforced rules: not counted as passed. */
  readonly infeasible: number;
  /** Judged windows on which the shielded forecast breaks an enforced rule. */
  readonly failures: number;
  /** Windows on which the device calls an enforced rule kept that the independent judge finds broken. */
  readonly disagreements: number;
  /** Judged or infeasible windows on which the forecast without shield breaks an enforced rule. */
  readonly unshieldedFailures: number;
}

/** What became of the windows of one kind. */
export interface KindProof extends WindowCounts {
  readonly kind: WindowKind;
  /** Upper end of the one-sided Clopper-Pearson interval of failures among judged windows of this kind. */
  readonly failureRateBound: number;
}

/** What a proof found; plain data. The counts are over all kinds. */
export interface ProofReport extends WindowCounts {
  readonly artefactSha256: string;
  readonly rulesSha256: string;
  readonly seed: number;
  readonly confidence: number;
  /**
   * The same bound over all kinds in the shares that were tried. Windows drawn kind by kind fail less scattered than
   * windows drawn from the mixture, so it holds for the mixture (Hoeffding, On the distribution of the number of
   * successes in independent trials, 1956).
   */
  readonly failureRateBound: number;
  readonly kinds: readonly KindProof[];
  readonly rules: readonly RuleProof[];
  /** The smallest failing window that shrinking found. */
  readonly counterexample?: Counterexample;
  /** The same for the forecast without its shield. */
  readonly unshieldedCounterexample?: Counterexample;
  /** True where windows were judged, none failed and device and judge never disagreed. */
  readonly passed: boolean;
}

export interface RuleProof {
  readonly name: string;
  readonly enforced: boolean;
  /** Windows by the independent verdict on the shielded forecast, infeasible ones left out. */
  readonly kept: number;
  readonly broken: number;
  readonly unjudged: number;
  /** Windows on which the shield had to restore the rule. */
  readonly restored: number;
  /** Smallest robustness among the judged windows, in the rule's unit; null where none was judged. */
  readonly smallestMargin: number | null;
}

export interface Counterexample {
  readonly kind: WindowKind;
  readonly window: PerturbedWindow;
  /** The window in words, one sentence a perturbation, then what breaks. */
  readonly description: readonly string[];
  readonly rule: string;
  /** Robustness in the rule's unit, negative. */
  readonly margin: number;
  readonly sensor: string;
  /** Step of the reading that decides, from the origin. */
  readonly step: number;
  /** fast-check's path to this window under the report's seed. */
  readonly path: string;
  readonly replayCommand: string;
}
