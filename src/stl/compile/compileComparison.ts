import { type Compilation, type Compiled, type LexicalScope, unionOf } from "./Compilation.ts";
import { alignUnits, operandOf } from "./compileExpression.ts";
import { compileClockComparison } from "./compileClock.ts";
import { combine } from "./connectives.ts";
import { compileCountComparison } from "./compileQuantifier.ts";
import type { ComparisonTerm, Relation, Term } from "../language/Syntax.ts";
import type { Place } from "../language/Problem.ts";
import { plainNumber } from "../language/Unit.ts";

/** A comparison or a chain of them. */
export const compileComparison = (
  compilation: Compilation,
  term: ComparisonTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const links = term.relations.map((relation, i) =>
    compileLink(
      compilation,
      relation,
      term.operands[i] as Term,
      term.operands[i + 1] as Term,
      term.place,
      scope,
    ),
  );
  if (links.includes(undefined)) return undefined;
  const [only] = links;
  return links.length === 1 ? only : combine(compilation, "and", links as Compiled[], scope);
};

export const mirrored: Readonly<Record<Relation, Relation>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

const compileLink = (
  compilation: Compilation,
  relation: Relation,
  leftTerm: Term,
  rightTerm: Term,
  place: Place,
  scope: LexicalScope,
): Compiled | undefined => {
  if (leftTerm.kind === "aggregate" && leftTerm.operator === "count") {
    return compileCountComparison(compilation, leftTerm, relation, rightTerm, scope);
  }
  if (rightTerm.kind === "aggregate" && rightTerm.operator === "count") {
    return compileCountComparison(compilation, rightTerm, mirrored[relation], leftTerm, scope);
  }
  const left = compileSide(compilation, leftTerm, scope);
  const right = compileSide(compilation, rightTerm, scope);
  if (left === undefined || right === undefined) return undefined;
  if (left.clock !== undefined)
    return compileClockComparison(compilation, left.clock, relation, right, place, scope);
  if (right.clock !== undefined) {
    return compileClockComparison(compilation, right.clock, mirrored[relation], left, place, scope);
  }
  return compare(compilation, relation, left, right, place, scope);
};

const compileSide = (compilation: Compilation, term: Term, scope: LexicalScope): Compiled | undefined => {
  const compiled = compilation.compile(term, scope);
  if (compiled === undefined || compiled.type === "number") return compiled;
  const message = "a formula stands where a number is compared";
  return compilation.report(
    term.place,
    "kind",
    message,
    "Compare numbers, and join formulas by and, or, not.",
  );
};

/** The predicate of two numbers. */
export const compare = (
  compilation: Compilation,
  relation: Relation,
  left: Compiled,
  right: Compiled,
  place: Place,
  scope: LexicalScope,
): Compiled | undefined => {
  const aligned = alignUnits(compilation, [left, right], scope, place, "compare");
  if (aligned === undefined) return undefined;
  const [a, b] = aligned as [Compiled, Compiled];
  const free = unionOf(a.free, b.free);
  const own = scope.tuples.project(free).scope;
  const { builder, usage } = compilation;
  const unit = a.unit ?? b.unit;
  usage.units.push(unit ?? plainNumber);
  for (const { constant } of [a, b])
    if (constant !== undefined) usage.thresholds.push({ value: constant, unit });
  const [one, other] = [operandOf(a, free, scope), operandOf(b, free, scope)];
  const formula = (node: number): Compiled => ({ type: "formula", node, free });
  switch (relation) {
    case "==":
      return formula(builder.node({ kind: "equal", scope: own, left: one, right: other }));
    case "!=":
      return formula(builder.node({ kind: "differ", scope: own, left: one, right: other }));
    case "<":
    case "<=":
      return formula(
        builder.node({ kind: "above", scope: own, left: other, right: one, strict: relation === "<" }),
      );
    case ">":
    case ">=":
      return formula(
        builder.node({ kind: "above", scope: own, left: one, right: other, strict: relation === ">" }),
      );
  }
};
