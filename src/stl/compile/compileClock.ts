import { unknownName } from "../checks/unknownName.ts";
import { joinedDays } from "../language/calendarDays.ts";
import { type Compilation, type Compiled, type ClockReading, type LexicalScope } from "./Compilation.ts";
import { combine, negate } from "./connectives.ts";
import { durationSteps } from "../language/Duration.ts";
import type { Place } from "../language/Problem.ts";
import type { CallTerm, Relation, Term } from "../language/Syntax.ts";

const greatestDay = 2 ** 31 - 1;

/** The whole numbers that a rule can read off the panel's clock, in the panel's zone. */
export const clockReadings: Readonly<Record<string, ClockReading>> = {
  hour: { field: "minuteOfDay", per: 60, least: 0, greatest: 23 },
  minute_of_day: { field: "minuteOfDay", per: 1, least: 0, greatest: 1439 },
  /** 1 = Monday .. 7 = Sunday. */
  weekday: { field: "weekday", per: 1, least: 1, greatest: 7 },
  /** Days since 1970-01-01. */
  day_number: { field: "dayNumber", per: 1, least: -greatestDay - 1, greatest: greatestDay },
};

const clockTest = (compilation: Compilation, clock: ClockReading, lower: number, upper: number): Compiled => {
  const { builder, usage } = compilation;
  const formula = (node: number): Compiled => ({ type: "formula", node, free: [] });
  if (lower > upper) return formula(builder.node({ kind: "truth", scope: 0, value: false }));
  if (lower <= clock.least && upper >= clock.greatest) {
    return formula(builder.node({ kind: "truth", scope: 0, value: true }));
  }
  usage.readsClock = true;
  return formula(
    builder.node({
      kind: "clock",
      scope: 0,
      field: clock.field,
      lower: Math.max(lower, clock.least) * clock.per,
      upper: Math.min(upper, clock.greatest) * clock.per + clock.per - 1,
    }),
  );
};

/** `hour() >= 7`; the other side must be a plain number. */
export const compileClockComparison = (
  compilation: Compilation,
  clock: ClockReading,
  relation: Relation,
  other: Compiled,
  place: Place,
  scope: LexicalScope,
): Compiled | undefined => {
  const value = other.constant;
  if (value === undefined || (other.unit !== undefined && other.unit.text !== "1")) {
    const message = "a reading of the clock is compared with something else than a plain number";
    return compilation.report(
      place,
      "clock",
      message,
      "Write hour() >= 7, weekday() <= 5 or between(7h, 10h).",
    );
  }
  const test = (lower: number, upper: number): Compiled => clockTest(compilation, clock, lower, upper);
  switch (relation) {
    case "<":
      return test(clock.least, Math.ceil(value) - 1);
    case "<=":
      return test(clock.least, Math.floor(value));
    case ">":
      return test(Math.floor(value) + 1, clock.greatest);
    case ">=":
      return test(Math.ceil(value), clock.greatest);
    case "==":
      return Number.isInteger(value) ? test(value, value) : test(1, 0);
    case "!=":
      return negate(compilation, Number.isInteger(value) ? test(value, value) : test(1, 0), scope);
  }
};

/** `between(7h, 10h)`: the time of day is in [7:00, 10:00); past midnight where the first is the later. */
export const compileBetween = (
  compilation: Compilation,
  term: CallTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const [from, to] = term.args.map((arg) => timeOfDay(compilation, arg));
  if (term.args.length !== 2 || from === undefined || to === undefined) {
    const message = "between needs two times of day in whole minutes";
    return compilation.report(
      term.place,
      "clock",
      message,
      "Write between(7h, 10h) or between(22h30min, 6h).",
    );
  }
  const clock = clockReadings["minute_of_day"] as ClockReading;
  if (from < to) return clockTest(compilation, clock, from, to - 1);
  const parts = [clockTest(compilation, clock, from, 1439), clockTest(compilation, clock, 0, to - 1)];
  return combine(compilation, "or", parts, scope);
};

/** `on(holidays)`: the local date is one of the declared days. */
export const compileOn = (
  compilation: Compilation,
  term: CallTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const [name] = term.args;
  if (term.args.length !== 1 || name?.kind !== "name") {
    const remedy = 'Write on(holidays), and declare: days holidays = { "2026-12-25" };';
    return compilation.report(term.place, "clock", "on needs the name of declared days", remedy);
  }
  const { days } = compilation.spec;
  const declared = days.find((candidate) => candidate.name === name.name);
  if (declared === undefined) {
    const names = days.map((known) => known.name);
    return unknownName(compilation, name.place, "list of days", name.name, names);
  }
  const clock = clockReadings["day_number"] as ClockReading;
  const tests = joinedDays(declared.ranges).map(({ first, last }) =>
    clockTest(compilation, clock, first, last),
  );
  return combine(compilation, "or", tests, scope);
};

/** Minutes since midnight, 0..1440. */
const timeOfDay = (compilation: Compilation, term: Term): number | undefined => {
  if (term.kind === "name") {
    const parameter = compilation.spec.parameters.find((candidate) => candidate.name === term.name);
    return parameter && timeOfDay(compilation, parameter.value);
  }
  if (term.kind === "quantity" && term.value === 0) return 0;
  if (term.kind !== "duration" || term.parts[0]?.unit === "samples") return undefined;
  const minutes = durationSteps(term, 60_000);
  return "steps" in minutes && minutes.steps <= 1440 ? minutes.steps : undefined;
};
