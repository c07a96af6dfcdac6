import type { Place } from "../language/Problem.ts";
import type { GroupExpression, Spec } from "../language/Spec.ts";
import type { ArithmeticTerm, CallTerm, ComparisonTerm, Interval, Term } from "../language/Syntax.ts";
import { type NumberSign, signOfTerm, timesSign } from "./signOfTerm.ts";

/** A learnable parameter at one place of a formula. */
export interface ParameterUse {
  readonly parameter: string;
  /** What a larger value does: 1 the formula is easier to satisfy, -1 harder, 0 one or the other. */
  readonly direction: NumberSign;
  /** A bound of an interval is counted in steps. */
  readonly role: "number" | "bound";
  readonly place: Place;
}

/** What a name stands for within a let; a sensor is no term. */
type Bindings = ReadonlyMap<string, { readonly term: Term; readonly bindings: Bindings } | "sensor">;
const nothingBound: Bindings = new Map();

/**
 * Finds where a formula of a spec without errors reads its learnable parameters, through lets and other
 * parameters, and which way each use pulls. The direction is that of the truth of the formula whatever the
 * readings; a product needs a factor whose sign is known from its text or from declared ranges.
 *
 * @example
 * const text = "param top : real = 5 learnable; require calm: forall s in sensors: x[s] <= top;";
 * const { spec } = parseSpec(text);
 * parameterUses(spec, spec.rules[0].formula).map((use) => [use.parameter, use.direction]); // => [["top", 1]]
 */
export const parameterUses = (spec: Spec, formula: Term): readonly ParameterUse[] => {
  const uses: ParameterUse[] = [];
  let role: ParameterUse["role"] = "number";

  const walk = (term: Term, sign: NumberSign, bindings: Bindings): void => {
    const inner = (child: Term, factor: NumberSign): void => walk(child, timesSign(sign, factor), bindings);
    switch (term.kind) {
      case "quantity":
      case "duration":
      case "boolean":
      case "text":
      case "index":
        return;
      case "name":
        name(term, sign, bindings);
        return;
      case "call":
        call(term, sign, bindings);
        return;
      case "negate":
      case "not":
        inner(term.operand, -1);
        return;
      case "arithmetic":
        for (const [operand, factor] of arithmeticSigns(spec, term, bindings)) inner(operand, factor);
        return;
      case "comparison":
        for (const [operand, factor] of comparisonSigns(term)) inner(operand, factor);
        return;
      case "member":
        domain(term.domain, bindings);
        return;
      case "connective": {
        if (term.operator === "or" && [term.left, term.right].some(isTrue)) return;
        const alike = term.operator === "iff" || term.operator === "xor";
        inner(term.left, alike ? 0 : term.operator === "implies" ? -1 : 1);
        inner(term.right, alike ? 0 : 1);
        return;
      }
      case "temporal": {
        inner(term.operand, 1);
        const widerIsHarder = term.operator === "always" || term.operator === "historically";
        interval(term.interval, widerIsHarder ? 1 : -1, widerIsHarder ? -1 : 1, sign, bindings);
        return;
      }
      case "binaryTemporal": {
        inner(term.left, 1);
        inner(term.right, 1);
        const dual = term.operator === "release" || term.operator === "triggers";
        // A longer `unless` has more chances to end and must hold on for longer if it does not.
        const upper = term.operator === "unless" ? 0 : dual ? -1 : 1;
        interval(term.interval, dual ? 1 : -1, upper, sign, bindings);
        return;
      }
      case "quantifier":
      case "aggregate": {
        domain(term.domain, bindings);
        const own = new Map(bindings).set(term.variable.name, "sensor");
        const quantifier = term.kind === "quantifier" ? term.quantifier : "exists";
        const factor = quantifier === "exactly" ? 0 : quantifier === "atmost" ? -1 : 1;
        walk(term.body, timesSign(sign, factor), own);
        const whereFactor = quantifier === "forall" ? -1 : factor;
        if (term.where !== undefined) walk(term.where, timesSign(sign, whereFactor), own);
      }
    }
  };

  const name = (term: Extract<Term, { kind: "name" }>, sign: NumberSign, bindings: Bindings): void => {
    const binding = bindings.get(term.name);
    if (binding === "sensor") return;
    if (binding !== undefined) {
      walk(binding.term, sign, binding.bindings);
      return;
    }
    const parameter = spec.parameters.find((candidate) => candidate.name === term.name);
    if (parameter?.learnable === true) {
      uses.push({ parameter: parameter.name, direction: sign, role, place: term.place });
    } else if (parameter !== undefined) walk(parameter.value, sign, nothingBound);
    const definition = spec.lets.find((candidate) => candidate.name === term.name);
    if (definition !== undefined) walk(definition.value, sign, nothingBound);
  };

  const call = (term: CallTerm, sign: NumberSign, bindings: Bindings): void => {
    const definition = spec.lets.find((candidate) => candidate.name === term.callee.name);
    if (definition !== undefined) {
      const own = definition.parameters.map(
        (parameter, i) => [parameter.name, { term: term.args[i] as Term, bindings }] as const,
      );
      walk(definition.value, sign, new Map(own));
      return;
    }
    const [first, ...others] = term.args;
    const rising = risingFunctions.has(term.callee.name);
    const duration = term.callee.name === "lag" || term.callee.name === "rollmean";
    if (first !== undefined) walk(first, rising || duration ? sign : 0, bindings);
    for (const other of others) {
      if (duration) bound(other, 0, bindings);
      else walk(other, rising ? sign : 0, bindings);
    }
    if (term.over !== undefined) bound(term.over, 0, bindings);
  };

  const bound = (term: Term, sign: NumberSign, bindings: Bindings): void => {
    role = "bound";
    walk(term, sign, bindings);
    role = "number";
  };

  const interval = (
    bounds: Interval | undefined,
    lower: NumberSign,
    upper: NumberSign,
    sign: NumberSign,
    bindings: Bindings,
  ): void => {
    if (bounds === undefined) return;
    bound(bounds.lower, timesSign(sign, lower), bindings);
    if (bounds.upper !== undefined) bound(bounds.upper, timesSign(sign, upper), bindings);
  };

  /** Which sensors are meant can hang on a distance: with more of them a formula may become either. */
  const domain = (term: Term, bindings: Bindings): void => {
    if (term.kind === "call") for (const arg of term.args) walk(arg, 0, bindings);
    const group =
      term.kind === "name" ? spec.groups.find((candidate) => candidate.name === term.name) : undefined;
    if (group !== undefined) distances(group.value);
  };

  const distances = (group: GroupExpression): void => {
    switch (group.kind) {
      case "list":
      case "tag":
        return;
      case "near":
        walk(group.distance, 0, nothingBound);
        return;
      case "name":
        spec.groups.filter((other) => other.name === group.name).forEach((other) => distances(other.value));
        return;
      case "union":
      case "intersection":
      case "difference":
        distances(group.left);
        distances(group.right);
    }
  };

  walk(formula, 1, nothingBound);
  return uses;
};

