import { Effect, Stream } from "effect";
import { formatDuration } from "../../stl/language/Duration.ts";
import { SourceError } from "../Source.ts";
import type { TraceFile, TraceReading } from "./TraceFile.ts";

/** Steps that the stamps would span for each row; beyond, some stamp is taken for a slip. */
const MOST_STEPS_PER_ROW = 100;
const FEWEST_STEPS_REFUSED = 100_000;
/** Distances between stamps that are told apart. */
const MOST_DISTANCES = 4096;

/** What the stamps of a trace are, found in a first pass: its grid is known before anything is judged. */
export interface TraceSurvey {
  readonly rows: number;
  readonly startMs: number;
  readonly endMs: number;
  /** The commonest distance of two instants; undefined where there is one instant, or no time column. */
  readonly stepMs: number | undefined;
  /** Where that distance was met first, in words. */
  readonly stepPlace: string;
  /** No row is earlier than the row before it. */
  readonly ordered: boolean;
}

/** Reads the stamps of a trace once, in constant memory. */
export const surveyTrace = Effect.fn("surveyTrace")(function* (
  trace: TraceFile,
  reading: TraceReading,
  onProgress: (done: number) => void,
) {
  let [rows, startMs, endMs] = [0, Infinity, -Infinity];
  let last = NaN;
  let lastLine = 0;
  let [startLine, endLine] = [0, 0];
  let ordered = true;
  const distances = new Map<number, { count: number; place: string }>();
  const { findings } = reading;
  yield* trace.batches(reading).pipe(
    Stream.runForEach((batch) =>
      Effect.sync(() => {
        for (let row = 0; row < batch.rows; row++) {
          const instant = batch.instants[row]!;
          const line = batch.lines[row]!;
          if (instant < startMs) {
            startMs = instant;
            startLine = line;
          }
          if (instant > endMs) {
            endMs = instant;
            endLine = line;
          }
          if (instant < last) {
            ordered = false;
            findings.add("disorder", () => trace.place(line));
          } else if (instant > last) {
            const distance = instant - last;
            const known = distances.get(distance);
            if (known !== undefined) known.count++;
            else if (distances.size < MOST_DISTANCES) {
              distances.set(distance, { count: 1, place: `${trace.place(lastLine)} and ${line}` });
            }
          }
          last = instant;
          lastLine = line;
        }
        rows += batch.rows;
        onProgress(batch.done);
      }),
    ),
  );
  if (rows === 0) {
    const reason = "no row below the names of the columns has a stamp that can be read.";
    return yield* new SourceError({
      place: trace.path,
      reason:
        findings.rows === 0
          ? "there is no row below the names of the columns."
          : [reason, ...findings.describe()].join("\n"),
    });
  }
  let stepMs: number | undefined;
  let best = { count: 0, place: "" };
  for (const [distance, met] of distances) {
    if (met.count > best.count || (met.count === best.count && distance < stepMs!)) {
      best = met;
      stepMs = distance;
    }
  }
  const steps = stepMs === undefined ? 1 : (endMs - startMs) / stepMs;
  if (steps > FEWEST_STEPS_REFUSED && steps > MOST_STEPS_PER_ROW * rows) {
    return yield* new SourceError({
      place: trace.path,
      reason: `its ${rows} rows span ${formatDuration(endMs - startMs)} at a step of ${formatDuration(stepMs!)}, from ${new Date(startMs).toISOString()} (${trace.place(startLine)}) to ${new Date(endMs).toISOString()} (${trace.place(endLine)}); correct the stamps that are wrong.`,
    });
  }
  const survey: TraceSurvey = { rows, startMs, endMs, stepMs, stepPlace: best.place, ordered };
  return survey;
});
