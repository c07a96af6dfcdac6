import type { Spec } from "../language/Spec.ts";
import type { Term } from "../language/Syntax.ts";

/** 1: zero or more, -1: zero or less, 0: not known. */
export type NumberSign = 1 | -1 | 0;

const signOfRange = (range: { readonly lower: number; readonly upper: number } | undefined): NumberSign => {
  if (range === undefined) return 0;
  return range.lower >= 0 ? 1 : range.upper <= 0 ? -1 : 0;
};

/** The sign of a product of numbers with these signs. */
export const timesSign = (a: NumberSign, b: NumberSign): NumberSign => (a * b || 0) as NumberSign;

/**
 * The sign that an expression has whatever the readings, as far as its text and the declared ranges tell.
 *
 * @param isBound whether a name stands for something of its own here, and not for what the spec declares
 */
export const signOfTerm = (spec: Spec, term: Term, isBound: (name: string) => boolean): NumberSign => {
  const sign = (inner: Term): NumberSign => signOfTerm(spec, inner, isBound);
  switch (term.kind) {
    case "quantity":
      return term.value >= 0 ? 1 : -1;
    case "duration":
      return 1;
    case "negate":
      return timesSign(-1, sign(term.operand));
    case "index":
      return signOfRange(spec.signals.find((signal) => signal.name === term.signal.name)?.range);
    case "name": {
      if (isBound(term.name)) return 0;
      const parameter = spec.parameters.find((candidate) => candidate.name === term.name);
      if (parameter?.learnable === true) {
        if (parameter.range === undefined) return 0;
        return sign(parameter.range.lower) === 1 ? 1 : sign(parameter.range.upper) === -1 ? -1 : 0;
      }
      if (parameter !== undefined) return sign(parameter.value);
      return signOfRange(spec.signals.find((signal) => signal.name === term.name)?.range);
    }
    case "call":
      return term.callee.name === "abs" || term.callee.name === "sqrt" || term.callee.name === "exp" ? 1 : 0;
    case "arithmetic": {
      const [left, right] = [sign(term.left), sign(term.right)];
      if (term.operator === "*" || term.operator === "/") return timesSign(left, right);
      if (term.operator === "+") return left === right ? left : 0;
      if (term.operator === "-") return left === timesSign(-1, right) ? left : 0;
      return 0;
    }
    case "aggregate":
      return term.operator === "count" ? 1 : sign(term.body);
    default:
      return 0;
  }
};
