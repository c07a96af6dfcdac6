import type { BoundRule } from "../compile/BoundRule.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import type { Satisfiability } from "../satisfy/satisfySpec.ts";

/** Rules that cannot hold together as a problem at the first of them; undefined where they can, or it is not known. */
export const conflictProblem = (
  rules: readonly BoundRule[],
  satisfiability: Satisfiability,
): Problem | undefined => {
  if (satisfiability.verdict !== "unsatisfiable") return undefined;
  const { clockNote, conflict } = satisfiability;
  const involved = rules.filter(({ name }) => conflict.includes(name));
  const [first, ...others] = involved;
  if (first === undefined) return undefined;
  const when = clockNote === undefined ? "" : ` at ${clockNote}`;
  if (others.length === 0) {
    const message = `no readings within their declared ranges keep ${first.name}${when}`;
    return problemAt(first.position, "error", "conflict", message, "Correct its thresholds, or the ranges.");
  }
  const placed = others.map(({ name, position }) => `${name} (line ${position.line})`);
  const last = placed.pop() as string;
  const rest = placed.length === 0 ? last : `${placed.join(", ")} and ${last}`;
  const message = `no readings keep ${first.name} together with ${rest}${when}`;
  const remedy = "Relax or remove one of them: without any one, the others can hold.";
  return problemAt(first.position, "error", "conflict", message, remedy);
};
