import { childTerms } from "../language/childTerms.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import { printTerm } from "../language/printTerm.ts";
import type { ConnectiveTerm, Term } from "../language/Syntax.ts";

/** Operators whose precedence readers often take otherwise than the language does. */
const doubt = (outer: ConnectiveTerm, operand: Term): string | undefined => {
  if (operand.parenthesised === true) return undefined;
  if (operand.kind === "binaryTemporal") return operand.operator;
  // `always p and q` binds as `(always p) and q`; on the right, nothing follows that could be meant too.
  if (operand.kind === "temporal" && operand === outer.left && operand.operand.parenthesised !== true) {
    return operand.operator;
  }
  if (operand.kind !== "connective" || operand.operator === outer.operator) return undefined;
  // Implications read as sentences: `p and q implies r` leaves no doubt.
  return outer.operator === "implies" || outer.operator === "iff" ? undefined : operand.operator;
};

/** Warns of operators mixed without parentheses. */
export const mixedOperatorsCheck = (term: Term): Problem[] => {
  const problems: Problem[] = [];
  const visit = (inner: Term): void => {
    if (inner.kind === "connective") {
      for (const operand of [inner.left, inner.right]) {
        const operator = doubt(inner, operand);
        if (operator === undefined) continue;
        const message = `${operator} beside ${inner.operator} without parentheses`;
        const remedy = `It is read as (${printTerm(operand)}): write the parentheses you mean.`;
        problems.push(problemAt(operand.place, "warning", "mixed-operators", message, remedy));
      }
    }
    childTerms(inner).forEach(visit);
  };
  visit(term);
  return problems;
};
