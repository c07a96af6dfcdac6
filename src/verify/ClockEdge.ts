import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import type { CompiledRule } from "../edge/CompiledRule.ts";
import { type LocalClock, localClock } from "../series/LocalClock.ts";

/** Why an instant is an edge of the clock. */
export type ClockEdgeReason =
  | "the clocks go forward"
  | "the clocks go back"
  | "a leap day begins or ends"
  | "a year begins"
  | "a day begins"
  | "the hours of a rule begin or end";

/** An instant at which the local clock, the calendar or a rule by the clock changes. */
export interface ClockEdge {
  readonly reason: ClockEdgeReason;
  /** Milliseconds since 1970-01-01T00:00Z. */
  readonly atMs: number;
}

/** The clock of a window, set by where an edge lies in it. */
export interface EdgeClock extends ClockEdge {
  /** Step of the edge, counted from the origin: negative in the past. */
  readonly step: number;
}

const YEARS = 8;
const DAYS_WITH_HOURS = 14;

/** Minutes of the day at which a test of some rule begins or ends to hold, midnight left out. */
export const ruleMinutes = (rules: readonly CompiledRule[]): number[] => {
  const minutes = rules.flatMap(({ clockTests }) =>
    clockTests.filter(({ field }) => field === 0).flatMap(({ lower, upper }) => [lower, upper + 1]),
  );
  return [...new Set(minutes)].filter((minute) => minute > 0 && minute < 1440).sort((a, b) => a - b);
};

/**
 * Edges of the clock of `zone` in the eight years from an instant on: its transitions, leap days and beginnings of
 * years, and in the first fortnight the beginnings of days and the given minutes of the day. A zone without summer time
 * has no transitions.
 *
 * @example
 * const edges = clockEdges("Europe/Berlin", Date.UTC(2026, 0, 15), [420]);
 * new Date(edges.find(({ reason }) => reason === "the clocks go forward").atMs).toISOString();
 * // => "2026-03-29T01:00:00.000Z"
 * clockEdges("UTC", 0, []).some(({ reason }) => reason === "the clocks go back"); // => false
 */
export const clockEdges = (zone: string, fromMs: number, minutes: readonly number[]): ClockEdge[] => {
  const from = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(zone);
  const to = from.add({ years: YEARS });
  const midnight = (day: Temporal.PlainDate): number =>
    day.toZonedDateTime({ timeZone: zone }).epochMilliseconds;
  const edges: ClockEdge[] = [];
  let transition = from.getTimeZoneTransition("next");
  while (transition !== null && transition.epochMilliseconds < to.epochMilliseconds) {
    const before = transition.subtract({ milliseconds: 1 }).offsetNanoseconds;
    edges.push({
      reason: transition.offsetNanoseconds > before ? "the clocks go forward" : "the clocks go back",
      atMs: transition.epochMilliseconds,
    });
    transition = transition.getTimeZoneTransition("next");
  }
  for (let year = from.year; year <= to.year; year++) {
    const first = Temporal.PlainDate.from({ year, month: 1, day: 1 });
    edges.push({ reason: "a year begins", atMs: midnight(first) });
    if (first.inLeapYear) {
      const leapDay = first.with({ month: 2, day: 29 });
      for (const day of [leapDay, leapDay.add({ days: 1 })]) {
        edges.push({ reason: "a leap day begins or ends", atMs: midnight(day) });
      }
    }
  }
  for (let day = 0; day < DAYS_WITH_HOURS; day++) {
    const date = from.toPlainDate().add({ days: day });
    edges.push({ reason: "a day begins", atMs: midnight(date) });
    for (const minute of minutes) {
      const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
      const atMs = date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
      edges.push({ reason: "the hours of a rule begin or end", atMs });
    }
  }
  return edges;
};

/** Clocks with an edge in a window of `contextSteps` steps or in its horizon, every reason alike often. */
export const edgeClocks = (
  edges: readonly ClockEdge[],
  contextSteps: number,
  horizonSteps: number,
): fc.Arbitrary<EdgeClock> => {
  const reasons = [...new Set(edges.map(({ reason }) => reason))];
  const edge = fc.oneof(
    { withCrossShrink: true },
    ...reasons.map((reason) => fc.constantFrom(...edges.filter((each) => each.reason === reason))),
  );
  const step = fc.integer({ min: 1 - contextSteps, max: horizonSteps });
  return fc.tuple(edge, step).map(([{ reason, atMs }, at]) => ({ reason, atMs, step: at }));
};

/** The clock of `clockSteps` steps of which step `origin` lies at an edge as the edge clock says. */
export const readEdgeClock = (
  { atMs, step }: EdgeClock,
  zone: string,
  stepMs: number,
  origin: number,
  clockSteps: number,
): LocalClock => {
  const edgeMs = Math.floor(atMs / stepMs) * stepMs;
  return localClock(zone, edgeMs - (origin + step) * stepMs, stepMs, clockSteps);
};

/**
 * One sentence.
 *
 * @example
 * describeEdge({ reason: "a year begins", atMs: 0, step: -2 });
 * // => "a year begins 2 steps before the origin, at 1970-01-01T00:00:00Z"
 */
export const describeEdge = ({ atMs, reason, step }: EdgeClock): string => {
  const size = Math.abs(step);
  const steps = `${size} ${size === 1 ? "step" : "steps"}`;
  const where = step === 0 ? "at the origin" : `${steps} ${step < 0 ? "before" : "after"} the origin`;
  return `${reason} ${where}, at ${new Date(atMs).toISOString().replace(".000Z", "Z")}`;
};
