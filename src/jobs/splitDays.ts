/** Cuts a panel at a local midnight into the days to learn from and the days to try what was learned. */
import { Effect, Schema } from "effect";
import { Temporal } from "temporal-polyfill";
import { localClock } from "../series/LocalClock.ts";
import { type Panel, seriesOf } from "../series/Panel.ts";
import type { DayTrace } from "../stl/learn/createInstanceJudge.ts";

/** The last days of a panel: a share of them, 0 to below 1, or those from a local date on. */
export type Holdout = { readonly share: number } | { readonly from: string };

/** A part of the days cannot be held out. */
export class HoldoutRefused extends Schema.TaggedError<HoldoutRefused>()("HoldoutRefused", {
  reason: Schema.String,
}) {
  override get message(): string {
    return this.reason;
  }
}

export interface SplitDays {
  readonly training: DayTrace;
  /** Undefined where no day is held out. */
  readonly heldOut: DayTrace | undefined;
  /** Local dates: the first day, the first that is held out, the first after all. */
  readonly span: { readonly from: string; readonly heldOutFrom: string; readonly to: string };
}

/**
 * Splits a panel by whole local days. Each part is judged on its own readings alone: what lies in the other is
 * unknown to it, so nothing held out reaches into what is learned.
 */
export const splitDays = Effect.fn("splitDays")(function* (panel: Panel, holdout: Holdout) {
  const clock = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps);
  const first = clock.dayNumber[0]!;
  const days = clock.dayNumber.at(-1)! - first + 1;
  const kept =
    "share" in holdout ? days - Math.round(days * holdout.share) : (yield* dayOf(holdout.from)) - first;
  if (kept < 1 || kept > days || (kept === days && "from" in holdout)) {
    return yield* new HoldoutRefused({
      reason: `no day is left to ${kept < 1 ? "learn from" : "hold out"}: the data has ${days} local days from ${dateOf(first)} on. Hold out fewer or more of them (--holdout, --holdout-from), or widen --from and --to`,
    });
  }
  const steps = clock.dayNumber.findIndex((day) => day >= first + kept);
  const cut = steps < 0 ? panel.steps : steps;
  return {
    training: part(panel, clock, 0, cut),
    heldOut: cut === panel.steps ? undefined : part(panel, clock, cut, panel.steps),
    span: { from: dateOf(first), heldOutFrom: dateOf(first + kept), to: dateOf(first + days) },
  } satisfies SplitDays;
});

const epoch = Temporal.PlainDate.from("1970-01-01");

const dateOf = (day: number): string => epoch.add({ days: day }).toString();

const dayOf = (text: string) =>
  Effect.try({
    try: () => epoch.until(Temporal.PlainDate.from(text), { largestUnit: "days" }).days,
    catch: () => new HoldoutRefused({ reason: `${text} is no local date; write it as 2016-03-01` }),
  });

const part = (panel: Panel, clock: ReturnType<typeof localClock>, from: number, to: number): DayTrace => {
  const steps = to - from;
  const { length } = panel.sensors;
  const values = new Float64Array(panel.channels.length * length * steps);
  for (let row = 0; row < panel.channels.length * length; row++) {
    const series = seriesOf(panel, Math.floor(row / length), row % length);
    values.set(series.subarray(from, to), row * steps);
  }
  const dayNumber = clock.dayNumber.subarray(from, to);
  const first = dayNumber[0]!;
  return {
    values,
    steps,
    clock: {
      minuteOfDay: clock.minuteOfDay.subarray(from, to),
      weekday: clock.weekday.subarray(from, to),
      dayNumber,
    },
    dayOf: dayNumber.map((day) => day - first),
    days: dayNumber.at(-1)! - first + 1,
  };
};
