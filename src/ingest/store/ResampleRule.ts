import { Schema } from "effect";

/** How readings at any instants become one value a step. */
export const ResampleMethod = Schema.Literals(["nearest", "last", "mean", "sum"]);

/**
 * A step's value from the readings about it:
 * - `nearest`: the reading nearest in time, at most `toleranceMs` away (of two equally near the earlier one);
 * - `last`: the latest reading at or before the step, at most `toleranceMs` old;
 * - `mean`, `sum`: of the readings after the step before, up to and with the step, so that no step holds what was not
 *   yet known at its instant.
 */
export interface ResampleRule {
  readonly by: typeof ResampleMethod.Type;
  /** Of `nearest` and `last`, in ms. */
  readonly toleranceMs: number;
}

/** Readings have to stand on the grid. */
export const ON_GRID: ResampleRule = { by: "nearest", toleranceMs: 0 };

/** The regular instants of a panel: `phaseMs + k * stepMs`. */
export interface StepGrid {
  readonly stepMs: number;
  readonly phaseMs: number;
}

/**
 * Number `k` of the step that a reading belongs to; NaN where the rule has no use for it.
 *
 * @example
 * stepOf({ by: "mean", toleranceMs: 0 }, { stepMs: 300_000, phaseMs: 0 }, 300_001); // => 2
 */
export const stepOf = (rule: ResampleRule, { stepMs, phaseMs }: StepGrid, instantMs: number): number => {
  const exact = (instantMs - phaseMs) / stepMs;
  if (rule.by !== "nearest") return Math.ceil(exact);
  const step = Math.ceil(exact - 0.5);
  return Math.abs(instantMs - phaseMs - step * stepMs) <= rule.toleranceMs ? step : NaN;
};
