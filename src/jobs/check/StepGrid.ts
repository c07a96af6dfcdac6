import { Effect } from "effect";
import type { TraceLayout } from "../../ingest/trace/detectLayout.ts";
import type { TraceSurvey } from "../../ingest/trace/surveyTrace.ts";
import type { TraceFile } from "../../ingest/trace/TraceFile.ts";
import { durationNanoseconds, formatDuration } from "../../stl/language/Duration.ts";
import type { Rulebook } from "./Rulebook.ts";
import type { TraceOptions } from "./TraceOptions.ts";
import { TraceRefused } from "./TraceRefused.ts";

/** The instants of a trace: where it begins, its step, and how far a stamp may lie beside its step. */
export interface StepGrid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  /** Share of a step. */
  readonly tolerance: number;
}

/** The grid of a trace: its step is that of the spec, where its stamps bear that out, else the one of its stamps. */
export const stepGridOf = Effect.fn("stepGridOf")(function* (
  book: Rulebook,
  trace: TraceFile,
  layout: TraceLayout,
  survey: TraceSurvey,
  options: TraceOptions,
) {
  const { own, sampling } = book;
  const period = sampling?.period === undefined ? undefined : durationNanoseconds(sampling.period);
  const declaredMs = period === undefined ? undefined : Number(period) / 1e6;
  const tolerance = (sampling?.tolerancePercent ?? 0) / 100;
  if (layout.time === undefined) {
    const stepMs = declaredMs ?? options.stepMs ?? (book.needsStep ? undefined : own.stepMs);
    if (stepMs === undefined) {
      return yield* new TraceRefused({
        message: `${trace.header}: no column is the time, and ${book.path} states no sampling: add a line such as sampling 5min; to it, or give --step 5min.`,
      });
    }
    return { startMs: 0, stepMs, steps: survey.endMs + 1, tolerance } satisfies StepGrid;
  }
  const found = survey.stepMs;
  if (
    found !== undefined &&
    declaredMs !== undefined &&
    Math.abs(found - declaredMs) > tolerance * declaredMs
  ) {
    const place = `${book.path}:${sampling!.place.line}:${sampling!.place.column}`;
    return yield* new TraceRefused({
      message: `${survey.stepPlace}: the rows are ${formatDuration(found)} apart, as most are, but ${place} says sampling ${formatDuration(declaredMs)}. Give a trace with that step, or change the sampling of the spec.`,
    });
  }
  const stepMs = declaredMs ?? found ?? options.stepMs ?? own.stepMs;
  const steps = Math.round((survey.endMs - survey.startMs) / stepMs) + 1;
  return { startMs: survey.startMs, stepMs, steps, tolerance } satisfies StepGrid;
});