/** Functions that rise with each of their arguments. */
const risingFunctions = new Set(["min", "max", "clamp", "sqrt", "exp", "ln"]);

const isTrue = (term: Term): boolean => term.kind === "boolean" && term.value;

const arithmeticSigns = (
  spec: Spec,
  term: ArithmeticTerm,
  bindings: Bindings,
): readonly (readonly [Term, NumberSign])[] => {
  const { left, right } = term;
  const isBound = (name: string): boolean => bindings.has(name);
  const ofLeft = signOfTerm(spec, left, isBound);
  const ofRight = signOfTerm(spec, right, isBound);
  const pairs = (first: NumberSign, second: NumberSign): [Term, NumberSign][] => [
    [left, first],
    [right, second],
  ];
  switch (term.operator) {
    case "+":
      return pairs(1, 1);
    case "-":
      return pairs(1, -1);
    case "*":
      return pairs(ofRight, ofLeft);
    case "/":
      // Dividing by more brings a quotient nearer to zero, if the divisor keeps its sign.
      return pairs(ofRight, ofRight === 0 ? 0 : timesSign(-1, ofLeft));
    case "^":
      return pairs(0, 0);
  }
};

const comparisonSigns = (term: ComparisonTerm): readonly (readonly [Term, NumberSign])[] =>
  term.relations.flatMap((relation, i) => {
    const right = relation === "==" || relation === "!=" ? 0 : relation.startsWith("<") ? 1 : -1;
    return [
      [term.operands[i] as Term, timesSign(-1, right)],
      [term.operands[i + 1] as Term, right],
    ] as const;
  });
