import { type BoundRule, unrollRule } from "../stl/index.ts";

/** What a device adds to a rule for the rounding of forecasts, in sums of |coefficient| quanta; see `compileRule`. */
const QUANTA_OF_MARGIN = 1.5;

/**
 * Robustness that a teacher asks for, one a rule in its unit: `margin` scales, and never less than what lies above the
 * rounding of a forecast to its quanta.
 *
 * @param margin in units of each rule's scale, 0 or more
 * @param quanta smallest step of a forecast value, above 0, by target, the first channels of the site
 */
export const teacherMargins = (
  rules: readonly BoundRule[],
  margin: number,
  quanta: readonly number[],
): number[] =>
  rules.map((rule) => {
    const { channel, coefficient, termOffsets } = unrollRule(rule);
    let widest = 0;
    for (let leaf = 0; leaf + 1 < termOffsets.length; leaf++) {
      let sum = 0;
      for (let k = termOffsets[leaf]!; k < termOffsets[leaf + 1]!; k++) {
        sum += Math.abs(coefficient[k]!) * (quanta[channel[k]!] ?? 0);
      }
      widest = Math.max(widest, sum);
    }
    return Math.max(margin * rule.scale, QUANTA_OF_MARGIN * widest);
  });
