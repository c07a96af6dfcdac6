import type { LeastErrors } from "./leastPulseError.ts";

/** Traces that should keep a rule, and how a forecaster meets them. */
export interface TraceTask {
  readonly name: string;
  /** What stands above its table. */
  readonly title: string;
  readonly signals: readonly string[];
  /** Samples of a trace, and how many of its first ones a forecaster is given. */
  readonly steps: number;
  readonly given: number;
  readonly rule: string;
  /** Passes over the training traces in each training, traces of a step, and the highest learning rate. */
  readonly epochs: number;
  readonly batch: number;
  readonly peakRate: number;
  /** Steps of the device's integers, one a signal; the margin is above what they make of a predicate. */
  readonly quantum: readonly number[];
  /** Robustness asked of a projected forecast, and of the teacher's traces; in the unit of the signals. */
  readonly margin: number;
  readonly teacherMargin: number;
  /** A forecaster reads and writes (value - centre) / scale; one number a signal. */
  readonly centre: readonly number[];
  readonly scale: readonly number[];
  /** Whether samples can be missing: the forecaster then reads for each signal whether it is. */
  readonly canMiss?: boolean;
  /** What the squared error to the truth weighs at the end, 0..1; the paper's weight lambda is (1 - beta) / beta. */
  readonly beta: number;
  /** Where known, the least error that any forecast can have, and any that keeps the rule. */
  readonly leastErrors?: LeastErrors;
}
