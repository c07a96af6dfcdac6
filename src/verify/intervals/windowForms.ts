/**
 * From a ball of readings to the forms of what the forecaster reads; with readingUnknowns.ts and baselineForms.ts all
 * that knows how features and baselines are made of readings (`integerFeatures`, `integerBaseline`).
 *
 * Every scaled reading is an unknown (see {@link readingUnknowns}). Features are sums of multiples of levels, so a
 * reading that enters a difference twice cancels, and one that is held over a gap is one unknown. The mean of the
 * neighbours is taken for an unknown of its own at each step. Boxes are exact: sums of whole numbers, rounded as the
 * device rounds them.
 */
import { clamp, FEATURE_MAXIMUM, roundShift } from "../../edge/fixedPoint.ts";
import {
  integerFeatureCount,
  integerFeatures,
  LEVEL_SHIFT,
  SINE_SHIFT,
} from "../../edge/front/integerFeatures.ts";
import { type IntegerFrontEnd, MISSING_READING } from "../../edge/front/IntegerFrontEnd.ts";
import { integerReadings } from "../../edge/front/IntegerReadings.ts";
import type { Readings } from "../../series/features.ts";
import {
  type AffineBlock,
  boxRow,
  closeRow,
  createAffineBlock,
  nameRemainder,
  SLACK,
} from "./AffineBlock.ts";
import { type BaselineForms, createBaselineForms } from "./baselineForms.ts";
import type { StepInput } from "./intervalStep.ts";
import { ballEnd, type ReadingBall } from "./ReadingBall.ts";
import { readingUnknowns, setRange } from "./readingUnknowns.ts";
import { QUARTER_TURN, sineRange } from "./sineRange.ts";
import type { SymbolTable } from "./SymbolTable.ts";

/** The forms of one window and ball. */
export interface WindowForms {
  /** Features of step 0..windowSteps - 1 of one sensor; the same object each time. */
  readonly step: (sensor: number, step: number, symbols: SymbolTable) => StepInput;
  readonly baselines: BaselineForms;
}

const ROUNDING = 0.5;
const SHORT_LAG = { steps: 1, gain: 3 };
const LONG_LAG = { steps: 3, gain: 2 };

/** Unknowns that one step can name, the roundings of its features among them: what sizes the columns of its block. */
export const stepUnknowns = (front: IntegerFrontEnd): number =>
  front.targets.length * (6 + front.sensors) + 2 * front.covariates.length + integerFeatureCount(front);

/**
 * Makes the forms of a ball around the window that ends with the last step of the readings.
 *
 * @param quanta of the readings, by channel of the plan
 */
