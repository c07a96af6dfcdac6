import { createCompilation } from "../compile/compileTerm.ts";
import { declaredUnit } from "../compile/compileName.ts";
import type { Site } from "../compile/Site.ts";
import { formatDuration } from "../language/Duration.ts";
import type { Place } from "../language/Problem.ts";
import type { ParameterDeclaration, Spec } from "../language/Spec.ts";
import type { Term } from "../language/Syntax.ts";
import { convertUnit, parseUnit, plainNumber, type Unit, unitsAgree } from "../language/Unit.ts";

/** The values that a parameter can be given, as numbers: steps of time, or a quantity in the unit as written. */
export interface ParameterDomain {
  readonly name: string;
  readonly place: Place;
  /** 1 where a larger value is looser, -1 where it is tighter. */
  readonly direction: 1 | -1;
  /** Steps of a window: whole numbers. */
  readonly whole: boolean;
  /** What the file says at present. */
  readonly start: number;
  /** Ends of the declared range, moved inwards to whole steps; infinite where none is declared. */
  readonly lower: number;
  readonly upper: number;
  /** A value as the compiler takes it. */
  term(value: number): Term;
  /** A value as the file would say it. */
  text(value: number): string;
  /** Where the file says the present value, and how. */
  readonly written: Place;
  readonly present: string;
}

const millisecond = parseUnit("ms") as Unit;

/** Number and unit, with what stands between them. */
const quantityPattern = /^[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(\s*)([^\d\s].*)?$/s;

/**
 * The domain of a parameter of a spec that is bound without errors.
 *
 * @param role a bound of an interval takes whole steps, up to `longestSteps` where no range is declared
 */
export const parameterDomain = (
  spec: Spec,
  site: Site,
  declaration: ParameterDeclaration,
  use: { readonly direction: 1 | -1; readonly role: "number" | "bound"; readonly longestSteps: number },
): ParameterDomain => {
  const declared = declaredUnit(declaration.unit) ?? plainNumber;
  const present = textAt(spec, declaration.value.place);
  const asWritten = quantityPattern.exec(present);
  const written = writtenUnit(declaration.value) ?? declared;
  const numberOf = (term: Term, unit: Unit): number => {
    const compilation = createCompilation({ spec, site, stepMs: site.stepMs }, []);
    const { constant = Number.NaN, unit: own } = compilation.number(term, compilation.topScope) ?? {};
    return convertUnit(constant, own ?? declared, unit);
  };
  const common = {
    name: declaration.name,
    place: declaration.place,
    direction: use.direction,
    written: declaration.value.place,
    present,
  };
  const { place } = declaration.value;
  if (use.role === "number") {
    const decimal = (value: number): string => String(value === 0 ? 0 : value);
    const suffix = declaration.unit === undefined ? "" : ` ${declaration.unit}`;
    return {
      ...common,
      whole: false,
      start: numberOf(declaration.value, written),
      lower: declaration.range === undefined ? -Infinity : numberOf(declaration.range.lower, written),
      upper: declaration.range === undefined ? Infinity : numberOf(declaration.range.upper, written),
      term: (value) => ({ kind: "quantity", value, unit: written.text, place }),
      text: (value) =>
        asWritten === null
          ? `${decimal(value)}${suffix}`
          : `${decimal(value)}${asWritten[1]}${asWritten[2] ?? ""}`,
    };
  }
  const timed = unitsAgree(declared, millisecond);
  const stepsOf = (term: Term): number =>
    timed ? numberOf(term, millisecond) / site.stepMs : numberOf(term, declared);
  return {
    ...common,
    whole: true,
    start: Math.round(stepsOf(declaration.value)),
    lower: declaration.range === undefined ? 0 : Math.max(0, wholeUp(stepsOf(declaration.range.lower))),
    upper:
      declaration.range === undefined ? use.longestSteps : -wholeUp(-stepsOf(declaration.range.upper)) || 0,
    term: (steps) =>
      timed
        ? { kind: "duration", parts: [{ number: decimalText(steps * site.stepMs), unit: "ms" }], place }
        : { kind: "quantity", value: steps, place },
    text: (steps) => (timed ? durationText(steps * site.stepMs, present) : String(steps)),
  };
};

/** The next whole number from here up; a hair's breadth of rounding above one is that number. */
const wholeUp = (value: number): number => Math.ceil(value - 1e-9 * Math.max(1, Math.abs(value)));

const decimalText = (value: number): string => value.toFixed(9).replace(/\.?0+$/, "");

const writtenUnit = (term: Term): Unit | undefined => {
  if (term.kind === "negate") return writtenUnit(term.operand);
  const text =
    term.kind === "quantity"
      ? term.unit
      : term.kind === "duration" && term.parts.length === 1
        ? term.parts[0]?.unit
        : undefined;
  return declaredUnit(text);
};

/** Milliseconds in the unit and spacing of a text such as `80 min`, where they are whole in it. */
const durationText = (ms: number, like: string): string => {
  const [, space = "", unitText] = quantityPattern.exec(like) ?? [];
  const unit = unitText === undefined ? undefined : declaredUnit(unitText);
  if (unit === undefined || !unitsAgree(unit, millisecond)) return formatDuration(ms);
  const count = convertUnit(ms, millisecond, unit);
  return Math.abs(count - Math.round(count)) < 1e-9 * Math.max(1, count)
    ? `${Math.round(count)}${space}${unitText}`
    : formatDuration(ms);
};

/** The text of a place that lies on one line or on several. */
const textAt = (spec: Spec, place: Place): string => {
  const lines = (spec.texts[place.source] ?? "").split("\n").slice(place.line - 1, place.endLine);
  const last = lines.pop()?.slice(0, place.endColumn - 1) ?? "";
  return [...lines, last].join("\n").slice(place.column - 1);
};
