import { unknownName } from "../checks/unknownName.ts";
import {
  type Binding,
  type Compilation,
  type Compiled,
  findSensor,
  type LexicalScope,
  type TimeKind,
  unionOf,
  type Usage,
} from "./Compilation.ts";
import { clockReadings, compileBetween, compileOn } from "./compileClock.ts";
import { compare, compileComparison } from "./compileComparison.ts";
import {
  compileArithmetic,
  compileFunction,
  compileNegation,
  numericFunctions,
  operandOf,
} from "./compileExpression.ts";
import { compileConstant, compileIndex, compileName } from "./compileName.ts";
import { compileAggregate, compileQuantifier } from "./compileQuantifier.ts";
import { compileBinaryTemporal, compileEdge, compileTemporal } from "./compileTemporal.ts";
import { combine, negate } from "./connectives.ts";
import { PlanBuilder } from "./PlanBuilder.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import { printTerm } from "../language/printTerm.ts";
import { SensorTuples } from "./SensorTuples.ts";
import type { Site } from "./Site.ts";
import type { LetDeclaration, Spec } from "../language/Spec.ts";
import type { CallTerm, ConnectiveTerm, DurationTerm, QuantityTerm, Term } from "../language/Syntax.ts";
import { parseUnit, type Unit } from "../language/Unit.ts";

/** Lets put in for one another deeper than this are refused: every walk over a formula recurses. */
const greatestDepth = 1500;
/** More terms than this, lets counted wherever they are put in, are refused. */
const greatestSize = 1_000_000;

interface CompilationSettings {
  readonly spec: Spec;
  readonly site: Site;
  readonly stepMs: number | undefined;
  readonly time?: TimeKind;
  readonly rtamt?: boolean;
}

/** A compilation of one formula; its problems are collected in `problems`. */
export const createCompilation = (settings: CompilationSettings, problems: Problem[]): Compilation => {
  const builder = new PlanBuilder();
  const usage: Usage = { channels: new Set(), readsClock: false, units: [], thresholds: [], rangeWidths: [] };
  const seen = new Set<string>();
  const expanded = new WeakMap<SensorTuples, Map<string, Compiled | undefined>>();
  let depth = 0;
  let size = 0;
  const compilation: Compilation = {
    spec: settings.spec,
    site: settings.site,
    stepMs: settings.stepMs,
    time: settings.time ?? "steps",
    rtamt: settings.rtamt ?? false,
    builder,
    usage,
    origins: new Map(),
    open: [],
    topScope: { bindings: new Map(), tuples: new SensorTuples(builder, [], 1) },
    report(place, code, message, remedy, severity = "error") {
      const problem = problemAt(place, severity, code, message, remedy);
      // A let is compiled wherever it is used; its problems are told once.
      const key = JSON.stringify(problem);
      if (!seen.has(key)) problems.push(problem);
      seen.add(key);
      return undefined;
    },
    compile(term, scope) {
      depth++;
      size++;
      try {
        if (size > greatestSize) {
          const message = `the formula has more than ${greatestSize} parts once its lets are put in`;
          return compilation.report(term.place, "too-large", message, "Write a shorter one.");
        }
        if (depth > greatestDepth) {
          return compilation.report(term.place, "too-deep", "the lets nest too deep", "Nest fewer of them.");
        }
        const compiled = dispatch(compilation, term, scope);
        if (compiled !== undefined && !compilation.origins.has(compiled.node)) {
          compilation.origins.set(compiled.node, term.place);
        }
        return compiled;
      } finally {
        depth--;
      }
    },
    formula(term, scope) {
      const compiled = compilation.compile(term, scope);
      if (compiled === undefined || compiled.type === "formula") return compiled;
      if (compilation.rtamt && compiled.clock === undefined) {
        return compare(compilation, ">=", compiled, compileConstant(compilation, 0), term.place, scope);
      }
      const message = `${printTerm(term)} is a number where a formula is needed`;
      return compilation.report(term.place, "kind", message, `Compare it, such as ${printTerm(term)} >= 0.`);
    },
    number(term, scope) {
      const compiled = compilation.compile(term, scope);
      if (compiled === undefined || (compiled.type === "number" && compiled.clock === undefined))
        return compiled;
      if (compiled.clock !== undefined) {
        const message = "a reading of the clock enters a calculation";
        return compilation.report(term.place, "clock", message, "Compare it with a number: hour() >= 7.");
      }
      const message = `${printTerm(term)} is a formula where a number is needed`;
      return compilation.report(term.place, "kind", message, "Write an expression of signals and numbers.");
    },
    expand(definition, args, use, scope) {
      const key = expansionKey(compilation, definition, args, scope);
      if (key === undefined) return expandLet(compilation, definition, args, use, scope);
      const known = expanded.get(scope.tuples) ?? new Map<string, Compiled | undefined>();
      expanded.set(scope.tuples, known);
      if (!known.has(key)) known.set(key, expandLet(compilation, definition, args, use, scope));
      return known.get(key);
    },
  };
  return compilation;
};

