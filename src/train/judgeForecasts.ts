import { type BoundRule, createRuleEvaluator } from "../stl/index.ts";
import { clockOfTrace, createForecastTrace, writeForecast, writeHistory } from "./ForecastTrace.ts";
import type { PlannedReadings } from "./TrainingData.ts";

/** What became of one rule over a run of origins. */
export interface RuleTally {
  readonly held: number;
  readonly broken: number;
  /** Origins that missing readings leave open. */
  readonly unknown: number;
  /**
   * Robustness at each origin, in the rule's unit: at least this where it holds, at most this where it is broken, NaN
   * where missing readings leave it open.
   */
  readonly margins: Float64Array;
}

/**
 * Judges every rule at every origin on true history followed by a forecast (or by the truth itself).
 *
 * @param forecastAt the forecast of a sensor at an origin, [target][lead]; NaN where unknown
 */
export const judgeForecasts = (
  data: PlannedReadings,
  rules: readonly BoundRule[],
  origins: Int32Array,
  forecastAt: (originIndex: number, sensor: number) => ArrayLike<number>,
): RuleTally[] => {
  const trace = createForecastTrace(data, rules);
  const evaluators = rules.map((rule) => createRuleEvaluator(rule, trace.steps));
  const tallies = rules.map(() => ({
    held: 0,
    broken: 0,
    unknown: 0,
    margins: new Float64Array(origins.length),
  }));
  origins.forEach((origin, index) => {
    writeHistory(trace, data, origin);
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      writeForecast(trace, data, sensor, forecastAt(index, sensor));
    }
    const clock = clockOfTrace(trace, data.readings.clock, origin);
    evaluators.forEach((evaluator, rule) => {
      const tally = tallies[rule]!;
      const { lower, upper } = evaluator.at(trace.values, clock, trace.historySteps);
      tally.margins[index] = lower >= 0 ? lower : upper < 0 ? upper : Number.NaN;
      if (lower >= 0) tally.held++;
      else if (upper < 0) tally.broken++;
      else tally.unknown++;
    });
  });
  return tallies;
};

/** Share of the judged origins on which a rule holds, 0..1; NaN where none was judged. */
export const heldShare = (tally: Pick<RuleTally, "held" | "broken">): number =>
  tally.held + tally.broken === 0 ? Number.NaN : tally.held / (tally.held + tally.broken);
