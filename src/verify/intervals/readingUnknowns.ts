import type { IntegerFrontEnd, IntegerScaling } from "../../edge/front/IntegerFrontEnd.ts";
import { LEVEL_MAXIMUM, MISSING_READING, SPREAD_MAXIMUM } from "../../edge/front/IntegerFrontEnd.ts";
import { holdReadings, type IntegerReadings, integerSeries } from "../../edge/front/IntegerReadings.ts";
import { levelOf, scaledReading } from "../../edge/front/scaledReading.ts";

/** A whole number of the device in `lower..upper`, of which the form `centre + half e + r`, |r| <= rounding, holds. */
export interface UnknownForm {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly centre: Float64Array;
  /** 0 where there is one value; negative where the number falls as e rises. */
  readonly half: Float64Array;
  readonly rounding: Float64Array;
  /** Which unknown e is. */
  readonly input: Int32Array;
}

/** What is known of the held readings of targets and covariates in a ball, by [series][step]. */
export interface ReadingUnknowns {
  /** Place of the reading that is held, in this order; its own where the fallback stands. */
  readonly source: Int32Array;
  /** On the scale of the baseline. */
  readonly scaled: UnknownForm;
  readonly level: UnknownForm;
  /** Inputs that may be named: twice the places. */
  readonly inputs: number;
}

/**
 * Ranges of held readings between the two ends of a ball, both with the same readings missing.
 *
 * Ranges are exact, as `scaledReading` and `levelOf` are monotone. The scaled reading itself is the unknown, so no bound
 * of the logarithm's table is needed; a level is gain / 2^gainShift times it, half a unit off; one that may be cut off is
 * an unknown of its own.
 *
 * @param spare further places for levels, after those of the readings
 */
export const readingUnknowns = (
  front: IntegerFrontEnd,
  low: IntegerReadings,
  high: IntegerReadings,
  spare = 0,
): ReadingUnknowns => {
  const { steps } = low;
  const { covariates, holdSteps, logarithms, sensors, targets } = front;
  const scalings: readonly IntegerScaling[] = [...targets, ...covariates];
  const size = scalings.length * sensors * steps;
  const source = new Int32Array(size);
  const scaled = createForm(size);
  const level = createForm(size + spare);
  const places = new Int32Array(steps);
  const held = new Int32Array(steps);
  scalings.forEach((scaling, channel) => {
    const unit = scaling.gain * 2 ** -scaling.gainShift;
    for (let row = channel * sensors; row < (channel + 1) * sensors; row++) {
      const [lowSeries, highSeries] = [integerSeries(low, row), integerSeries(high, row)];
      for (let step = 0; step < steps; step++) {
        places[step] = lowSeries[step] === MISSING_READING ? MISSING_READING : step;
      }
      holdReadings(places, held, 0, holdSteps, -1);
      for (let step = 0; step < steps; step++) {
        const at = row * steps + step;
        const from = held[step]!;
        source[at] = from < 0 ? at : row * steps + from;
        const ends = [lowSeries, highSeries].map((series) =>
          scaledReading(scaling, logarithms, from < 0 ? scaling.fallback : series[from]!),
        );
        const [lower, upper] = [ends[0]!, ends[1]!];
        setRange(scaled, at, lower, upper);
        scaled.input[at] = at;
        const levels = ends.map((end) => levelOf(scaling, end));
        setRange(level, at, Math.min(...levels), Math.max(...levels));
        const isCut =
          [lower, upper].some((end) => Math.abs(end - scaling.centre) > SPREAD_MAXIMUM) ||
          levels.some((end) => Math.abs(end) === LEVEL_MAXIMUM);
        level.input[at] = isCut ? size + at : at;
        if (isCut || level.half[at] === 0) continue;
        level.centre[at] = unit * (scaled.centre[at]! - scaling.centre);
        level.half[at] = unit * scaled.half[at]!;
        level.rounding[at] = 0.5;
      }
    }
  });
  return { source, scaled, level, inputs: 2 * size };
};

/** Makes a form at `at` the range alone. */
export const setRange = (form: UnknownForm, at: number, lower: number, upper: number): void => {
  form.lower[at] = lower;
  form.upper[at] = upper;
  form.centre[at] = (lower + upper) / 2;
  form.half[at] = (upper - lower) / 2;
};

const createForm = (size: number): UnknownForm => ({
  lower: new Int32Array(size),
  upper: new Int32Array(size),
  centre: new Float64Array(size),
  half: new Float64Array(size),
  rounding: new Float64Array(size),
  input: new Int32Array(size),
});
