import { type Problem, problemAt } from "../language/Problem.ts";
import { type FitFault, type GroupFit, spanOf } from "./fitParameters.ts";

const inPercent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

/** A fault of a fit as a problem at the first parameter concerned. */
export const fitFaultProblem = (fault: FitFault, { parameters }: GroupFit): Problem => {
  const own =
    fault.kind === "unbounded"
      ? [fault.parameter]
      : parameters.filter(({ name }) => fault.rule.parameters.includes(name));
  const place = (own[0] ?? parameters[0])!.place;
  const names = own.map(({ name }) => name).join(" and ");
  switch (fault.kind) {
    case "unreached": {
      const { judged, rate, rule } = fault;
      const wanted = `${inPercent(rule.rate)} are asked for`;
      if (rule.moving.length > 0) {
        const ranges = own.map(
          (each) => `${each.name} from ${each.text(each.lower)} to ${each.text(each.upper)}`,
        );
        const message = `${rule.name} reaches its rate at none of the values tried, ${ranges.join(", ")}; ${wanted}`;
        const remedy = `Ask for less with --rate ${rule.name}=0.9, or learn a parameter of what follows implies.`;
        return problemAt(place, "error", "rate-unreached", message, remedy);
      }
      const at = own.map((parameter) => `${parameter.name} = ${parameter.text(spanOf(parameter).loose)}`);
      const reached = Number.isNaN(rate)
        ? "cannot be compiled"
        : `holds at ${inPercent(rate)} of ${judged} judged instants`;
      const message = `${rule.name} ${reached} with ${at.join(", ")}, the loosest allowed; ${wanted}`;
      const lower = Number.isNaN(rate) ? "" : `, or ask for less: --rate ${rule.name}=${floored(rate)}`;
      return problemAt(place, "error", "rate-unreached", message, `Widen the range of ${names}${lower}.`);
    }
    case "unjudged": {
      const message = `no instant of ${fault.rule.name} could be judged, ${fault.open} are left open by missing readings or by the ends of the recording`;
      const remedy = `Take a longer span, let gaps be held (missing hold), or bound the range of ${names}.`;
      return problemAt(place, "error", "nothing-judged", message, remedy);
    }
    case "unbounded": {
      const message = `${names} has no range, and none follows from the recordings`;
      return problemAt(place, "error", "no-range", message, "Declare one: range [0, 100].");
    }
  }
};

/** Rounded down to four digits, so that it can be asked for. */
const floored = (rate: number): number => Math.floor(rate * 10_000) / 10_000;
