import type { Compilation } from "../compile/Compilation.ts";
import type { Place } from "../language/Problem.ts";
import type { Unit } from "../language/Unit.ts";

/** Reports two values that cannot be compared or added. */
export const unitMismatch = (
  compilation: Compilation,
  place: Place,
  left: Unit,
  right: Unit,
  verb: string,
): undefined =>
  compilation.report(
    place,
    "unit-mismatch",
    `cannot ${verb} ${left.text} and ${right.text}`,
    `Write both in units of one kind, such as ${left.text}.`,
  );
