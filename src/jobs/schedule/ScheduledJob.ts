import { type Effect, Schema } from "effect";
import type { ForecastVerdict } from "../forecast/issueFromModel.ts";

/** What a run at an instant came to. */
export interface JobOutcome {
  /** Whether what it made keeps its rules; not known where missing readings decide. */
  readonly verdict: ForecastVerdict;
  /** One line for the log. */
  readonly summary: string;
}

/** An attempt did not come to an end. */
export class JobFailed extends Schema.TaggedError<JobFailed>()("JobFailed", {
  reason: Schema.String,
}) {
  override get message(): string {
    return this.reason;
  }
}

/**
 * A job that is run once for each instant of a schedule.
 *
 * Its result is named by the instant and is there as a whole or not at all, so that `newest` knows after a restart what
 * has been done.
 */
export interface ScheduledJob<R> {
  /** Instant of the newest result, ms since 1970; undefined where there is none. */
  readonly newest: Effect.Effect<number | undefined, JobFailed, R>;
  readonly isDone: (instantMs: number) => Effect.Effect<boolean, JobFailed, R>;
  readonly run: (instantMs: number) => Effect.Effect<JobOutcome, JobFailed, R>;
  /** Keeps that no attempt at an instant succeeded, so that it is not tried for ever. */
  readonly giveUp: (instantMs: number, attempts: number, reason: string) => Effect.Effect<void, JobFailed, R>;
}
