import type { Compilation } from "../compile/Compilation.ts";
import { durationSteps } from "../language/Duration.ts";
import type { Place } from "../language/Problem.ts";
import { printTerm } from "../language/printTerm.ts";
import type { DurationTerm } from "../language/Syntax.ts";

/** Steps of a duration; one that is no multiple of the sampling step is refused with its two neighbours. */
export const wholeSteps = (
  compilation: Compilation,
  duration: DurationTerm,
  place: Place,
): number | undefined => {
  const inSamples = duration.parts[0]?.unit === "samples";
  const { stepMs } = compilation;
  if (stepMs === undefined && !inSamples) {
    const message = `${printTerm(duration)} cannot be counted in samples: the sampling step is not known`;
    return compilation.report(place, "no-sampling", message, "Give the step, or write a number of samples.");
  }
  const count = durationSteps(duration, stepMs ?? 1);
  if ("steps" in count) return count.steps;
  if (compilation.time !== "steps") return count.exact;
  return compilation.report(
    place,
    "duration-step",
    `${printTerm(duration)} is no multiple of the sampling step ${count.period}`,
    `Write ${count.below} or ${count.above}.`,
  );
};
