import { Metric } from "effect";

/** What became of an instant. */
export type RunResultKind = "holds" | "broken" | "unjudged" | "failed" | "dropped";

/** What a schedule is at, for whoever asks over HTTP. */
export interface ScheduleStatus {
  readonly schedule: string;
  /** Instant that is being run; absent where none is. */
  readonly running?: string;
  /** Newest instant that came to an end, with what became of it. */
  readonly last?: { readonly instant: string; readonly result: RunResultKind; readonly note: string };
  readonly next: string;
  /** Instants that failed since the last one that did not. */
  readonly failuresInARow: number;
}

const runs = Metric.counter("ordinance_schedule_runs", {
  description: "Instants of a schedule that came to an end, by what became of them",
  incremental: true,
});
const attempts = Metric.counter("ordinance_schedule_retries", {
  description: "Attempts after the first",
  incremental: true,
});
const seconds = Metric.histogram("ordinance_schedule_run_seconds", {
  description: "Time from the start of a run to its end, retries included",
  boundaries: Metric.exponentialBoundaries({ start: 0.05, factor: 3, count: 10 }),
});
const newest = Metric.gauge("ordinance_schedule_newest_instant_seconds", {
  description: "Newest instant with a result, in seconds since 1970",
});

const of = (schedule: string) => ({ schedule });

/** Counts what became of instants. */
export const countRuns = (schedule: string, result: RunResultKind, by = 1) =>
  Metric.update(Metric.withAttributes(runs, { ...of(schedule), result }), by);
export const countRetry = (schedule: string) =>
  Metric.update(Metric.withAttributes(attempts, of(schedule)), 1);
export const timeRun = (schedule: string, milliseconds: number) =>
  Metric.update(Metric.withAttributes(seconds, of(schedule)), milliseconds / 1000);
export const markNewest = (schedule: string, instantMs: number) =>
  Metric.update(Metric.withAttributes(newest, of(schedule)), instantMs / 1000);
