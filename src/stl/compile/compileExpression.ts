import { unitMismatch } from "../checks/unitMismatch.ts";
import { wholeSteps } from "../checks/wholeSteps.ts";
import { type Compilation, type Compiled, type LexicalScope, unionOf } from "./Compilation.ts";
import { compileConstant, inUnit } from "./compileName.ts";
import type { NumericNode, Operand } from "../plan/Plan.ts";
import type { Place } from "../language/Problem.ts";
import type { ArithmeticTerm, CallTerm, NegateTerm, Term } from "../language/Syntax.ts";
import {
  convertUnit,
  divideUnits,
  multiplyUnits,
  plainNumber,
  powerUnit,
  type Unit,
  unitsAgree,
} from "../language/Unit.ts";

/** How a node over `free` reads a compiled operand. */
export const operandOf = (compiled: Compiled, free: readonly number[], scope: LexicalScope): Operand => ({
  node: compiled.node,
  rows: scope.tuples.rowMap(free, compiled.free),
});

const numeric = (node: number, free: readonly number[], unit: Unit | undefined): Compiled => ({
  type: "number",
  node,
  free,
  ...(unit === undefined ? {} : { unit }),
});

/** The number in another unit; a bare number takes the unit as it stands. */
const convertTo = (compilation: Compilation, value: Compiled, unit: Unit, scope: LexicalScope): Compiled => {
  if (value.unit === undefined || value.unit.text === unit.text) return { ...value, unit };
  if (value.constant !== undefined) {
    return compileConstant(compilation, convertUnit(value.constant, value.unit, unit), unit);
  }
  return numeric(inUnit(compilation, value.node, value.free, scope, value.unit, unit), value.free, unit);
};

/**
 * Brings numbers to one unit: that of the first which is no constant, else the first that has one.
 * Undefined, and reported, where they do not agree.
 */
export const alignUnits = (
  compilation: Compilation,
  values: readonly Compiled[],
  scope: LexicalScope,
  place: Place,
  verb: string,
): readonly Compiled[] | undefined => {
  const measured = values.filter((value) => value.unit !== undefined);
  const unit = (measured.find((value) => value.constant === undefined) ?? measured[0])?.unit;
  if (unit === undefined) return values;
  for (const value of measured) {
    if (!unitsAgree(value.unit ?? unit, unit)) {
      const [first = unit, second = unit] = measured.map((other) => other.unit as Unit);
      return unitMismatch(compilation, place, first, second, verb);
    }
  }
  return values.map((value) => convertTo(compilation, value, unit, scope));
};

type BinaryKind = "add" | "subtract" | "multiply" | "divide" | "power";

const fold: Readonly<Record<BinaryKind, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
};

const binary = (
  compilation: Compilation,
  kind: BinaryKind,
  left: Compiled,
  right: Compiled,
  scope: LexicalScope,
  unit: Unit | undefined,
): Compiled => {
  if (left.constant !== undefined && right.constant !== undefined) {
    return compileConstant(compilation, fold[kind](left.constant, right.constant), unit);
  }
  const free = unionOf(left.free, right.free);
  const node = compilation.builder.node({
    kind,
    scope: scope.tuples.project(free).scope,
    left: operandOf(left, free, scope),
    right: operandOf(right, free, scope),
  });
  return numeric(node, free, unit);
};

const kinds = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "^": "power" } as const;

export const compileArithmetic = (
  compilation: Compilation,
  term: ArithmeticTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const left = compilation.number(term.left, scope);
  const right = compilation.number(term.right, scope);
  if (left === undefined || right === undefined) return undefined;
  const kind = kinds[term.operator];
  if (kind === "add" || kind === "subtract") {
    const aligned = alignUnits(compilation, [left, right], scope, term.place, kind);
    if (aligned === undefined) return undefined;
    const [a = left, b = right] = aligned;
    return binary(compilation, kind, a, b, scope, a.unit ?? b.unit);
  }
  if (kind === "power") return power(compilation, left, right, scope, term.place);
  const combine = kind === "multiply" ? multiplyUnits : divideUnits;
  const measured = left.unit !== undefined || right.unit !== undefined;
  const unit = measured ? combine(left.unit ?? plainNumber, right.unit ?? plainNumber) : undefined;
  const result = binary(compilation, kind, left, right, scope, unit);
  // Where all units cancel, a plain number remains: km/h by mph is a ratio.
  const cancelled = unit !== undefined && left.unit !== undefined && right.unit !== undefined;
  return cancelled && unit.dimensions.length === 0
    ? convertTo(compilation, result, plainNumber, scope)
    : result;
};

