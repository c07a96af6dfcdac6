import { Mentions } from "../compile/Mentions.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import type { Spec } from "../language/Spec.ts";

/** Warns of parameters, groups, lets and signals of the file itself that nothing reads. */
export const unusedCheck = (spec: Spec): Problem[] => {
  // A file without rules is there to be imported.
  if (spec.rules.length === 0) return [];
  const { names } = new Mentions(spec);
  const kinds = [
    ["parameter", spec.parameters],
    ["group", spec.groups],
    ["list of days", spec.days],
    ["let", spec.lets],
    ["signal", spec.signals],
  ] as const;
  return kinds.flatMap(([kind, items]) =>
    items
      .filter(({ name, place }) => place.source === spec.source && !names.has(name))
      .map(({ name, place }) =>
        problemAt(
          place,
          "warning",
          "unused",
          `the ${kind} ${name} is declared, and nothing reads it`,
          "Leave it out, or use it in a rule.",
        ),
      ),
  );
};
