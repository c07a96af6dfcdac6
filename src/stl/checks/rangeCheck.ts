import type { BoundRule } from "../compile/BoundRule.ts";
import { createRuleEvaluator } from "../evaluate/createRuleEvaluator.ts";
import { type Problem, problemAt } from "../language/Problem.ts";

/**
 * A rule that the declared ranges alone settle says nothing: it is judged with every reading missing, so that
 * only ranges are known.
 */
export const rangeCheck = (rule: BoundRule): Problem | undefined => {
  const values = new Float64Array(rule.channelCount * rule.sensorCount).fill(NaN);
  const noClock = { minuteOfDay: new Int16Array(1), weekday: new Int8Array(1), dayNumber: new Int32Array(1) };
  // Judged beyond the one step there is, where the clock is unknown too.
  const { lower, upper } = createRuleEvaluator(rule, 1).at(values, rule.readsClock ? noClock : undefined, 1);
  const remedy = "Correct the thresholds or the ranges of its signals.";
  if (lower > 0) {
    const message = `${rule.name} holds whatever the readings within their declared ranges`;
    return problemAt(rule.position, "warning", "tautology", message, remedy);
  }
  if (upper < 0) {
    const message = `${rule.name} is broken by all readings within their declared ranges`;
    return problemAt(rule.position, "error", "contradiction", message, remedy);
  }
  return undefined;
};
