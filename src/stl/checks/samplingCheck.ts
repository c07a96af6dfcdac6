import { durationSteps, formatDuration } from "../language/Duration.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import { printTerm } from "../language/printTerm.ts";
import type { Site } from "../compile/Site.ts";
import type { Spec } from "../language/Spec.ts";

/** The step of a site must be the sampling that the spec is written for, within its tolerance. */
export const samplingCheck = (spec: Spec, site: Site): Problem | undefined => {
  const { sampling } = spec;
  if (sampling?.period === undefined) return undefined;
  const count = durationSteps(sampling.period, site.stepMs);
  const steps = "steps" in count ? count.steps : count.exact;
  const tolerance = (sampling.tolerancePercent ?? 0) / 100;
  if (Math.abs(steps - 1) <= tolerance) return undefined;
  const declared = printTerm(sampling.period);
  const message = `the spec is written for samples every ${declared}, the site has one every ${formatDuration(site.stepMs)}`;
  const remedy = "Change the sampling of the spec, or leave it out where its durations suit both.";
  return problemAt(sampling.place, "error", "sampling", message, remedy);
};
