import type { Term } from "./Syntax.ts";

/** The terms directly within a term, bounds of intervals left out. */
export const childTerms = (term: Term): readonly Term[] => {
  switch (term.kind) {
    case "quantity":
    case "duration":
    case "boolean":
    case "text":
    case "name":
    case "index":
      return [];
    case "call":
      return term.args;
    case "member":
      return [term.domain];
    case "negate":
    case "not":
    case "temporal":
      return [term.operand];
    case "arithmetic":
    case "connective":
    case "binaryTemporal":
      return [term.left, term.right];
    case "comparison":
      return term.operands;
    case "quantifier":
    case "aggregate":
      return term.where === undefined ? [term.body] : [term.where, term.body];
  }
};
