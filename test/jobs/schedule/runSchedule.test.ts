import { Effect, Fiber, Logger, Ref, Schema } from "effect";
import { TestClock } from "effect/testing";
import { describe, expect, it } from "vitest";
import { jitterOf, runSchedule, type ScheduleTally } from "../../../src/jobs/schedule/runSchedule.ts";
import { JobFailed, type ScheduledJob } from "../../../src/jobs/schedule/ScheduledJob.ts";
import { ScheduleFile } from "../../../src/jobs/schedule/ScheduleFile.ts";
import type { ScheduleStatus } from "../../../src/jobs/schedule/ScheduleStatus.ts";

const ms = (text: string): number => Date.parse(`2026-11-23T${text}:00Z`);
const clockOf = (instantMs: number): string => new Date(instantMs).toISOString().slice(11, 16);

interface World {
  readonly file?: object;
  readonly now: string;
  readonly since?: string;
  /** Minutes that the run of an instant takes. */
  readonly minutes?: (instant: string) => number;
  /** Whether an attempt fails; counts from 1. */
  readonly fails?: (instant: string, attempt: number) => boolean;
  readonly done?: readonly string[];
  readonly during: string;
}

interface Seen {
  /** Instants with a result, and when their last attempt began. */
  readonly runs: readonly string[];
  readonly starts: readonly string[];
  readonly gaveUp: readonly string[];
  readonly status: ScheduleStatus | undefined;
}

/** Runs a schedule under a clock that is set by hand; `during` is how long it is moved on. */
const watch = (world: World): Promise<Seen> =>
  Effect.gen(function* () {
    const terms = Schema.decodeUnknownSync(ScheduleFile)({
      name: "hourly",
      cron: "0 * * * *",
      zone: "UTC",
      job: { kind: "run", pipeline: "x.yaml" },
      ...world.file,
    });
    yield* TestClock.setTime(ms(world.now));
    const done = new Map((world.done ?? []).map((instant) => [ms(instant), true]));
    const seen = { runs: [] as string[], starts: [] as string[], gaveUp: [] as string[] };
    const attempts = new Map<string, number>();
    const job: ScheduledJob<never> = {
      newest: Effect.sync(() => (done.size === 0 ? undefined : Math.max(...done.keys()))),
      isDone: (instantMs) => Effect.sync(() => done.has(instantMs)),
      run: (instantMs) =>
        Effect.gen(function* () {
          const instant = clockOf(instantMs);
          const attempt = (attempts.get(instant) ?? 0) + 1;
          attempts.set(instant, attempt);
          seen.starts.push(clockOf(yield* Effect.clockWith((clock) => clock.currentTimeMillis)));
          yield* Effect.sleep(`${world.minutes?.(instant) ?? 0} minutes`);
          if (world.fails?.(instant, attempt) === true)
            return yield* new JobFailed({ reason: "no readings" });
          done.set(instantMs, true);
          seen.runs.push(instant);
          return { verdict: "holds" as const, summary: "written" };
        }),
      giveUp: (instantMs) => Effect.sync(() => void seen.gaveUp.push(clockOf(instantMs))),
    };
    const status = yield* Ref.make<ScheduleStatus | undefined>(undefined);
    const sinceMs = ms(world.since ?? world.now);
    const fiber = yield* Effect.forkChild(runSchedule({ terms, job, once: false, sinceMs, status }));
    yield* TestClock.adjust(world.during as "1 hour");
    yield* Fiber.interrupt(fiber);
    return { ...seen, status: yield* Ref.get(status) };
  }).pipe(Effect.scoped, Effect.provide([TestClock.layer(), Logger.layer([])]), Effect.runPromise);