const power = (
  compilation: Compilation,
  base: Compiled,
  exponent: Compiled,
  scope: LexicalScope,
  place: Place,
): Compiled | undefined => {
  const { unit } = base;
  if (unit === undefined || unit.text === "1")
    return binary(compilation, "power", base, exponent, scope, unit);
  if (exponent.constant === undefined || !Number.isInteger(exponent.constant)) {
    const message = `a value in ${unit.text} needs a whole number as its exponent`;
    return compilation.report(
      place,
      "unit-mismatch",
      message,
      "Divide by a quantity of the same unit first.",
    );
  }
  return binary(compilation, "power", base, exponent, scope, powerUnit(unit, exponent.constant));
};

type UnaryKind = "negate" | "abs" | "sqrt" | "exp" | "ln";
const foldUnary: Readonly<Record<UnaryKind, (a: number) => number>> = {
  negate: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
};

const unary = (
  compilation: Compilation,
  kind: UnaryKind,
  value: Compiled,
  scope: LexicalScope,
  unit: Unit | undefined,
): Compiled => {
  if (value.constant !== undefined) {
    return compileConstant(compilation, foldUnary[kind](value.constant), unit);
  }
  const own = scope.tuples.project(value.free).scope;
  const operand = { node: value.node, rows: -1 };
  return numeric(compilation.builder.node({ kind, scope: own, operand }), value.free, unit);
};

export const compileNegation = (
  compilation: Compilation,
  term: NegateTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const value = compilation.number(term.operand, scope);
  return value && unary(compilation, "negate", value, scope, value.unit);
};

const overOperand = (
  compilation: Compilation,
  node: (operand: Operand, scope: number) => NumericNode,
  value: Compiled,
  scope: LexicalScope,
): Compiled => {
  const own = scope.tuples.project(value.free).scope;
  return numeric(compilation.builder.node(node({ node: value.node, rows: -1 }, own)), value.free, value.unit);
};

const shifted = (compilation: Compilation, value: Compiled, by: number, scope: LexicalScope): Compiled =>
  by === 0 || value.constant !== undefined
    ? value
    : overOperand(compilation, (operand, own) => ({ kind: "shift", scope: own, operand, by }), value, scope);

const extreme = (
  compilation: Compilation,
  kind: "least" | "greatest",
  values: readonly Compiled[],
  scope: LexicalScope,
): Compiled => {
  const unit = values.find((value) => value.unit !== undefined)?.unit;
  if (values.every((value) => value.constant !== undefined)) {
    const pick = kind === "least" ? Math.min : Math.max;
    const folded = values.reduce((result, value) => pick(result, value.constant as number), pick());
    return compileConstant(compilation, folded, unit);
  }
  const free = values.reduce<readonly number[]>((union, value) => unionOf(union, value.free), []);
  const operands = values.map((value) => operandOf(value, free, scope));
  const own = scope.tuples.project(free).scope;
  return numeric(compilation.builder.node({ kind, scope: own, operands }), free, unit);
};

/** How many arguments each function takes, least and most. */
export const numericFunctions: Readonly<Record<string, readonly [number, number]>> = {
  abs: [1, 1],
  sqrt: [1, 1],
  exp: [1, 1],
  ln: [1, 1],
  log: [2, 2],
  pow: [2, 2],
  min: [2, Infinity],
  max: [2, Infinity],
  clamp: [3, 3],
  delta: [1, 1],
  lag: [2, 2],
  rollmean: [2, 2],
};