const dispatch = (compilation: Compilation, term: Term, scope: LexicalScope): Compiled | undefined => {
  switch (term.kind) {
    case "quantity":
      return compileQuantity(compilation, term);
    case "duration":
      return compileDuration(compilation, term);
    case "boolean": {
      const node = compilation.builder.node({ kind: "truth", scope: 0, value: term.value });
      return { type: "formula", node, free: [] };
    }
    case "text":
      return compilation.report(
        term.place,
        "kind",
        "a text stands where a formula is needed",
        "Write a formula.",
      );
    case "member":
      return compilation.report(
        term.place,
        "kind",
        "in stands outside of where",
        "Write forall s in schools: ...",
      );
    case "name":
      return compileName(compilation, term, scope);
    case "index":
      return compileIndex(compilation, term, scope);
    case "call":
      return compileCall(compilation, term, scope);
    case "negate":
      return compileNegation(compilation, term, scope);
    case "arithmetic":
      return compileArithmetic(compilation, term, scope);
    case "comparison":
      return compileComparison(compilation, term, scope);
    case "not": {
      const operand = compilation.formula(term.operand, scope);
      return operand && negate(compilation, operand, scope);
    }
    case "connective":
      return compileConnective(compilation, term, scope);
    case "temporal":
      return compileTemporal(compilation, term, scope);
    case "binaryTemporal":
      return compileBinaryTemporal(compilation, term, scope);
    case "quantifier":
      return compileQuantifier(compilation, term, scope);
    case "aggregate":
      return compileAggregate(compilation, term, scope);
  }
};

const compileQuantity = (compilation: Compilation, term: QuantityTerm): Compiled | undefined => {
  if (term.unit === undefined) return compileConstant(compilation, term.value);
  const unit = parseUnit(term.unit);
  if (typeof unit !== "string") return compileConstant(compilation, term.value, unit);
  return compilation.report(term.place, "unknown-unit", unit, "Write a unit such as km/h or ug/m3.");
};

/** A duration as a number: `wait < 30s`. */
const compileDuration = (compilation: Compilation, term: DurationTerm): Compiled | undefined => {
  let seconds = 0;
  for (const part of term.parts) {
    if (part.unit === "samples") {
      return compilation.report(
        term.place,
        "kind",
        "samples are no unit of a signal",
        "Write a time such as 30 s.",
      );
    }
    const unit = parseUnit(part.unit) as Unit;
    if (term.parts.length === 1) return compileConstant(compilation, Number(part.number), unit);
    seconds += Number(part.number) * unit.factor;
  }
  return compileConstant(compilation, seconds, parseUnit("s") as Unit);
};

const compileConnective = (
  compilation: Compilation,
  term: ConnectiveTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const left = compilation.formula(term.left, scope);
  const right = compilation.formula(term.right, scope);
  if (left === undefined || right === undefined) return undefined;
  const not = (part: Compiled): Compiled => negate(compilation, part, scope);
  const join = (kind: "and" | "or", ...parts: readonly Compiled[]): Compiled =>
    combine(compilation, kind, parts, scope);
  switch (term.operator) {
    case "and":
    case "or":
      return join(term.operator, left, right);
    case "implies":
      return join("or", not(left), right);
    case "iff":
    case "xor": {
      const alike = term.operator === "iff";
      if (compilation.rtamt) {
        const free = unionOf(left.free, right.free);
        const node = compilation.builder.node({
          kind: alike ? "sameDistance" : "otherDistance",
          scope: scope.tuples.project(free).scope,
          left: operandOf(left, free, scope),
          right: operandOf(right, free, scope),
        });
        return { type: "formula", node, free };
      }
      return alike
        ? join("and", join("or", not(left), right), join("or", left, not(right)))
        : join("or", join("and", left, not(right)), join("and", not(left), right));
    }
  }
};