describe("runSchedule", () => {
  it("runs each instant once, when it comes", async () => {
    const { runs, starts, status } = await watch({ now: "10:20", during: "3 hours" });
    expect(runs).toEqual(["11:00", "12:00", "13:00"]);
    expect(starts).toEqual(["11:00", "12:00", "13:00"]);
    expect(status).toMatchObject({
      last: { instant: "2026-11-23T13:00:00.000Z", result: "holds" },
      next: "2026-11-23T14:00:00.000Z",
      failuresInARow: 0,
    });
  });

  it("makes up for what was missed, newest first to count but in order, within its bounds", async () => {
    const missed = { now: "10:20", done: ["04:00"], during: "1 minute" };
    expect((await watch(missed)).runs).toEqual(["05:00", "06:00", "07:00", "08:00", "09:00", "10:00"]);
    expect((await watch({ ...missed, file: { catchUp: { max: 2 } } })).runs).toEqual(["09:00", "10:00"]);
    expect((await watch({ ...missed, file: { catchUp: { window: "2h" } } })).runs).toEqual([
      "09:00",
      "10:00",
    ]);
    expect((await watch({ ...missed, file: { catchUp: { max: 0 } } })).runs).toEqual([]);
    expect((await watch({ ...missed, done: [] })).runs).toEqual([]);
  });

  it("does not run an instant that has a result", async () => {
    const { runs } = await watch({
      now: "10:20",
      since: "07:30",
      done: ["08:00", "09:00"],
      during: "1 minute",
    });
    expect(runs).toEqual(["10:00"]);
  });

  it("never runs two at once, and treats what comes meanwhile by the policy", async () => {
    const timeout = "3h";
    const long = {
      now: "10:20",
      file: { timeout },
      minutes: (instant: string) => (instant === "11:00" ? 150 : 1),
      during: "4 hours",
    };
    expect((await watch(long)).runs).toEqual(["11:00", "12:00", "13:00", "14:00"]);
    expect((await watch({ ...long, file: { timeout, overlap: "latest" } })).runs).toEqual([
      "11:00",
      "13:00",
      "14:00",
    ]);
    expect((await watch({ ...long, file: { timeout, overlap: "skip" } })).runs).toEqual(["11:00", "14:00"]);
    expect((await watch(long)).starts).toEqual(["11:00", "13:30", "13:31", "14:00"]);
  });

  it("tries again after twice the wait before, then gives up and goes on", async () => {
    const retries = { limit: 2, wait: "4min" };
    const world = { now: "10:20", file: { retries }, during: "100 minutes" };
    const once = await watch({ ...world, fails: (_, attempt) => attempt === 1 });
    expect([once.starts, once.runs, once.gaveUp]).toEqual([["11:00", "11:04", "12:00"], ["11:00"], []]);
    const never = await watch({ ...world, fails: (instant) => instant === "11:00" });
    expect([never.starts, never.runs, never.gaveUp]).toEqual([
      ["11:00", "11:04", "11:12", "12:00"],
      ["12:00"],
      ["11:00"],
    ]);
  });

  it("counts an attempt that takes too long as failed", async () => {
    const { gaveUp, status } = await watch({
      now: "10:20",
      file: { timeout: "10min", retries: { limit: 0 } },
      minutes: () => 30,
      during: "55 minutes",
    });
    expect(gaveUp).toEqual(["11:00"]);
    expect(status?.last?.note).toBe("it took longer than 10min");
    expect(status?.failuresInARow).toBe(1);
  });

  it("waits for late readings, and spreads starts by a jitter of its own", async () => {
    const late = await watch({ now: "10:20", file: { delay: "7min" }, during: "1 hour" });
    expect([late.runs, late.starts]).toEqual([["11:00"], ["11:07"]]);
    const spread = await watch({ now: "10:20", file: { jitter: "30min" }, during: "2 hours" });
    const jitters = ["11:00", "12:00"].map((instant) => jitterOf("hourly", ms(instant), 1_800_000));
    expect(spread.starts).toEqual(["11:00", "12:00"].map((instant, k) => clockOf(ms(instant) + jitters[k]!)));
    expect(jitters[0]).not.toBe(jitters[1]);
  });

  it("waits where the clock was set back", async () => {
    const { runs } = await watch({ now: "10:20", done: ["12:00"], during: "3 hours" });
    expect(runs).toEqual(["13:00"]);
  });

  it("ends with once as soon as nothing is due", async () => {
    const tally = await Effect.gen(function* () {
      yield* TestClock.setTime(ms("10:20"));
      const terms = Schema.decodeUnknownSync(ScheduleFile)({
        name: "x",
        cron: "0 * * * *",
        zone: "UTC",
        job: { kind: "run", pipeline: "x" },
      });
      const status = yield* Ref.make<ScheduleStatus | undefined>(undefined);
      const job: ScheduledJob<never> = {
        newest: Effect.succeed(undefined),
        isDone: () => Effect.succeed(false),
        run: () => Effect.succeed({ verdict: "broken", summary: "" }),
        giveUp: () => Effect.void,
      };
      return yield* runSchedule({ terms, job, once: true, sinceMs: ms("07:30"), status });
    }).pipe(Effect.scoped, Effect.provide([TestClock.layer(), Logger.layer([])]), Effect.runPromise);
    expect(tally).toEqual({
      holds: 0,
      broken: 3,
      unjudged: 0,
      failed: 0,
      dropped: 0,
    } satisfies ScheduleTally);
  });
});
