import { wholeSteps } from "../checks/wholeSteps.ts";
import { type Compilation, type Compiled, type LexicalScope, unionOf } from "./Compilation.ts";
import { operandOf } from "./compileExpression.ts";
import { combine, negate } from "./connectives.ts";
import type { Place } from "../language/Problem.ts";
import { printTerm } from "../language/printTerm.ts";
import type { BinaryTemporalTerm, Interval, TemporalTerm, Term } from "../language/Syntax.ts";
import { convertUnit, parseUnit, type Unit, unitsAgree } from "../language/Unit.ts";

interface Window {
  readonly lower: number;
  readonly upper: number | null;
}

const boundSteps = (compilation: Compilation, term: Term): number | undefined => {
  if (term.kind === "duration") return wholeSteps(compilation, term, term.place);
  if (term.kind === "name") {
    const parameter = compilation.spec.parameters.find((candidate) => candidate.name === term.name);
    if (parameter?.value.kind === "duration") {
      compilation.number(term, compilation.topScope);
      return wholeSteps(compilation, parameter.value, term.place);
    }
  }
  const value = compilation.number(term, compilation.topScope);
  if (value === undefined) return undefined;
  const place = term.place;
  if (value.constant === undefined) {
    return compilation.report(place, "kind", "the bound of an interval is no constant", "Write a duration.");
  }
  if (value.unit === undefined || value.unit.text === "1")
    return countedSteps(compilation, value.constant, term);
  const millisecond = parseUnit("ms") as Unit;
  if (!unitsAgree(value.unit, millisecond)) {
    const message = `the bound ${printTerm(term)} is in ${value.unit.text}, not a time`;
    return compilation.report(place, "unit-mismatch", message, "Write a duration such as 5min.");
  }
  const { stepMs } = compilation;
  const ms = convertUnit(value.constant, value.unit, millisecond);
  const number = ms.toFixed(9).replace(/\.?0+$/, "");
  if (stepMs === undefined || ms < 0) return countedSteps(compilation, ms < 0 ? ms : NaN, term);
  return wholeSteps(compilation, { kind: "duration", parts: [{ number, unit: "ms" }], place }, place);
};

const countedSteps = (compilation: Compilation, value: number, term: Term): number | undefined => {
  if (value < 0) {
    const remedy = "Look back with once, historically, since or lag(x, 1h).";
    return compilation.report(term.place, "bad-bound", `the bound ${printTerm(term)} is negative`, remedy);
  }
  if (compilation.time === "steps" && !Number.isInteger(value)) {
    const message = `the bound ${printTerm(term)} is no whole number of samples`;
    const remedy = `Write ${Math.floor(value)} or ${Math.ceil(value)}, or a duration with its unit.`;
    return compilation.report(term.place, "bad-bound", message, remedy);
  }
  if (value > 0 && compilation.stepMs !== undefined && compilation.time === "steps") {
    const message = `the bound ${printTerm(term)} has no unit and is read as ${value} samples`;
    compilation.report(
      term.place,
      "bare-bound",
      message,
      `Write ${value} samples, or a duration.`,
      "warning",
    );
  }
  return value;
};

const compileWindow = (compilation: Compilation, interval: Interval | undefined): Window | undefined => {
  if (interval === undefined) return { lower: 0, upper: null };
  const first = boundSteps(compilation, interval.lower);
  const last = interval.upper === undefined ? null : boundSteps(compilation, interval.upper);
  if (first === undefined || last === undefined) return undefined;
  if (compilation.time !== "steps" && (interval.lowerOpen || (interval.upperOpen && last !== null))) {
    const message = "an open interval is counted in samples, and here bounds are seconds";
    return compilation.report(interval.place, "open-interval", message, "Write [ and ].");
  }
  const lower = first + (interval.lowerOpen ? 1 : 0);
  const upper = last === null ? null : last - (interval.upperOpen ? 1 : 0);
  if (upper !== null && lower > upper) {
    const open = interval.lowerOpen ? "(" : "[";
    const close = interval.upperOpen ? ")" : "]";
    const bounds = `${printTerm(interval.lower)},${interval.upper ? printTerm(interval.upper) : "inf"}`;
    const message = `empty interval ${open}${bounds}${close}`;
    return compilation.report(interval.place, "empty-interval", message, "Write the smaller bound first.");
  }
  return { lower, upper };
};

export const compileTemporal = (
  compilation: Compilation,
  term: TemporalTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const operand = compilation.formula(term.operand, scope);
  const { operator } = term;
  if (operator === "next" || operator === "prev" || operator === "s_next" || operator === "s_prev") {
    const weak = operator === "next" || operator === "prev";
    return (
      operand &&
      compileStep(compilation, operand, operator.endsWith("next") ? 1 : -1, weak, scope, term.place)
    );
  }
  const window = compileWindow(compilation, term.interval);
  if (operand === undefined || window === undefined) return undefined;
  const own = scope.tuples.project(operand.free).scope;
  const inner = { node: operand.node, rows: -1 };
  return {
    ...operand,
    node: compilation.builder.node({ kind: operator, scope: own, operand: inner, ...window }),
  };
};

const compileStep = (
  compilation: Compilation,
  operand: Compiled,
  by: number,
  weak: boolean,
  scope: LexicalScope,
  place: Place,
): Compiled | undefined => {
  if (compilation.time === "dense") {
    const message = "dense time has no next or previous sample";
    return compilation.report(place, "dense", message, "Use always or eventually with an interval.");
  }
  const own = scope.tuples.project(operand.free).scope;
  const inner = { node: operand.node, rows: -1 };
  return {
    ...operand,
    node: compilation.builder.node({ kind: "step", scope: own, operand: inner, by, weak }),
  };
};

/** `rise(p)`: p holds and did not a step before; `fall(p)` the other way round. At the start, p or not p. */
export const compileEdge = (
  compilation: Compilation,
  kind: string,
  operandTerm: Term,
  scope: LexicalScope,
  place: Place,
): Compiled | undefined => {
  const operand = compilation.formula(operandTerm, scope);
  if (operand === undefined) return undefined;
  const opposite = negate(compilation, operand, scope);
  const [now, before] = kind === "rise" ? [operand, opposite] : [opposite, operand];
  const earlier = compileStep(compilation, before, -1, true, scope, place);
  return earlier && combine(compilation, "and", [now, earlier], scope);
};

export const compileBinaryTemporal = (
  compilation: Compilation,
  term: BinaryTemporalTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const left = compilation.formula(term.left, scope);
  const right = compilation.formula(term.right, scope);
  const window = compileWindow(compilation, term.interval);
  if (left === undefined || right === undefined || window === undefined) return undefined;
  const free = unionOf(left.free, right.free);
  const own = scope.tuples.project(free).scope;
  const operands = { left: operandOf(left, free, scope), right: operandOf(right, free, scope) };
  const { builder } = compilation;
  const formula = (node: number): Compiled => ({ type: "formula", node, free });
  if (term.operator !== "unless") {
    return formula(builder.node({ kind: term.operator, scope: own, ...operands, ...window }));
  }
  // Weak until: psi need never come, if phi holds to the end of the window.
  const until = formula(builder.node({ kind: "until", scope: own, ...operands, ...window }));
  const inner = { node: left.node, rows: -1 };
  const leftScope = scope.tuples.project(left.free).scope;
  const always = builder.node({
    kind: "always",
    scope: leftScope,
    operand: inner,
    lower: 0,
    upper: window.upper,
  });
  return combine(compilation, "or", [until, { ...left, node: always }], scope);
};
