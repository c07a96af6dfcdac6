import type { BoundRule } from "../compile/BoundRule.ts";
import type { Site } from "../compile/Site.ts";
import { formatDuration } from "../language/Duration.ts";
import { type Problem, problemAt } from "../language/Problem.ts";

/** A rule on forecasts may not look further back than a forecast is told of. */
export const historyCheck = (rule: BoundRule, site: Site): Problem | undefined => {
  const available = site.historySteps;
  if (available === undefined || rule.historySteps <= available) return undefined;
  const told = `a forecast is told of ${formatDuration(available * site.stepMs)} (${available} steps)`;
  const needed =
    rule.historySteps === Infinity
      ? "without end"
      : `${formatDuration(rule.historySteps * site.stepMs)} (${rule.historySteps} steps)`;
  const message = `${rule.name} looks back ${needed}, ${told}`;
  const remedy = "Shorten its past operators, lag, delta or rollmean, or keep a longer history.";
  return problemAt(rule.position, "error", "history", message, remedy);
};
