import type { Random } from "../series/random.ts";
import type { StepSpan, TrainingSettings } from "./TrainingSettings.ts";

export interface SequenceBatch {
  readonly sensorOf: Int32Array;
  /** First step of each sequence. */
  readonly firstOf: Int32Array;
}

/**
 * The batches of an epoch: sequences of `warmupSteps + scoredSteps` steps that together score each origin of
 * each sensor about once, jittered by up to half a sequence, shuffled; an incomplete last batch is dropped.
 * Where the span has room for fewer sequences than a batch, they make one smaller batch.
 *
 * Every scored origin lies in `span` with its whole forecast; a span too short for one has no batch.
 */
export const epochBatches = (
  settings: Pick<TrainingSettings, "batch" | "scoredSteps" | "stepsPerEpoch" | "warmupSteps">,
  span: StepSpan,
  sensors: number,
  horizonSteps: number,
  source: Random,
): SequenceBatch[] => {
  const length = settings.warmupSteps + settings.scoredSteps;
  const lastFirst = span.to - horizonSteps - length;
  if (lastFirst < span.from) return [];
  const below = (count: number): number => Math.floor(source.uniform() * count);
  const firsts: number[] = [];
  for (
    let first = span.from + below(Math.min(settings.scoredSteps, lastFirst - span.from + 1));
    first <= lastFirst;
    first += settings.scoredSteps
  ) {
    firsts.push(first);
  }
  const sequences: { readonly sensor: number; readonly first: number }[] = [];
  for (const first of firsts) {
    for (let sensor = 0; sensor < sensors; sensor++) {
      const jittered = first + below(settings.scoredSteps) - (settings.scoredSteps >> 1);
      sequences.push({ sensor, first: Math.max(span.from, Math.min(lastFirst, jittered)) });
    }
  }
  for (let k = sequences.length - 1; k > 0; k--) {
    const other = below(k + 1);
    const kept = sequences[k]!;
    sequences[k] = sequences[other]!;
    sequences[other] = kept;
  }
  const size = Math.min(settings.batch, sequences.length);
  const complete = Math.floor(sequences.length / size);
  const count = Math.min(complete, settings.stepsPerEpoch ?? complete);
  return Array.from({ length: count }, (_, index) => {
    const chosen = sequences.slice(index * size, (index + 1) * size);
    return {
      sensorOf: Int32Array.from(chosen, (sequence) => sequence.sensor),
      firstOf: Int32Array.from(chosen, (sequence) => sequence.first),
    };
  });
};