const compileCall = (compilation: Compilation, term: CallTerm, scope: LexicalScope): Compiled | undefined => {
  const { name, place } = { name: term.callee.name, place: term.callee.place };
  const definition = compilation.spec.lets.find((candidate) => candidate.name === name);
  if (definition !== undefined) return compilation.expand(definition, term.args, term, scope);
  if (term.over !== undefined && name !== "delta") {
    return compilation.report(place, "kind", `${name} takes no over`, "Only delta(x) over 1h does.");
  }
  const reading = Object.hasOwn(clockReadings, name) ? clockReadings[name] : undefined;
  if (reading !== undefined && term.args.length === 0) {
    return { type: "number", node: -1, free: [], clock: reading };
  }
  if (name === "between") return compileBetween(compilation, term, scope);
  if (name === "on") return compileOn(compilation, term, scope);
  const arity = Object.hasOwn(numericFunctions, name) ? numericFunctions[name] : undefined;
  const [least, most] = arity ?? (name === "rise" || name === "fall" ? [1, 1] : reading ? [0, 0] : [-1, -1]);
  if (least < 0) {
    const known = [
      ...Object.keys(numericFunctions),
      ...Object.keys(clockReadings),
      "rise",
      "fall",
      "between",
      "on",
    ];
    const lets = compilation.spec.lets.map((item) => item.name);
    return unknownName(compilation, place, "function", name, [...lets, ...known]);
  }
  if (term.args.length < least || term.args.length > most) {
    const message = `${name} takes ${least}${most > least ? " or more" : ""} arguments, not ${term.args.length}`;
    const remedy = name === "log" ? "Write log(x, 10), or ln(x)." : "Correct the arguments.";
    return compilation.report(term.place, "arguments", message, remedy);
  }
  const [first] = term.args;
  if (arity === undefined && first !== undefined) return compileEdge(compilation, name, first, scope, place);
  return compileFunction(compilation, term, scope);
};

/** What an expansion depends on, where all arguments are sensors; so lets that use each other stay linear. */
const expansionKey = (
  compilation: Compilation,
  definition: LetDeclaration,
  args: readonly Term[],
  scope: LexicalScope,
): string | undefined => {
  let key = definition.name;
  for (const arg of args) {
    const binding = arg.kind === "name" ? findSensor(compilation, arg, scope) : undefined;
    if (binding === undefined) return undefined;
    key += binding.kind === "variable" ? ` v${binding.position}` : ` s${binding.sensor}`;
  }
  return key;
};

/** A let is put in with its own names in force, over the sensor tuples of the place where it is used. */
const expandLet = (
  compilation: Compilation,
  definition: LetDeclaration,
  args: readonly Term[],
  use: Term,
  scope: LexicalScope,
): Compiled | undefined => {
  if (args.length !== definition.parameters.length) {
    const message = `${definition.name} takes ${definition.parameters.length} arguments, not ${args.length}`;
    const sample = `${definition.name}(${definition.parameters.map((parameter) => parameter.name).join(", ")})`;
    return compilation.report(use.place, "arguments", message, `Write ${sample}.`);
  }
  if (compilation.open.includes(definition.name)) {
    const message = `the let ${definition.name} is defined by itself`;
    return compilation.report(definition.place, "cycle", message, "Define it by other names.");
  }
  const bindings = new Map<string, Binding>();
  definition.parameters.forEach((parameter, i) => {
    bindings.set(parameter.name, { kind: "term", term: args[i] as Term, scope });
  });
  compilation.open.push(definition.name);
  const compiled = compilation.compile(definition.value, { bindings, tuples: scope.tuples });
  compilation.open.pop();
  return compiled;
};
