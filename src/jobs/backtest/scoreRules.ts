/** Judges every rule on the truth and on the forecasts of a fold: whole, by hour, and its parts by lead and by sensor. */
import { Effect } from "effect";
import { type BoundRule, createPartEvaluator, type PartEvaluator } from "../../stl/index.ts";
import { clockOfTrace, createForecastTrace, writeForecast, writeHistory } from "../../train/ForecastTrace.ts";
import type { PlannedReadings } from "../../train/TrainingData.ts";
import { forecastOf } from "../ForecastSet.ts";
import { addRuleOutcome, MARGINS, RULE_FIELDS } from "./ruleSums.ts";
import type { ScoreGroups } from "./ScoreGroups.ts";

/** Origins between two chances to be interrupted. */
const ORIGINS_AT_ONCE = 64;

/**
 * Counts of each rule, see `ruleSums`. The part of a rule at a lead is what it says of that instant, its part of a sensor
 * what it says of that one: see `createPartEvaluator`. A rule that is not made of such parts counts in neither.
 *
 * @param sets of each of {@link MARGINS}: [origin][sensor][target][lead], NaN where unknown
 * @param hourOf local hour of a step, 0..23
 */
export const scoreRules = Effect.fnUntraced(function* (
  data: PlannedReadings,
  rules: readonly BoundRule[],
  origins: Int32Array,
  sets: readonly Float32Array[],
  groups: ScoreGroups,
  hourOf: (step: number) => number,
) {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const trace = createForecastTrace(data, rules);
  const judged = rules.map((rule) => {
    const parts = createPartEvaluator(rule, trace.steps);
    return {
      parts,
      groups: groupsOf(parts, horizonSteps, groups),
      margins: new Float64Array(groups.count * MARGINS.length),
      sums: new Float64Array(groups.count * RULE_FIELDS.length),
    };
  });
  for (let index = 0; index < origins.length; index++) {
    if (index % ORIGINS_AT_ONCE === 0) yield* Effect.sleep(0);
    const origin = origins[index]!;
    writeHistory(trace, data, origin);
    const clock = clockOfTrace(trace, data.readings.clock, origin);
    for (let set = 0; set < sets.length; set++) {
      for (let sensor = 0; sensor < data.sensors; sensor++) {
        writeForecast(trace, data, sensor, forecastOf(sets[set]!, data.sensors, outputs, index, sensor));
      }
      for (const { groups: own, margins, parts } of judged) {
        const { bySensors, bySteps, whole } = parts.at(trace.values, clock, trace.historySteps);
        margins[set] = marginOf(whole.lower, whole.upper);
        for (const { group, place } of own.ofLeads) {
          margins[group * MARGINS.length + set] = marginOf(bySteps.lower[place]!, bySteps.upper[place]!);
        }
        for (const { group, place } of own.ofSensors) {
          margins[group * MARGINS.length + set] = marginOf(bySensors.lower[place]!, bySensors.upper[place]!);
        }
      }
    }
    const hour = groups.ofHour(hourOf(origin));
    for (const { groups: own, margins, sums } of judged) {
      addRuleOutcome(sums, 0, margins, 0);
      addRuleOutcome(sums, hour, margins, 0);
      for (const { group } of own.ofLeads) addRuleOutcome(sums, group, margins, group * MARGINS.length);
      for (const { group } of own.ofSensors) addRuleOutcome(sums, group, margins, group * MARGINS.length);
    }
  }
  return judged.map(({ sums }) => sums);
});

/** As in `judgeForecasts`: NaN where missing readings leave it open. */
const marginOf = (lower: number, upper: number): number =>
  lower >= 0 ? lower : upper < 0 ? upper : Number.NaN;

/** In which groups the parts of a rule count, and where they stand among the parts. */
const groupsOf = (parts: PartEvaluator, horizonSteps: number, groups: ScoreGroups) => ({
  // The origin itself is known: what a rule says of it is no forecast.
  ofLeads: Array.from({ length: parts.windowSteps }, (_, place) => ({ place, lead: parts.firstStep + place }))
    .filter(({ lead }) => lead >= 1 && lead <= horizonSteps)
    .map(({ lead, place }) => ({ place, group: groups.ofLead(lead) })),
  ofSensors: parts.sensors.map((sensor, place) => ({ place, group: groups.ofSensor(sensor) })),
});
