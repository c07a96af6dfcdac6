import { type EventTimes, TIMING_FEATURES, writeFeatures } from "../../series/events/EventTimes.ts";
import { type GapBins, gapWithSurvival, survivalOf } from "../../series/events/GapBins.ts";
import type { Random } from "../../series/random.ts";
import { columnOf, rowOf, tokenAt } from "../sharedTable/SharedTable.ts";
import { softmaxOf, type TimedEventModel } from "./nextEvent.ts";
import { runEventModel } from "./runEventModel.ts";

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
  const { kernels, parameters, shape, table, tokens } = model;
  const { units } = shape;
  const { minutesPerStep } = times;
  const end = start.now + horizon;
  const happened = new Float64Array(tokens);
  const seen = new Uint8Array(samples * tokens);
  const inCell = table && tokenAt(table);
  /** Of each row, which columns hold a token. */
  const filled =
    inCell &&
    Array.from({ length: table!.side }, (_, row) =>
      Float64Array.from({ length: table!.side }, (__, column) =>
        inCell[row * table!.side + column]! < tokens ? 1 : 0,
      ),
    );
  let alive = Array.from({ length: samples }, (_, sample) => ({
    sample,
    state: start.state,
    token: start.token,
    instant: start.instant,
    gap: start.gap,
  }));
  for (let event = 0; event < MOST_EVENTS && alive.length > 0; event++) {
    const batch = alive.length;
    const state = new Float32Array(batch * units);
    const features = new Float32Array(batch * TIMING_FEATURES);
    alive.forEach((future, row) => {
      state.set(future.state, row * units);
      writeFeatures(times, future.instant, future.gap, features, row * TIMING_FEATURES);
    });
    const run = (rows: Int32Array) => {
      const two = (before: (token: number) => number, after: Int32Array): Int32Array => {
        const both = new Int32Array(2 * batch);
        alive.forEach(({ token }, row) => (both[row] = before(token)));
        both.set(after, batch);
        return both;
      };
      const none = new Int32Array(batch);
      const done = runEventModel(kernels, shape, parameters, {
        batch,
        steps: 1,
        codes:
          table === undefined
            ? [two((token) => token, none)]
            : [
                two((token) => rowOf(table, token), rows),
                two((token) => columnOf(table, token), none),
              ],
        state,
        timing: { features, bins: none },
      });
      done.release();
      return done;
    };
    const first = run(new Int32Array(batch));
    const next = alive.map(({ instant }, row) => {
      const when = softmaxOf(first.timing!.logits, row, shape.timing!.bins);
      const passed = event === 0 ? (start.now - instant) * minutesPerStep : 0;
      const longer = survivalOf(bins, when, passed) * (1 - numbers.uniform());
      // Rounding must not lead back before the present.
      const gap = Math.max(passed, gapWithSurvival(bins, when, longer));
      return { gap, instant: instant + gap / minutesPerStep };
    });
    const codes = alive.map((_, row) => {
      const shares = softmaxOf(first.logits[0]!, row, shape.codes[0]!);
      if (filled) filled.forEach((columns, k) => columns.some((each) => each > 0) || (shares[k] = 0));
      return draw(shares, numbers);
    });
    const second = table === undefined ? first : run(Int32Array.from(codes));
    alive = alive.flatMap(({ sample }, row) => {
      const { gap, instant } = next[row]!;
      if (!(instant <= end)) return [];
      let token = codes[row]!;
      if (table !== undefined) {
        const shares = softmaxOf(second.logits[1]!, row, table.side);
        const column = draw(
          shares.map((share, k) => share * filled![codes[row]!]![k]!),
          numbers,
        );
        token = inCell![codes[row]! * table.side + column]!;
      }
      if (seen[sample * tokens + token] === 0) {
        seen[sample * tokens + token] = 1;
        happened[token]!++;
      }
      const after = second.state.subarray(row * units, (row + 1) * units);
      return [{ sample, state: after, token, instant, gap }];
    });
  }
  return happened.map((count) => count / samples);
};
