import { Clock, Cron, Duration, Effect, Ref, Schedule } from "effect";
import { createHash } from "node:crypto";
import { dueInstants } from "./dueInstants.ts";
import { cronOf, milliseconds, type ScheduleTerms } from "./ScheduleFile.ts";
import { JobFailed, type ScheduledJob } from "./ScheduledJob.ts";
import {
  countRetry,
  countRuns,
  markNewest,
  type RunResultKind,
  type ScheduleStatus,
  timeRun,
} from "./ScheduleStatus.ts";

export interface ScheduleOptions<R> {
  readonly terms: ScheduleTerms;
  readonly job: ScheduledJob<R>;
  /** Ends when nothing is due any more, instead of waiting for the next instant. */
  readonly once: boolean;
  /** Where a schedule begins that has no result yet; instants up to here are not made up for. */
  readonly sinceMs: number;
  readonly status: Ref.Ref<ScheduleStatus | undefined>;
}

/** How many instants came to which end. */
export type ScheduleTally = Readonly<Record<RunResultKind, number>>;

/** A clock that was set, or a machine that slept, is noticed after this at the latest. */
const LONGEST_SLEEP_MS = 30_000;
/** A run that starts within this of its time is on time: what is made up for is not put off by the jitter. */
const PUNCTUAL_MS = 1000;

const text = (instantMs: number): string => new Date(instantMs).toISOString();