const longestMean = 2 ** 24;

/** Signed steps of a duration such as `1h` or `-30min`. */
const signedSteps = (compilation: Compilation, term: Term): number | undefined => {
  if (term.kind === "negate") {
    const steps = signedSteps(compilation, term.operand);
    return steps === undefined ? undefined : -steps;
  }
  if (term.kind === "duration") return wholeSteps(compilation, term, term.place);
  if (term.kind === "name") {
    const parameter = compilation.spec.parameters.find((candidate) => candidate.name === term.name);
    if (parameter !== undefined) return signedSteps(compilation, parameter.value);
  }
  return compilation.report(
    term.place,
    "kind",
    "this is no duration",
    "Write a duration such as 1h or 12 samples.",
  );
};

/** A call of one of {@link numericFunctions}, with as many arguments as it takes. */
export const compileFunction = (
  compilation: Compilation,
  term: CallTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const name = term.callee.name;
  const [first, second] = term.args as [Term, Term];
  if (name === "lag" || name === "rollmean" || name === "delta") {
    if (compilation.time !== "steps") {
      const message = `${name} counts samples, and here the instants are irregular or dense`;
      return compilation.report(term.place, "dense", message, "Judge the formula on regular samples.");
    }
    const value = compilation.number(first, scope);
    const duration = name === "delta" ? term.over : second;
    const steps = duration === undefined ? 1 : signedSteps(compilation, duration);
    if (value === undefined || steps === undefined) return undefined;
    if (name === "lag") return shifted(compilation, value, -steps, scope);
    if (steps < 1) {
      const message = `${name} needs a duration of one step or more`;
      return compilation.report((duration ?? term).place, "bad-duration", message, "Write a longer one.");
    }
    if (name === "rollmean" && steps > longestMean) {
      const message = `rollmean keeps every sample of its window, here ${steps}, at most ${longestMean}`;
      return compilation.report((duration ?? term).place, "bad-duration", message, "Write a shorter one.");
    }
    if (name === "delta") {
      const earlier = shifted(compilation, value, -steps, scope);
      return binary(compilation, "subtract", value, earlier, scope, value.unit);
    }
    if (value.constant !== undefined) return value;
    return overOperand(
      compilation,
      (operand, own) => ({ kind: "rollingMean", scope: own, operand, steps }),
      value,
      scope,
    );
  }
  const compiled = term.args.map((arg) => compilation.number(arg, scope));
  if (compiled.includes(undefined)) return undefined;
  const values = compiled as Compiled[];
  const [a, b] = values as [Compiled, Compiled];
  switch (name) {
    case "abs":
      return unary(compilation, "abs", a, scope, a.unit);
    case "pow":
      return power(compilation, a, b, scope, term.place);
    case "min":
    case "max":
    case "clamp": {
      const aligned = alignUnits(compilation, values, scope, term.place, "compare");
      if (aligned === undefined) return undefined;
      if (name !== "clamp")
        return extreme(compilation, name === "min" ? "least" : "greatest", aligned, scope);
      const [value, lower, upper] = aligned as [Compiled, Compiled, Compiled];
      return extreme(
        compilation,
        "least",
        [extreme(compilation, "greatest", [value, lower], scope), upper],
        scope,
      );
    }
    default: {
      const measured = values.find((value) => value.unit !== undefined && value.unit.text !== "1");
      if (measured !== undefined) {
        const message = `${name} needs a plain number, not one in ${measured.unit?.text}`;
        return compilation.report(
          term.place,
          "unit-mismatch",
          message,
          "Divide by a quantity of that unit first.",
        );
      }
      if (name !== "log") return unary(compilation, name as UnaryKind, a, scope, a.unit);
      const [value, base] = [a, b].map((each) => unary(compilation, "ln", each, scope, undefined));
      return binary(compilation, "divide", value as Compiled, base as Compiled, scope, undefined);
    }
  }
};
