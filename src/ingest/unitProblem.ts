import { parseUnit } from "../stl/language/Unit.ts";

/** What is wrong with a unit text, or undefined where nothing is. */
export const unitProblem = (unit: string): string | undefined => {
  const parsed = parseUnit(unit);
  return typeof parsed === "string" ? `${parsed}; write one such as km/h, ug/m3, percent or 1.` : undefined;
};