/** How much later than its instant a run starts: a share of the jitter, always the same for an instant. */
export const jitterOf = (name: string, instantMs: number, jitterMs: number): number => {
  const hash = createHash("sha256").update(`${name} ${instantMs}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * jitterMs);
};

/**
 * Runs a job once for each instant of a schedule, in their order, and makes up for those missed within its bounds.
 *
 * What was done is read from the results themselves: a process that is killed goes on where it was, an instant with a
 * result is never run twice. Nothing runs beside another run of the same schedule. Without `once` it does not end by
 * itself.
 */
export const runSchedule = Effect.fn("runSchedule")(function* <R>(options: ScheduleOptions<R>) {
  const { job, once, sinceMs, status, terms } = options;
  const cron = cronOf(terms);
  const catchUp = { max: terms.catchUp.max, windowMs: milliseconds(terms.catchUp.window) };
  const delayMs = milliseconds(terms.delay);
  const jitterMs = milliseconds(terms.jitter);
  const tally: Record<RunResultKind, number> = { holds: 0, broken: 0, unjudged: 0, failed: 0, dropped: 0 };
  let after = (yield* job.newest) ?? sinceMs;
  /** Whether what is due now came while nothing was running. */
  let waited = true;
  let failuresInARow = 0;
  let last: ScheduleStatus["last"];

  const show = (running?: number) =>
    Ref.set(status, {
      schedule: terms.name,
      ...(running !== undefined && { running: text(running) }),
      ...(last !== undefined && { last }),
      next: Cron.next(cron, new Date(after)).toISOString(),
      failuresInARow,
    });

  const drop = (number: number, why: string) =>
    number === 0
      ? Effect.void
      : Effect.logWarning(`${number} ${number === 1 ? "instant" : "instants"} left out: ${why}`).pipe(
          Effect.andThen(countRuns(terms.name, "dropped", number)),
          Effect.andThen(Effect.sync(() => (tally.dropped += number))),
        );

  const runAt = Effect.fn("scheduledRun")(function* (instantMs: number) {
    yield* show(instantMs);
    const startedMs = yield* Clock.currentTimeMillis;
    const attempted = yield* attemptAt(terms, job, instantMs);
    const result = attempted.outcome === undefined ? "failed" : attempted.outcome.verdict;
    const note = attempted.outcome?.summary ?? attempted.reason;
    if (attempted.outcome === undefined) {
      // A disk that is full has no room for the note either; the instants to come are tried all the same.
      yield* job
        .giveUp(instantMs, attempted.attempts, attempted.reason)
        .pipe(Effect.catch((error) => Effect.logError(`${text(instantMs)}: ${error.message}`)));
    }
    failuresInARow = result === "failed" ? failuresInARow + 1 : 0;
    last = { instant: text(instantMs), result, note };
    tally[result]++;
    yield* countRuns(terms.name, result);
    yield* timeRun(terms.name, (yield* Clock.currentTimeMillis) - startedMs);
    if (result !== "failed") yield* markNewest(terms.name, instantMs);
    const log =
      result === "failed" ? Effect.logError : result === "holds" ? Effect.logInfo : Effect.logWarning;
    yield* log(`${text(instantMs)}: ${result}. ${note}`);
  });

  for (;;) {
    yield* show();
    const nowMs = yield* Clock.currentTimeMillis;
    if (nowMs < after - LONGEST_SLEEP_MS) {
      yield* Effect.logWarning(
        `the clock says ${text(nowMs)}, but ${text(after)} has been run: it was set back; waiting until it is past that`,
      );
    }
    const { due, dropped } = dueInstants(cron, after, nowMs - delayMs, catchUp);
    const kept = waited ? due : keptOf(due, terms.overlap);
    yield* drop(dropped, "more were missed than catchUp allows");
    yield* drop(due.length - kept.length, `an earlier run was still going (overlap: ${terms.overlap})`);
    const [first] = kept;
    if (first === undefined) {
      after = Math.max(after, ...due, dropped > 0 ? nowMs - delayMs : -Infinity);
      if (once) return tally satisfies ScheduleTally;
      const nextMs = Cron.next(cron, new Date(Math.max(after, nowMs - delayMs))).getTime();
      const waitMs = nextMs + delayMs - nowMs;
      yield* Effect.sleep(Duration.millis(Math.min(LONGEST_SLEEP_MS, Math.max(1, waitMs))));
      waited = true;
      continue;
    }
    if (nowMs - first - delayMs < PUNCTUAL_MS && jitterMs > 0) {
      yield* Effect.sleep(Duration.millis(jitterOf(terms.name, first, jitterMs)));
    }
    for (const instantMs of kept) {
      // Where the folder of results cannot be looked into, the attempt to write there says why.
      const done = yield* job.isDone(instantMs).pipe(Effect.orElseSucceed(() => false));
      if (!done) yield* runAt(instantMs);
      after = instantMs;
      yield* show();
    }
    after = Math.max(after, ...due);
    waited = false;
  }
});

/** What is left of instants that came while a run was going. */
const keptOf = (due: readonly number[], policy: ScheduleTerms["overlap"]): readonly number[] =>
  policy === "queue" ? due : policy === "latest" ? due.slice(-1) : [];

/** Tries a run as often as the schedule allows. */
const attemptAt = Effect.fn("attemptAt")(function* <R>(
  terms: ScheduleTerms,
  job: ScheduledJob<R>,
  instantMs: number,
) {
  let attempts = 0;
  const attempt = Effect.suspend(() => {
    attempts++;
    const limited = job.run(instantMs).pipe(
      Effect.timeoutOrElse({
        duration: Duration.millis(milliseconds(terms.timeout)),
        orElse: () => Effect.fail(new JobFailed({ reason: `it took longer than ${terms.timeout}` })),
      }),
    );
    return attempts === 1 ? limited : Effect.andThen(countRetry(terms.name), limited);
  });
  const waits = Schedule.exponential(Duration.millis(milliseconds(terms.retries.wait)), 2);
  return yield* attempt.pipe(
    Effect.tapError((error) =>
      Effect.logWarning(`${text(instantMs)}: attempt ${attempts} failed: ${error.message}`),
    ),
    Effect.retry({ schedule: waits, times: terms.retries.limit }),
    Effect.map((outcome) => ({ outcome, attempts, reason: "" })),
    Effect.catch((error) => Effect.succeed({ outcome: undefined, attempts, reason: error.message })),
  );
});
