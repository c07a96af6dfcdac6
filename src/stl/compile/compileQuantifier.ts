import { unknownName } from "../checks/unknownName.ts";
import { type Compilation, type Compiled, findSensor, type LexicalScope, unionOf } from "./Compilation.ts";
import { combine, negate } from "./connectives.ts";
import type { Reduction } from "../plan/Plan.ts";
import { type Domain, resolveDomain } from "./resolveGroup.ts";
import type { AggregateTerm, NameTerm, QuantifierTerm, Relation, Term } from "../language/Syntax.ts";

type BindingTerm = QuantifierTerm | AggregateTerm;

/** The condition on sensors alone that `where` states, or undefined where it reads signals. */
type SensorTest = (tuple: number) => boolean;

const isSensorName = (compilation: Compilation, term: Term, scope: LexicalScope): boolean =>
  term.kind === "name" && findSensor(compilation, term, scope) !== undefined;

/** Whether a condition is about sensors alone, so that it is settled when the rule is bound. */
const isAboutSensors = (compilation: Compilation, term: Term, scope: LexicalScope): boolean => {
  switch (term.kind) {
    case "member":
      return true;
    case "not":
      return isAboutSensors(compilation, term.operand, scope);
    case "connective":
      return isAboutSensors(compilation, term.left, scope) && isAboutSensors(compilation, term.right, scope);
    case "comparison":
      return term.operands.some((operand) => isSensorName(compilation, operand, scope));
    default:
      return false;
  }
};

/** Sensor of a name for every tuple. */
const sensorReader = (
  compilation: Compilation,
  name: NameTerm,
  scope: LexicalScope,
  used: Set<number>,
): ((tuple: number) => number) | undefined => {
  const binding = findSensor(compilation, name, scope);
  if (binding === undefined) {
    const names = [...scope.bindings.keys(), ...compilation.site.sensors];
    return unknownName(compilation, name.place, "sensor", name.name, names);
  }
  if (binding.kind === "sensor") return () => binding.sensor;
  used.add(binding.position);
  const column = scope.tuples.columns[binding.position] as Int32Array;
  return (tuple) => column[tuple] as number;
};

const sensorTest = (
  compilation: Compilation,
  term: Term,
  scope: LexicalScope,
  used: Set<number>,
): SensorTest | undefined => {
  switch (term.kind) {
    case "member": {
      const element = sensorReader(compilation, term.element, scope, used);
      const domain = resolveDomain(compilation, term.domain, scope);
      if (element === undefined || domain === undefined) return undefined;
      for (const position of domain.free) used.add(position);
      return (tuple) => domain.sensorsBeside(tuple).includes(element(tuple));
    }
    case "not": {
      const test = sensorTest(compilation, term.operand, scope, used);
      return test && ((tuple) => !test(tuple));
    }
    case "connective": {
      const left = sensorTest(compilation, term.left, scope, used);
      const right = sensorTest(compilation, term.right, scope, used);
      if (left === undefined || right === undefined) return undefined;
      const { operator } = term;
      if (operator === "and") return (tuple) => left(tuple) && right(tuple);
      if (operator === "or") return (tuple) => left(tuple) || right(tuple);
      if (operator === "implies") return (tuple) => !left(tuple) || right(tuple);
      return (tuple) => (left(tuple) === right(tuple)) === (operator === "iff");
    }
    default: {
      const [left, right] = term.kind === "comparison" ? term.operands : [];
      const relation =
        term.kind === "comparison" && term.relations.length === 1 ? term.relations[0] : undefined;
      if (left?.kind !== "name" || right?.kind !== "name" || (relation !== "==" && relation !== "!=")) {
        const message =
          "a condition on sensors compares two sensors by == or !=, or asks for a group with in";
        return compilation.report(term.place, "kind", message, "Write n != s, or s in schools.");
      }
      const one = sensorReader(compilation, left, scope, used);
      const other = sensorReader(compilation, right, scope, used);
      return one && other && ((tuple) => (one(tuple) === other(tuple)) === (relation === "=="));
    }
  }
};

interface Bound {
  readonly body: Compiled;
  readonly condition: Compiled | undefined;
  readonly inner: LexicalScope;
  /** Reduces a node over the inner scope to one over `free`. */
  readonly reduce: (part: Compiled) => { over: Reduction; scope: number; free: readonly number[] };
}