export const createWindowForms = (
  front: IntegerFrontEnd,
  quanta: readonly number[],
  readings: Readings,
  ball: ReadingBall,
): WindowForms => {
  const { contextSteps: steps, sensors } = front;
  const cut = (of: Readings) => integerReadings(of, quanta, of.steps - steps, of.steps);
  const [low, high] = [cut(ballEnd(readings, ball, -1)), cut(ballEnd(readings, ball, 1))];
  const from = steps - front.windowSteps;
  const inputs = integerFeatureCount(front);
  const exact = integerFeatures(front, cut(readings), from, steps);
  const channels = front.targets.length + front.covariates.length;
  const unknowns = readingUnknowns(front, low, high, channels * steps);
  const { level } = unknowns;
  const means = channels * sensors * steps;
  const roundings = unknowns.inputs + channels * steps;
  const room = stepUnknowns(front);
  const block = createAffineBlock(inputs, room);
  const columns = new Int32Array(room);
  const places = new Map<number, number>();
  /** Weights of the levels that a feature adds up, by their place: what enters twice is one term. */
  const terms = new Map<number, number>();

  const add = (place: number, weight: number): void => {
    terms.set(place, (terms.get(place) ?? 0) + weight);
  };
  const addLevel = (channel: number, sensor: number, when: number, weight: number): void =>
    add(unknowns.source[(channel * sensors + sensor) * steps + when]!, weight);
  const addMean = (channel: number, sensor: number, when: number, weight: number): void => {
    const neighbours = front.neighbours[sensor]!;
    const count = neighbours.length;
    if (count === 0) return addLevel(channel, sensor, when, weight);
    let [lower, upper] = [0, 0];
    for (const neighbour of neighbours) {
      const place = (channel * sensors + neighbour) * steps + when;
      lower += level.lower[place]!;
      upper += level.upper[place]!;
    }
    const nearest = (sum: number): number => Math.floor((2 * sum + count) / (2 * count));
    const place = means + channel * steps + when;
    setRange(level, place, nearest(lower), nearest(upper));
    level.input[place] = unknowns.inputs + channel * steps + when;
    add(place, weight);
  };

  /** Makes the terms less `offset`, times `gain` / 2^shift, a feature. */
  const writeSum = (
    row: number,
    columnOf: (input: number) => number,
    shift: number,
    gain = 1,
    offset = 0,
  ): void => {
    const unit = gain * 2 ** -shift;
    let [lower, upper, middle] = [-offset, -offset, -offset];
    let [remainder, reach] = [0, Math.abs(offset)];
    block.coefficients.fill(0, row * room, (row + 1) * room);
    for (const [place, weight] of terms) {
      if (weight === 0) continue;
      const ends = [weight * level.lower[place]!, weight * level.upper[place]!];
      lower += Math.min(...ends);
      upper += Math.max(...ends);
      middle += weight * level.centre[place]!;
      reach += Math.abs(weight) * (Math.abs(level.centre[place]!) + Math.abs(level.half[place]!));
      if (level.half[place] === 0) continue;
      remainder += Math.abs(weight) * level.rounding[place]!;
      const column = columnOf(level.input[place]!);
      if (column < 0) remainder += Math.abs(weight * level.half[place]!);
      else block.coefficients[row * room + column]! += unit * weight * level.half[place]!;
    }
    terms.clear();
    const ends = [roundShift(gain * lower, shift), roundShift(gain * upper, shift)];
    const [least, largest] = [Math.min(...ends), Math.max(...ends)];
    if (least === largest || least < -FEATURE_MAXIMUM || largest > FEATURE_MAXIMUM) {
      const kept = (value: number): number => clamp(value, -FEATURE_MAXIMUM, FEATURE_MAXIMUM);
      return boxRow(block, row, places.size, kept(least), kept(largest));
    }
    block.centre[row] = unit * middle;
    block.remainder[row] = Math.abs(unit) * (remainder + SLACK * reach) + ROUNDING;
    closeRow(block, row, places.size, least, largest);
  };

  const input: { block: AffineBlock; columns: Int32Array; symbols: number } = { block, columns, symbols: 0 };

  const step: WindowForms["step"] = (sensor, windowStep, symbols) => {
    const at = from + windowStep;
    places.clear();
    const first = (sensor * front.windowSteps + windowStep) * inputs;
    block.coefficients.fill(0);
    // The missing flags, the calendar and the embedding stay so.
    for (let feature = 0; feature < inputs; feature++) {
      boxRow(block, feature, 0, exact[first + feature]!, exact[first + feature]!);
    }
    const columnOf = (unknown: number): number => {
      const known = places.get(unknown);
      if (known !== undefined) return known;
      const column = symbols.columnOf(unknown);
      if (column < 0) return -1;
      columns[places.size] = column;
      places.set(unknown, places.size);
      return places.size - 1;
    };

    let row = 0;
    front.targets.forEach((target, channel) => {
      const write = (): void => writeSum(row++, columnOf, LEVEL_SHIFT);
      addLevel(channel, sensor, at, 1);
      write();
      addLevel(channel, sensor, at, 1);
      writeSum(row, columnOf, target.ownShift[sensor]!, target.ownGain[sensor], target.ownCentre[sensor]);
      row += 2;
      for (const lag of [SHORT_LAG, LONG_LAG]) {
        addLevel(channel, sensor, at, lag.gain);
        addLevel(channel, sensor, at - lag.steps, -lag.gain);
        write();
      }
      addMean(channel, sensor, at, 1);
      write();
      addMean(channel, sensor, at, 1);
      addLevel(channel, sensor, at, -1);
      write();
      addMean(channel, sensor, at, SHORT_LAG.gain);
      addMean(channel, sensor, at - SHORT_LAG.steps, -SHORT_LAG.gain);
      write();
      if (front.baseline.kind === "seasonal") {
        addLevel(channel, sensor, at, 1);
        addLevel(channel, sensor, at - front.baseline.periodSteps, -1);
        write();
      }
      for (const other of target.columns) {
        addLevel(channel, other, at, 1);
        addLevel(channel, sensor, at, -1);
        write();
      }
    });
    front.covariates.forEach((_, covariate) => {
      const channel = front.targets.length + covariate;
      addLevel(channel, sensor, at, 1);
      writeSum(row, columnOf, LEVEL_SHIFT);
      row += 2;
      addMean(channel, sensor, at, 1);
      writeSum(row++, columnOf, LEVEL_SHIFT);
    });
    front.angles.forEach(({ gain, gainShift }, angle) => {
      const place = ((channels + angle) * sensors + sensor) * steps + at;
      const isMissing = low.values[place] === MISSING_READING;
      const turns = [low, high].map(({ values }) => roundShift(gain * values[place]!, gainShift));
      for (const ahead of [0, QUARTER_TURN]) {
        const ends = sineRange(front.sines, Math.min(...turns) + ahead, Math.max(...turns) + ahead);
        const [least, largest] = ends.map((end) => roundShift(end, SINE_SHIFT));
        if (!isMissing) boxRow(block, row, places.size, least!, largest!);
        row++;
      }
    });
    for (let feature = 0; feature < inputs; feature++) {
      if (block.remainder[feature] === 0) continue;
      const column = columnOf(roundings + at * inputs + feature);
      if (column >= 0) nameRemainder(block, feature, column);
    }
    input.symbols = places.size;
    return input;
  };

  return { step, baselines: createBaselineForms(front, unknowns, steps) };
};
