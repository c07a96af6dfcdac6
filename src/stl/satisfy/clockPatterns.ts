import type { PanelTrace, Site } from "../compile/Site.ts";
import type { UnrolledRule } from "../unroll/UnrolledRule.ts";
import { originsInWeek } from "./weekClock.ts";

/**
 * Origins of a week, one of every pattern of truth that the clock tests of the rules can have; just the first origin
 * where no rule reads the clock. `clock` is that of {@link weekClock}, with `before` steps ahead of the first origin.
 */
export const clockPatterns = (
  rules: readonly UnrolledRule[],
  site: Site,
  clock: NonNullable<PanelTrace["clock"]>,
  before: number,
): readonly number[] => {
  const keyed = rules.flatMap((rule) => rule.clockTests).map((test) => [JSON.stringify(test), test] as const);
  const tests = Array.from(new Map(keyed).values());
  const origins = new Map<string, number>();
  for (let origin = 0; origin < originsInWeek(site); origin++) {
    let pattern = "";
    for (const { field, lower, step, upper } of tests) {
      const reading = clock[field][before + origin + step] as number;
      pattern += reading >= lower && reading <= upper ? "1" : "0";
    }
    if (!origins.has(pattern)) origins.set(pattern, origin);
  }
  return Array.from(origins.values());
};