const bind = (
  compilation: Compilation,
  term: BindingTerm,
  scope: LexicalScope,
  type: "formula" | "number",
): Bound | undefined => {
  const domain = resolveDomain(compilation, term.domain, scope);
  // Without its sensors the body can still be checked, over one of them.
  const position = scope.tuples.columns.length;
  const known: Domain = domain ?? { free: [], sensorsBeside: () => [0] };
  const bindings = new Map(scope.bindings).set(term.variable.name, { kind: "variable", position });
  let extended = scope.tuples.extend(known.sensorsBeside);
  let inner: LexicalScope = { bindings, tuples: extended.tuples };
  const free = new Set(known.free);
  let condition: Compiled | undefined;
  if (term.where !== undefined) {
    if (isAboutSensors(compilation, term.where, inner)) {
      const test = sensorTest(compilation, term.where, inner, free);
      if (test === undefined) return undefined;
      const { offsets } = extended;
      extended = scope.tuples.extend((tuple) =>
        known.sensorsBeside(tuple).filter((_, k) => test((offsets[tuple] as number) + k)),
      );
      inner = { bindings, tuples: extended.tuples };
    } else {
      condition = compilation.formula(term.where, inner);
      if (condition === undefined) return undefined;
    }
  }
  const body =
    type === "formula" ? compilation.formula(term.body, inner) : compilation.number(term.body, inner);
  if (domain === undefined || body === undefined) return undefined;
  free.delete(position);
  const reduce: Bound["reduce"] = (part) => {
    const outer = unionOf(Array.from(free), part.free).filter((variable) => variable !== position);
    const target = scope.tuples.project(outer);
    const rows = extended.tuples.project(part.free).rows;
    const size = compilation.builder.scopes[target.scope]?.size ?? 1;
    const first = new Int32Array(size).fill(-1);
    for (let tuple = scope.tuples.count - 1; tuple >= 0; tuple--) first[target.rows[tuple] as number] = tuple;
    const offsets: number[] = [0];
    const reduced: number[] = [];
    for (const tuple of first) {
      const end = extended.offsets[tuple + 1] as number;
      for (let k = extended.offsets[tuple] as number; k < end; k++) reduced.push(rows[k] as number);
      offsets.push(reduced.length);
    }
    return { over: { node: part.node, offsets, rows: reduced }, scope: target.scope, free: outer };
  };
  return { body, condition, inner, reduce };
};

const counts = (bound: ReturnType<Bound["reduce"]>, count: (sensors: number) => number): number[] =>
  bound.over.offsets.slice(1).map((end, row) => count(end - (bound.over.offsets[row] as number)));

/** At least `count(n)` of n sensors. */
const atLeast = (
  compilation: Compilation,
  bound: ReturnType<Bound["reduce"]>,
  count: (sensors: number) => number,
): Compiled => {
  const { over, scope, free } = bound;
  const node = compilation.builder.node({ kind: "atLeastOver", scope, over, counts: counts(bound, count) });
  return { type: "formula", node, free };
};

/** Shares are taken exactly: 80 % of 5 sensors is 4, whatever 0.8 * 5 may be in floating point. */
const shareOf = (percent: number, sensors: number): number => {
  const share = (percent * sensors) / 100;
  return Math.abs(share - Math.round(share)) < 1e-9 ? Math.round(share) : share;
};

