import { contextSteps } from "../series/features.ts";
import type { LocalClock } from "../series/LocalClock.ts";
import type { BoundRule } from "../stl/index.ts";
import type { PlannedReadings } from "./TrainingData.ts";

/**
 * The trace that rules are judged on: history up to the origin, then the forecast; reused from origin to origin.
 *
 * `values` is [channel of the plan][sensor][historySteps + 1 + horizon]; channels that are not forecast are NaN
 * past the origin.
 */
export interface ForecastTrace {
  readonly historySteps: number;
  readonly steps: number;
  readonly values: Float64Array;
}

export const createForecastTrace = (data: PlannedReadings, rules: readonly BoundRule[]): ForecastTrace => {
  const historySteps = historyOf(data, rules);
  const steps = historySteps + 1 + data.plan.horizonSteps;
  const channels = data.readings.values.length / (data.sensors * data.steps);
  return { historySteps, steps, values: new Float64Array(channels * data.sensors * steps) };
};

/** Steps of history that the rules read, the longest hold over a gap included; never more than a forecast reads. */
const historyOf = (data: PlannedReadings, rules: readonly BoundRule[]): number => {
  const longest = contextSteps(data.plan) - 1;
  const needed = rules.map((rule) => {
    const holds = rule.plan.nodes.map((node) => (node.kind === "signal" ? (node.holdSteps ?? longest) : 0));
    return rule.historySteps + Math.max(0, ...holds);
  });
  return Math.min(longest, Math.max(0, ...needed));
};

/**
 * Writes the history of an origin into the trace: readings as observed.
 *
 * @param held [target][sensor][step]: stands for the readings of the targets where it is given
 */
export const writeHistory = (
  trace: ForecastTrace,
  data: PlannedReadings,
  origin: number,
  held?: Float32Array,
): void => {
  const rows = trace.values.length / trace.steps;
  const heldRows = held === undefined ? 0 : data.plan.targets.length * data.sensors;
  for (let row = 0; row < rows; row++) {
    const source = row < heldRows ? held! : data.readings.values;
    const from = row * trace.steps;
    for (let k = 0; k <= trace.historySteps; k++) {
      const step = origin - trace.historySteps + k;
      trace.values[from + k] = step < 0 ? Number.NaN : source[row * data.steps + step]!;
    }
    trace.values.fill(Number.NaN, from + trace.historySteps + 1, from + trace.steps);
  }
};

/** Writes the forecast of one sensor, [target][lead], behind its history. */
export const writeForecast = (
  trace: ForecastTrace,
  data: PlannedReadings,
  sensor: number,
  forecast: ArrayLike<number>,
): void => {
  const { horizonSteps, targets } = data.plan;
  for (let target = 0; target < targets.length; target++) {
    const offset = (target * data.sensors + sensor) * trace.steps + trace.historySteps + 1;
    for (let lead = 0; lead < horizonSteps; lead++) {
      trace.values[offset + lead] = forecast[target * horizonSteps + lead]!;
    }
  }
};

/** The clock of the trace of an origin; the origin must lie at least `historySteps` into the panel. */
export const clockOfTrace = (trace: ForecastTrace, clock: LocalClock, origin: number): LocalClock => {
  const from = origin - trace.historySteps;
  const to = from + trace.steps;
  return {
    minuteOfDay: clock.minuteOfDay.subarray(from, to),
    weekday: clock.weekday.subarray(from, to),
    dayNumber: clock.dayNumber.subarray(from, to),
  };
};
