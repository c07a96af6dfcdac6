import type { Compilation } from "../compile/Compilation.ts";
import { nearestName } from "../language/nearestName.ts";
import type { Place } from "../language/Problem.ts";

/** Reports a name that nothing declares, with the nearest that exists. */
export const unknownName = (
  compilation: Compilation,
  place: Place,
  what: string,
  name: string,
  candidates: Iterable<string>,
): undefined => {
  const known = Array.from(new Set(candidates));
  const near = nearestName(name, known);
  const shown = known.slice(0, 8).join(", ") + (known.length > 8 ? `, ... (${known.length} in all)` : "");
  const remedy =
    near === undefined
      ? known.length === 0
        ? `There is no ${what} to choose from: declare one.`
        : `Known: ${shown}.`
      : `Did you mean ${near}?`;
  return compilation.report(place, "unknown-name", `there is no ${what} ${name}`, remedy);
};
