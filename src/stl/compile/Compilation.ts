import type { PlanBuilder } from "./PlanBuilder.ts";
import type { Place, Problem } from "../language/Problem.ts";
import type { SensorTuples } from "./SensorTuples.ts";
import type { Site } from "./Site.ts";
import type { LetDeclaration, Spec } from "../language/Spec.ts";
import type { NameTerm, Term } from "../language/Syntax.ts";
import type { Unit } from "../language/Unit.ts";

export type TimeKind = "steps" | "sampled" | "dense";

/** A term put into the plan. */
export interface Compiled {
  readonly type: "formula" | "number";
  /** -1 of clock readings, which stand in comparisons alone. */
  readonly node: number;
  /** Variables it depends on, ascending: positions in the sensor tuples. */
  readonly free: readonly number[];
  /** Of numbers; undefined for a bare number, which takes the unit of what it meets. */
  readonly unit?: Unit;
  readonly constant?: number;
  readonly clock?: ClockReading;
}

/** A whole number read off the clock: `floor(field / per)`, between least and greatest. */
export interface ClockReading {
  readonly field: "minuteOfDay" | "weekday" | "dayNumber";
  readonly per: number;
  readonly least: number;
  readonly greatest: number;
}

/** What a name of a quantifier or of a `let` stands for. */
export type Binding =
  | { readonly kind: "variable"; readonly position: number }
  | { readonly kind: "sensor"; readonly sensor: number }
  | { readonly kind: "term"; readonly term: Term; readonly scope: LexicalScope };

/** The names in force and the sensor tuples they run over. */
export interface LexicalScope {
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly tuples: SensorTuples;
}

/** What compiling a rule needs and leaves. */
export interface Compilation {
  readonly spec: Spec;
  readonly site: Site;
  readonly builder: PlanBuilder;
  /** No name bound, the empty tuple alone. */
  readonly topScope: LexicalScope;
  /** Distance of two steps; undefined where a formula knows none. */
  readonly stepMs: number | undefined;
  /** Bounds are whole numbers of steps, or seconds over samples at irregular instants or in dense time. */
  readonly time: TimeKind;
  /** A number may stand for the formula that it is >= 0, and iff and xor are distances. */
  readonly rtamt: boolean;
  /** Where the text stands that a node of the builder was first made from. */
  readonly origins: Map<number, Place>;
  /** Signals used, as site channels, and what their predicates are measured in. */
  readonly usage: Usage;
  report(
    place: Place,
    code: string,
    message: string,
    remedy: string,
    severity?: Problem["severity"],
  ): undefined;
  /** Undefined where the term is at fault and the problem is reported. */
  compile(term: Term, scope: LexicalScope): Compiled | undefined;
  /** A let put in for its name; `args` are terms of `scope`. */
  expand(
    definition: LetDeclaration,
    args: readonly Term[],
    use: Term,
    scope: LexicalScope,
  ): Compiled | undefined;
  /** Params and lets being put in, to see cycles. */
  readonly open: string[];
  /** As {@link compile}, and a formula. */
  formula(term: Term, scope: LexicalScope): Compiled | undefined;
  /** As {@link compile}, and a number that is not a clock reading. */
  number(term: Term, scope: LexicalScope): Compiled | undefined;
}

export interface Usage {
  readonly channels: Set<number>;
  readsClock: boolean;
  /** Units of the predicates, first come first. */
  readonly units: Unit[];
  /** Thresholds and widths of declared ranges, each in its unit. */
  readonly thresholds: { readonly value: number; readonly unit: Unit | undefined }[];
  readonly rangeWidths: { readonly value: number; readonly unit: Unit | undefined }[];
}

/** The sensor that a name means, as a variable or for itself. */
export const findSensor = (
  compilation: Compilation,
  name: NameTerm,
  scope: LexicalScope,
): Extract<Binding, { kind: "variable" | "sensor" }> | undefined => {
  let binding = scope.bindings.get(name.name);
  // An argument of a let stands for a name of the caller.
  while (binding?.kind === "term" && binding.term.kind === "name") {
    const { term, scope: outer } = binding;
    binding = outer.bindings.get(term.name);
    if (binding === undefined) return siteSensor(compilation, term.name);
  }
  if (binding?.kind === "term") return undefined;
  return binding ?? siteSensor(compilation, name.name);
};

const siteSensor = (
  compilation: Compilation,
  name: string,
): Extract<Binding, { kind: "sensor" }> | undefined => {
  const sensor = compilation.site.sensors.indexOf(name);
  return sensor < 0 ? undefined : { kind: "sensor", sensor };
};

/** Variables of several operands together. */
export const unionOf = (...lists: readonly (readonly number[])[]): readonly number[] =>
  Array.from(new Set(lists.flat())).sort((a, b) => a - b);
