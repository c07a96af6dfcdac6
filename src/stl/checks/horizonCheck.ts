import type { BoundRule } from "../compile/BoundRule.ts";
import { formatDuration } from "../language/Duration.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import type { Site } from "../compile/Site.ts";

/** A rule on forecasts must be settled by the forecast: it may not look past its last step. */
export const horizonCheck = (rule: BoundRule, site: Site): Problem | undefined => {
  const available = site.forecastSteps;
  if (available === undefined || rule.horizonSteps <= available) return undefined;
  const reach = `a forecast reaches ${formatDuration(available * site.stepMs)} (${available} steps)`;
  if (rule.horizonSteps === Infinity) {
    const message = `${rule.name} looks ahead without end, ${reach}`;
    const remedy = `Give its always, eventually or until an interval, such as [0, ${formatDuration(available * site.stepMs)}].`;
    return problemAt(rule.position, "error", "horizon", message, remedy);
  }
  const needed = `${formatDuration(rule.horizonSteps * site.stepMs)} (${rule.horizonSteps} steps)`;
  const message = `${rule.name} looks ahead ${needed}, ${reach}`;
  const excess = rule.horizonSteps - available;
  const remedy = `Shorten its intervals by ${formatDuration(excess * site.stepMs)} in sum, or forecast further.`;
  return problemAt(rule.position, "error", "horizon", message, remedy);
};
