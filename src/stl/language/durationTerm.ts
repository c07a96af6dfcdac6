import { type Place, problemAt } from "./Problem.ts";
import type { DurationTerm } from "./Syntax.ts";
import { SyntaxFault } from "./TokenReader.ts";

/** Durations are converted exactly, which takes long where a number has a million digits or a huge exponent. */
const mostDigits = 30;
const mostParts = 20;

const isLong = (number: string): boolean => {
  const [mantissa = "", exponent = "0"] = number.toLowerCase().split("e");
  return mantissa.length > mostDigits || Math.abs(Number(exponent)) > mostDigits;
};

/** A duration as a term; a {@link SyntaxFault} where it is written too long to be meant. */
export const durationTerm = (parts: DurationTerm["parts"], place: Place): DurationTerm => {
  if (parts.length > mostParts || parts.some((part) => isLong(part.number))) {
    const message = `the duration has more than ${mostParts} parts or a number of more than ${mostDigits} digits`;
    throw new SyntaxFault(problemAt(place, "error", "bad-duration", message, "Write it shorter."));
  }
  return { kind: "duration", parts, place };
};
