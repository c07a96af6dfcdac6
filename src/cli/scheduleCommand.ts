import { Console, Cron, Effect, Layer, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import { replayClock } from "../jobs/schedule/replayClock.ts";
import type { ScheduleTally } from "../jobs/schedule/runSchedule.ts";
import { cronOf, readSchedule } from "../jobs/schedule/ScheduleFile.ts";
import { alignedColumns } from "./alignedColumns.ts";
import { DoesNotHold, type NotJudged, notJudged } from "./exitCodes.ts";
import { logging } from "./logging.ts";
import { productVersion } from "./productVersion.ts";

export const scheduleCommand = Command.make(
  "schedule",
  {
    schedules: Argument.String("schedule").pipe(
      Argument.withDescription("Schedule files (see docs/schedule.md); several run side by side"),
      Argument.variadic({ min: 1 }),
    ),
    once: Flag.Boolean("once").pipe(
      Flag.withDescription("Run what is due by now, and end"),
      Flag.withDefault(false),
    ),
    next: Flag.Int("next").pipe(
      Flag.withDescription("Only print the next N instants of each schedule"),
      Flag.filter(
        (count) => count >= 0 && count <= 10_000,
        (count) => `Expected 0 to 10000 instants, found ${count}`,
      ),
      Flag.withDefault(0),
    ),
    replay: Flag.String("replay").pipe(
      Flag.withDescription(
        "Take this instant, such as 2026-03-01T06:00Z, for now: runs on recorded readings",
      ),
      Flag.filter(
        (text) => !Number.isNaN(Date.parse(text)),
        (text) => `Expected an instant such as 2026-03-01T06:00Z, found ${text}`,
      ),
      Flag.optional,
    ),
    speed: Flag.Finite("speed").pipe(
      Flag.withDescription("With --replay: how many times as fast the clock runs, waits and time limits too"),
      Flag.filter(
        (speed) => speed > 0 && speed <= 1e6,
        (speed) => `Expected a speed above 0, at most 1000000, found ${speed}`,
      ),
      Flag.withDefault(1),
    ),
    log: Flag.Literals("log", ["text", "json"]).pipe(
      Flag.withDescription("Form of the log on standard error: for people, or one JSON object a line"),
      Flag.withDefault("text" as const),
    ),
  },
  ({ log, next, once, replay, schedules, speed }) =>
    next > 0
      ? Effect.forEach(schedules, (file) => printNext(file, next), { discard: true }).pipe(
          Effect.mapError(notJudged),
        )
      : Effect.promise(() => import("../jobs/schedule/startSchedules.ts")).pipe(
          Effect.flatMap(({ startSchedules }) =>
            startSchedules({ paths: schedules, once, productVersion: productVersion() }),
          ),
          Effect.mapError(notJudged),
          Effect.tap((ended) => Console.log(describe(ended))),
          Effect.flatMap(verdict),
          Effect.onInterrupt(() =>
            Console.error("Stopped. The same command makes up for what comes due meanwhile."),
          ),
          Effect.provide(logging(log)),
          Effect.provide(Option.isSome(replay) ? replayClock(Date.parse(replay.value), speed) : Layer.empty),
          Effect.provide(DataPlace.layer),
        ),
).pipe(
  Command.withDescription("Run forecasts or trainings at the instants of a schedule, until stopped"),
  Command.withExamples([
    { command: "ordinance schedule schedules/arterial.yaml --next 5", description: "When it would run" },
  ]),
);

const printNext = Effect.fn("printNext")(function* (file: string, next: number) {
  const schedule = yield* readSchedule(file);
  const local = new Intl.DateTimeFormat("sv-SE", {
    timeZone: schedule.zone,
    dateStyle: "short",
    timeStyle: "long",
  });
  const instants = Cron.sequence(cronOf(schedule), new Date());
  const rows = Array.from({ length: next }, () => instants.next().value!).map((instant) => [
    schedule.name,
    instant.toISOString(),
    local.format(instant),
  ]);
  yield* Console.log(alignedColumns([["schedule", "instant", schedule.zone], ...rows]).join("\n"));
});

interface EndedSchedule {
  readonly name: string;
  readonly tally: ScheduleTally;
}

const describe = (ended: readonly EndedSchedule[]): string =>
  ended
    .map(({ name, tally }) => {
      const parts = Object.entries(tally).flatMap(([result, count]) =>
        count > 0 ? [`${count} ${result}`] : [],
      );
      return `${name}: ${parts.length === 0 ? "nothing was due" : parts.join(", ")}`;
    })
    .join("\n");

const verdict = (ended: readonly EndedSchedule[]): Effect.Effect<void, DoesNotHold | NotJudged> => {
  const named = (results: readonly (keyof ScheduleTally)[]): string[] =>
    ended.filter(({ tally }) => results.some((result) => tally[result] > 0)).map(({ name }) => name);
  const broken = named(["broken"]);
  const open = named(["failed", "unjudged"]);
  if (broken.length > 0) {
    const userMessage = `forecasts of ${broken.join(", ")} break rules; the log names them`;
    return Effect.fail(new DoesNotHold({ cause: broken, userMessage }));
  }
  return open.length === 0
    ? Effect.void
    : Effect.fail(
        notJudged({ message: `not every instant of ${open.join(", ")} came to a verdict; the log says why` }),
      );
};
