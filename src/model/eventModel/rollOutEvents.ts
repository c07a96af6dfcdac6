import { type EventTimes, TIMING_FEATURES, writeFeatures } from "../../series/events/EventTimes.ts";
import { type GapBins, gapWithSurvival, survivalOf } from "../../series/events/GapBins.ts";
import type { Random } from "../../series/random.ts";
import { type SharedTable, tokenAt } from "../sharedTable/SharedTable.ts";
import { codesOf } from "./EventModel.ts";
import { softmaxOf, type TimedEventModel } from "./nextEvent.ts";
import { type EventRun, runEventModel } from "./runEventModel.ts";

/** Where futures begin: after the last event that is known. */
export interface RollOutStart {
  /** [units], before that event is read. */
  readonly state: Float32Array;
  readonly token: number;
  /** Of that event, in steps of the panel. */
  readonly instant: number;
  /** Minutes from the event before to it. */
  readonly gap: number;
  /** The present, in steps: nothing has happened since the event. */
  readonly now: number;
}

export interface RollOutOptions {
  readonly times: EventTimes;
  readonly bins: GapBins;
  /** How many futures are drawn. */
  readonly samples: number;
  /** How far they go, in steps. */
  readonly horizon: number;
  readonly numbers: Random;
}

/** A future that has so many events ends there: a model that has gone astray must not run on for ever. */
const MOST_EVENTS = 5000;

/** Draws one of the classes by weights that need not sum to 1. */
const draw = (weights: Float64Array, numbers: Random): number => {
  let left = numbers.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  let last = 0;
  for (let k = 0; k < weights.length; k++) {
    if (weights[k]! <= 0) continue;
    last = k;
    left -= weights[k]!;
    if (left < 0) return k;
  }
  return last;
};

/** One drawn future, after its last event so far. */
interface Future {
  readonly sample: number;
  readonly state: Float32Array;
  readonly token: number;
  readonly instant: number;
  readonly gap: number;
}

/** Reads the last event of each future, and then the row that each predicts, where the model has rows. */
const readFutures = (
  { kernels, parameters, shape, table }: TimedEventModel,
  times: EventTimes,
  futures: readonly Future[],
  rows: Int32Array,
): EventRun => {
  const batch = futures.length;
  const state = new Float32Array(batch * shape.units);
  const features = new Float32Array(batch * TIMING_FEATURES);
  const codes = shape.codes.map(() => new Int32Array(2 * batch));
  futures.forEach(({ gap, instant, state: own, token }, row) => {
    state.set(own, row * shape.units);
    writeFeatures(times, instant, gap, features, row * TIMING_FEATURES);
    codesOf(Int32Array.of(token), table).forEach((values, code) => (codes[code]![row] = values[0]!));
  });
  codes[0]!.set(rows, batch);
  const run = runEventModel(kernels, shape, parameters, {
    batch,
    steps: 1,
    codes,
    state,
    timing: { features, bins: new Int32Array(batch) },
  });
  run.release();
  return run;
};

/** The tokens of a shared table by row and column; -1 where a dummy stands. */
const cellsByRow = (table: SharedTable): readonly (readonly number[])[] => {
  const { side, tokens } = table;
  const inCell = tokenAt(table);
  return Array.from({ length: side }, (_, row) =>
    Array.from(inCell.subarray(row * side, (row + 1) * side), (token) => (token < tokens ? token : -1)),
  );
};

/**
 * Share of drawn futures in which each token has an event until the horizon, [tokens]. A future is drawn event by event,
 * first the gap, then the token; the first gap is longer than what has passed since the last event. Futures run side by
 * side; equal seeds give equal shares.
 *
 * @throws RecurrentCallError where a size does not fit
 */
export const rollOutEvents = (
  model: TimedEventModel,
  start: RollOutStart,
  { bins, horizon, numbers, samples, times }: RollOutOptions,
): Float64Array => {
  const { shape, table, tokens } = model;
  const { minutesPerStep } = times;
  const end = start.now + horizon;
  const happened = new Float64Array(tokens);
  const seen = new Uint8Array(samples * tokens);
  const cells = table && cellsByRow(table);
  let futures: readonly Future[] = Array.from({ length: samples }, (_, sample) => ({ ...start, sample }));
  for (let event = 0; event < MOST_EVENTS && futures.length > 0; event++) {
    const first = readFutures(model, times, futures, new Int32Array(futures.length));
    const drawn = futures.map(({ instant }, row) => {
      const when = softmaxOf(first.timing!.logits, row, bins.starts.length);
      const passed = event === 0 ? (start.now - instant) * minutesPerStep : 0;
      const longer = survivalOf(bins, when, passed) * (1 - numbers.uniform());
      // Rounding must not lead back before the present.
      const gap = Math.max(passed, gapWithSurvival(bins, when, longer));
      const codes = softmaxOf(first.logits[0]!, row, shape.codes[0]!);
      cells?.forEach((columns, k) => columns.every((token) => token < 0) && (codes[k] = 0));
      return { gap, instant: instant + gap / minutesPerStep, code: draw(codes, numbers) };
    });
    const second =
      cells &&
      readFutures(
        model,
        times,
        futures,
        Int32Array.from(drawn, ({ code }) => code),
      );
    const { state: states } = second ?? first;
    futures = futures.flatMap(({ sample }, row) => {
      const { code, gap, instant } = drawn[row]!;
      if (!(instant <= end)) return [];
      let token = code;
      if (cells && second) {
        const shares = softmaxOf(second.logits[1]!, row, cells.length);
        token =
          cells[code]![
            draw(
              shares.map((share, k) => (cells[code]![k]! < 0 ? 0 : share)),
              numbers,
            )
          ]!;
      }
      if (seen[sample * tokens + token] === 0) {
        seen[sample * tokens + token] = 1;
        happened[token]!++;
      }
      const state = states.subarray(row * shape.units, (row + 1) * shape.units);
      return [{ sample, state, token, instant, gap }];
    });
  }
  return happened.map((count) => count / samples);
};