export const compileQuantifier = (
  compilation: Compilation,
  term: QuantifierTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const bound = bind(compilation, term, scope, "formula");
  if (bound === undefined) return undefined;
  const { condition, inner } = bound;
  const { builder } = compilation;
  if (term.quantifier === "forall") {
    const body =
      condition === undefined
        ? bound.body
        : combine(compilation, "or", [negate(compilation, condition, inner), bound.body], inner);
    const reduced = bound.reduce(body);
    const node = builder.node({ kind: "allOver", scope: reduced.scope, over: reduced.over });
    return { type: "formula", node, free: reduced.free };
  }
  const body =
    condition === undefined ? bound.body : combine(compilation, "and", [condition, bound.body], inner);
  const reduced = bound.reduce(body);
  if (term.quantifier === "exists") {
    const node = builder.node({ kind: "anyOver", scope: reduced.scope, over: reduced.over });
    return { type: "formula", node, free: reduced.free };
  }
  const { count } = term;
  if (count === undefined) return undefined;
  if (count.percent && (condition !== undefined || term.quantifier === "exactly")) {
    const message =
      condition === undefined
        ? "exactly counts sensors, not a share of them"
        : "a share of the sensors where a signal fulfils a condition is not settled beforehand";
    return compilation.report(count.place, "bad-count", message, "Write a whole number of sensors.");
  }
  const least = (sensors: number): number =>
    count.percent ? Math.ceil(shareOf(count.value, sensors)) : count.value;
  const most = (sensors: number): number =>
    count.percent ? Math.floor(shareOf(count.value, sensors)) : count.value;
  const enough = (): Compiled => atLeast(compilation, reduced, least);
  const notTooMany = (): Compiled =>
    negate(
      compilation,
      atLeast(compilation, reduced, (sensors) => most(sensors) + 1),
      scope,
    );
  if (term.quantifier === "atleast") return enough();
  if (term.quantifier === "atmost") return notTooMany();
  return combine(compilation, "and", [enough(), notTooMany()], scope);
};

const aggregateKinds = { mean: "meanOver", sum: "sumOver", min: "leastOver", max: "greatestOver" } as const;

export const compileAggregate = (
  compilation: Compilation,
  term: AggregateTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  if (term.operator === "count") {
    const message = "count stands where no number of sensors is compared with it";
    return compilation.report(
      term.place,
      "kind",
      message,
      "Compare it with a number: count(s in g: p) >= 3.",
    );
  }
  const bound = bind(compilation, term, scope, "number");
  if (bound === undefined) return undefined;
  if (bound.condition !== undefined) {
    const message = `${term.operator} over sensors that a signal chooses is not continuous`;
    return compilation.report(term.place, "kind", message, "Choose the sensors by groups, == or !=.");
  }
  const { over, scope: own, free } = bound.reduce(bound.body);
  if (over.offsets.some((end, row) => row > 0 && end === over.offsets[row - 1])) {
    const message = `${term.operator} is taken over no sensor at all`;
    return compilation.report(term.place, "empty-group", message, "Widen the group or its condition.");
  }
  const node = compilation.builder.node({ kind: aggregateKinds[term.operator], scope: own, over });
  return { type: "number", node, free, ...(bound.body.unit === undefined ? {} : { unit: bound.body.unit }) };
};

/** `count(s in g: p) >= 3` is a statement of how many sensors hold. */
export const compileCountComparison = (
  compilation: Compilation,
  term: AggregateTerm,
  relation: Relation,
  other: Term,
  scope: LexicalScope,
): Compiled | undefined => {
  const bound = bind(compilation, term, scope, "formula");
  const limit = compilation.number(other, scope);
  if (bound === undefined || limit === undefined) return undefined;
  const value = limit.constant;
  if (value === undefined || (limit.unit !== undefined && limit.unit.text !== "1")) {
    const message = "count is compared with something else than a plain number";
    return compilation.report(other.place, "kind", message, "Write a number of sensors.");
  }
  const body =
    bound.condition === undefined
      ? bound.body
      : combine(compilation, "and", [bound.condition, bound.body], bound.inner);
  const reduced = bound.reduce(body);
  const least = (count: number): Compiled => atLeast(compilation, reduced, () => count);
  const not = (part: Compiled): Compiled => negate(compilation, part, scope);
  const exactly = (): Compiled => combine(compilation, "and", [least(value), not(least(value + 1))], scope);
  switch (relation) {
    case ">=":
      return least(Math.ceil(value));
    case ">":
      return least(Math.floor(value) + 1);
    case "<=":
      return not(least(Math.floor(value) + 1));
    case "<":
      return not(least(Math.ceil(value)));
    case "==":
    case "!=": {
      if (!Number.isInteger(value)) {
        const message = `${value} is no number of sensors`;
        return compilation.report(other.place, "bad-count", message, "Write a whole number.");
      }
      return relation === "==" ? exactly() : not(exactly());
    }
  }
};
