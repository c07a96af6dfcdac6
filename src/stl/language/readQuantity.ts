import { durationTerm } from "./durationTerm.ts";
import { durationUnits } from "./keywords.ts";
import { type Problem, problemAt } from "./Problem.ts";
import type { DurationUnit, Term } from "./Syntax.ts";
import type { TokenReader } from "./TokenReader.ts";
import { isUnitName } from "./Unit.ts";

/** A number and, without spaces within it, its unit. */
export const readQuantity = (reader: TokenReader, problems: Problem[]): Term => {
  const token = reader.read();
  const value = Number(token.text);
  if (reader.isSymbol("%")) {
    reader.read();
    return { kind: "quantity", value, unit: "%", place: reader.placeSince(token.place) };
  }
  const next = reader.peek();
  if (next.kind === "name" && (next.text === "samples" || next.text === "sample")) {
    reader.read();
    const place = reader.placeSince(token.place);
    if (!/^\d+$/.test(token.text)) {
      const message = `${token.text} samples is no whole number of samples`;
      problems.push(problemAt(place, "error", "bad-duration", message, "Write a whole number."));
    }
    return durationTerm([{ number: token.text, unit: "samples" }], place);
  }
  const unit = readUnit(reader);
  const place = reader.placeSince(token.place);
  if (unit === undefined) return { kind: "quantity", value, place };
  if (durationUnits.has(unit)) {
    return durationTerm([{ number: token.text, unit: unit as DurationUnit }], place);
  }
  return { kind: "quantity", value, unit, place };
};

/** The unit at the reader, if one stands there: names joined by `/`, `*` and `^` without spaces. */
const readUnit = (reader: TokenReader): string | undefined => {
  const first = reader.peek();
  if (first.kind !== "name" || !isUnitName(first.text)) return undefined;
  let text = reader.read().text;
  for (;;) {
    const joint = reader.peek();
    const after = reader.peek(1);
    if (joint.kind !== "symbol" || joint.spaced || after.spaced) return text;
    const power = joint.text === "^" && after.kind === "number";
    const factor = (joint.text === "/" || joint.text === "*") && after.kind === "name";
    const applied = factor && !reader.peek(2).spaced && (reader.isSymbol("[", 2) || reader.isSymbol("(", 2));
    if (!power && !(factor && !applied && isUnitName(after.text))) return text;
    text += reader.read().text + reader.read().text;
  }
};
