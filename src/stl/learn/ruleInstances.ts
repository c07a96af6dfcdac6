import type { LetDeclaration, Spec } from "../language/Spec.ts";
import type { CallTerm, NameTerm, Term } from "../language/Syntax.ts";
import { parameterUses } from "./parameterUses.ts";

/** What a rule says of one instant and one tuple of sensors: what a share of instants is counted over. */
export interface RuleInstances {
  /** The spec with the lets that the two formulas need. */
  readonly spec: Spec;
  /** The rule without the `always` that lead it, under the `forall`s that lead it. */
  readonly body: Term;
  /**
   * Holds where the rule asks for something, over the same tuples as the body: the antecedent of an implication
   * and the `where` of the quantifiers, each `forall` an `exists`. Undefined where the rule asks everywhere.
   */
  readonly condition: Term | undefined;
  /** How many quantifiers lead either formula in its text. */
  readonly depth: number;
}

interface Peeled {
  readonly body: Term;
  readonly condition: Term;
  readonly conditional: boolean;
  readonly depth: number;
}

/**
 * Takes a rule apart into what must hold at an instant and where it must: leading `forall`s and unconditional
 * `always` speak of every sensor and instant, and an implication, also `not p or q`, only of those where its
 * antecedent holds. Lets that stand for the whole rule are looked into. An `always` whose interval is learned
 * stays: without it there would be nothing to learn. Quantifiers within one whose `where` reads signals are left in
 * the body: such a rule speaks of the sensors of the outer ones.
 *
 * @example
 * const { spec } = parseSpec("require calm: forall s in sensors: always (x[s] > 9 implies once[0, 1h] x[s] < 5);");
 * const { body, condition } = ruleInstances(spec, spec.rules[0].formula);
 * [printTerm(body), condition === undefined];
 * // => ["forall s in sensors: x[s] > 9 implies once[0, 1h] x[s] < 5", false]
 */
export const ruleInstances = (spec: Spec, formula: Term): RuleInstances => {
  const lets: LetDeclaration[] = [];
  const peel = (term: Term): Peeled => {
    if (term.kind === "quantifier" && term.quantifier === "forall") {
      const inner = peel(term.body);
      return {
        body: { ...term, body: inner.body },
        condition: { ...term, quantifier: "exists", body: inner.condition },
        conditional: inner.conditional || term.where !== undefined,
        depth: inner.depth + 1,
      };
    }
    if (term.kind === "temporal" && term.operator === "always" && !hasLearnedInterval(spec, term)) {
      return peel(term.operand);
    }
    const definition = calledLet(spec, term);
    if (definition !== undefined) {
      const inner = peel(definition.value);
      // A name with a blank is none that a file could declare.
      const part = (name: string, value: Term): Term => {
        lets.push({ ...definition, name: `${definition.name} ${name}`, value });
        return renamedCall(term as CallTerm | NameTerm, `${definition.name} ${name}`);
      };
      return { ...inner, body: part("body", inner.body), condition: part("condition", inner.condition) };
    }
    const antecedent = antecedentOf(term);
    return {
      body: term,
      condition: overTuplesOf(antecedent ?? { kind: "boolean", value: true, place: term.place }, term),
      conditional: antecedent !== undefined,
      depth: 0,
    };
  };
  const { body, condition, conditional, depth } = peel(formula);
  return {
    spec: { ...spec, lets: [...spec.lets, ...lets] },
    body,
    condition: conditional ? condition : undefined,
    depth,
  };
};

const hasLearnedInterval = (spec: Spec, term: Extract<Term, { kind: "temporal" }>): boolean =>
  parameterUses(spec, { ...term, operand: { kind: "boolean", value: true, place: term.place } }).length > 0;

const calledLet = (spec: Spec, term: Term): LetDeclaration | undefined => {
  const name = term.kind === "call" ? term.callee.name : term.kind === "name" ? term.name : undefined;
  return name === undefined ? undefined : spec.lets.find((candidate) => candidate.name === name);
};

const renamedCall = (term: CallTerm | NameTerm, name: string): Term =>
  term.kind === "call" ? { ...term, callee: { ...term.callee, name } } : { ...term, name };

const antecedentOf = (term: Term): Term | undefined => {
  if (term.kind !== "connective") return undefined;
  if (term.operator === "implies") return term.left;
  if (term.operator !== "or") return undefined;
  if (term.left.kind === "not") return term.left.operand;
  return term.right.kind === "not" ? term.right.operand : undefined;
};

/** The condition, made to stand over every variable of the body: `hour() >= 7` alone would be one for all sensors. */
const overTuplesOf = (condition: Term, body: Term): Term => {
  const { place } = condition;
  const anything: Term = { kind: "boolean", value: true, place };
  const whatever: Term = { kind: "connective", operator: "or", left: body, right: anything, place };
  return { kind: "connective", operator: "and", left: condition, right: whatever, place };
};
