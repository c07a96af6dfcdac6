import { clamp } from "../fixedPoint.ts";
import { goldenClock, xorshift } from "../goldenRandom.ts";
import type { IntegerReadout } from "../IntegerModel.ts";
import { type IntegerFrontEnd, MISSING_READING, READING_LIMIT, READING_ONE } from "./IntegerFrontEnd.ts";
import type { IntegerReadings } from "./IntegerReadings.ts";

const COVARIATE_SPREAD = 2 ** 17;
const ANGLE_SPREAD = 2 ** 23;
const STEP_SPREAD = 2 ** 12;
/** One reading in eight is missing. */
const MISSING_ONE_IN = 8;

/**
 * Input of a window case: for every channel and sensor, in order, a random walk over the context of a forecast, with
 * gaps. It starts within the range of its target, or (next mod 2^17) - 2^16 from the fallback of a covariate, or at
 * (next mod 2^23) for an angle; at each step it moves by (next mod 2^12) - 2^11, and is missing where next mod 8 is 0.
 * At last the clock of the origin, see `goldenClock`.
 */
export const goldenReadings = (
  front: IntegerFrontEnd,
  readouts: readonly IntegerReadout[],
  stepMs: number,
  seed: number,
): IntegerReadings => {
  const next = xorshift(seed);
  const { angles, contextSteps, covariates, sensors, targets } = front;
  const starts = [
    ...readouts.map(
      ({ maximum, minimum }) =>
        () =>
          READING_ONE * (minimum + (next() % (maximum - minimum + 1))),
    ),
    ...covariates.map(
      ({ fallback }) =>
        () =>
          fallback + (next() % COVARIATE_SPREAD) - COVARIATE_SPREAD / 2,
    ),
    ...angles.map(() => () => next() % ANGLE_SPREAD),
  ];
  const channels = targets.length + covariates.length + angles.length;
  const values = new Int32Array(channels * sensors * contextSteps);
  let at = 0;
  for (const start of starts) {
    for (let sensor = 0; sensor < sensors; sensor++) {
      let value = start();
      for (let step = 0; step < contextSteps; step++) {
        value = clamp(value + (next() % STEP_SPREAD) - STEP_SPREAD / 2, -READING_LIMIT, READING_LIMIT);
        values[at++] = next() % MISSING_ONE_IN === 0 ? MISSING_READING : value;
      }
    }
  }
  const clock = goldenClock(next, stepMs);
  const field = (which: number): number[] =>
    Array.from({ length: contextSteps }, (_, step) => clock(which, step + 1 - contextSteps));
  return {
    values,
    steps: contextSteps,
    clock: {
      minuteOfDay: Int16Array.from(field(0)),
      weekday: Int8Array.from(field(1)),
      dayNumber: Int32Array.from(field(2)),
    },
  };
};
