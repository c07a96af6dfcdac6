import { printTerm, type RuleDeclaration } from "../../stl/index.ts";
import type { Term } from "../../stl/language/Syntax.ts";

/** A rule that is broken exactly where the condition of another one is met. */
export interface AntecedentRule {
  /** Name of the rule whose condition it is. */
  readonly of: string;
  /** The condition, printed. */
  readonly condition: string;
  readonly declaration: RuleDeclaration;
}

/** The term with its first implication that is to hold, `p implies q`, made `not p`; undefined where it has none. */
const withoutConsequent = (term: Term): { readonly term: Term; readonly condition: Term } | undefined => {
  if (term.kind === "connective" && term.operator === "implies") {
    return { term: { kind: "not", operand: term.left, place: term.place }, condition: term.left };
  }
  if (term.kind === "quantifier" && term.quantifier === "forall") {
    const inner = withoutConsequent(term.body);
    return inner && { ...inner, term: { ...term, body: inner.term } };
  }
  if (term.kind === "temporal" && (term.operator === "always" || term.operator === "historically")) {
    const inner = withoutConsequent(term.operand);
    return inner && { ...inner, term: { ...term, operand: inner.term } };
  }
  return undefined;
};

/**
 * For every rule that says `p implies q` of all its sensors and instants, the rule that p never is: where no trace
 * breaks it, the first rule held for want of a case.
 */
export const antecedentRules = (rules: readonly RuleDeclaration[]): AntecedentRule[] =>
  rules.flatMap((rule) => {
    const found = withoutConsequent(rule.formula);
    if (found === undefined) return [];
    const declaration: RuleDeclaration = { ...rule, formula: found.term };
    return [{ of: rule.name, condition: printTerm(found.condition), declaration }];
  });
