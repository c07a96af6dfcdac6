/**
 * From a ball of readings to the forms of what the forecaster reads: the one file that knows how features and baselines
 * are made of readings (series/features.ts, series/baseline.ts, edge/quantiseFeatures.ts, `baselineInteger`).
 *
 * Every reading on its transformed scale is an unknown (see {@link readingUnknowns}). Features and baselines are sums of
 * multiples of these, so a reading that enters a difference twice cancels, and one that is held over a gap is one
 * unknown. The mean of the neighbours is taken for an unknown of its own at each step.
 */
import { clamp, FEATURE_MAXIMUM, FEATURE_ONE } from "../../edge/fixedPoint.ts";
import { BASELINE_MAXIMUM } from "../../edge/integerHead.ts";
import type { Readout } from "../../edge/TernaryModel.ts";
import { baselineStep, seasonStep } from "../../series/baseline.ts";
import type { Baseline, FeaturePlan } from "../../series/FeaturePlan.ts";
import { computeFeatures, featureCount, planChannels, type Readings } from "../../series/features.ts";
import {
  type AffineBlock,
  boxRow,
  closeRow,
  createAffineBlock,
  nameRemainder,
  SLACK,
  sumOfMagnitudes,
} from "./AffineBlock.ts";
import type { StepInput } from "./intervalStep.ts";
import { type ReadingBall, readingUnknowns } from "./readingUnknowns.ts";
import type { SymbolTable } from "./SymbolTable.ts";

/** The forms of one window and ball. */
export interface WindowForms {
  /** Features of one step of one sensor; the same object each time. */
  readonly step: (sensor: number, step: number, symbols: SymbolTable) => StepInput;
  /** Baseline integers of a sensor, [target][lead], over the symbols of the table. */
  readonly baselines: (sensor: number, symbols: SymbolTable, block: AffineBlock) => void;
}

/** Features are float32 before they are rounded: at most 6 2^-24 off, in 1/1024. */
const FLOAT32_ERROR = 2 ** -10;
const ROUNDING = 0.5;
const SHORT_LAG = { steps: 1, gain: 3 };
const LONG_LAG = { steps: 3, gain: 2 };
/** exp of more than this is not formed on the way from the learned scale to a reading. */
const LARGEST_LOG = 15;
/** Units of baseline integers: quanta, and exponents of two. */
const QUANTA_ONE = 2 ** 8;
const EXPONENT_ONE = 2 ** 20;
/** Means of levels are up to this large in 1/1024 deviations: what a level may lose in float64. */
const LEVEL_REACH = 2 ** 20;

/** Unknowns that one step can name, the roundings of its features among them: what sizes the columns of its block. */
export const stepUnknowns = (plan: FeaturePlan): number =>
  plan.targets.length * (6 + plan.sensors.length) + 2 * plan.covariates.length + featureCount(plan);

/** Makes the forms of a ball around the window that ends with the last step of the readings. */
export const createWindowForms = (
  plan: FeaturePlan,
  targets: readonly Readout[],
  readings: Readings,
  ball: ReadingBall,
): WindowForms => {
  const { steps } = readings;
  const sensors = plan.sensors.length;
  const origin = steps - 1;
  const from = steps - plan.windowSteps;
  const inputs = featureCount(plan);
  const exact = computeFeatures(plan, readings, from, steps);
  const unknowns = readingUnknowns(plan, readings, ball);
  const named = planChannels(plan).length * sensors * steps;
  const roundings = named + planChannels(plan).length * steps;
  const room = stepUnknowns(plan);
  const block = createAffineBlock(inputs, room);
  const columns = new Int32Array(room);
  const places = new Map<number, number>();

  /** Adds `weight` times an unknown to a row of a block, in the columns that `columnOf` gives. */
  const add = (
    to: AffineBlock,
    row: number,
    columnOf: (input: number) => number,
    input: number,
    centre: number,
    half: number,
    weight: number,
  ): void => {
    to.centre[row]! += weight * centre;
    if (half === 0) return;
    const column = columnOf(input);
    if (column < 0) to.remainder[row]! += Math.abs(weight) * half;
    else to.coefficients[row * to.stride + column]! += weight * half;
  };

  const input: { block: AffineBlock; columns: Int32Array; symbols: number } = { block, columns, symbols: 0 };

  const step: WindowForms["step"] = (sensor, at, symbols) => {
    places.clear();
    block.centre.fill(0);
    block.coefficients.fill(0);
    block.remainder.fill(0);
    const localColumn = (unknown: number): number => {
      const known = places.get(unknown);
      if (known !== undefined) return known;
      const column = symbols.columnOf(unknown);
      if (column < 0) return -1;
      columns[places.size] = column;
      places.set(unknown, places.size);
      return places.size - 1;
    };
    const level = (row: number, channel: number, of: number, when: number, weight: number): void => {
      const series = (channel * sensors + of) * steps;
      const index = series + when;
      const { centre, half, source } = unknowns;
      add(block, row, localColumn, series + source[index]!, centre[index]!, half[index]!, weight);
    };
    const near = (row: number, channel: number, when: number, weight: number): void => {
      const neighbours = plan.neighbours[sensor]!;
      if (neighbours.length === 0) return level(row, channel, sensor, when, weight);
      let [centre, half] = [0, 0];
      for (const neighbour of neighbours) {
        const index = (channel * sensors + neighbour) * steps + when;
        centre += unknowns.centre[index]! / neighbours.length;
        half += unknowns.half[index]! / neighbours.length;
      }
      add(block, row, localColumn, named + channel * steps + when, centre, half, weight);
    };

    let row = 0;
    plan.targets.forEach((scaling, target) => {
      const one = FEATURE_ONE / scaling.deviation;
      const change = (lag: { steps: number; gain: number }): void => {
        level(row, target, sensor, at, lag.gain * one);
        level(row, target, sensor, at - lag.steps, -lag.gain * one);
        row++;
      };
      const own = FEATURE_ONE / plan.sensorDeviation[target]![sensor]!;
      level(row, target, sensor, at, one);
      block.centre[row++]! -= scaling.mean * one;
      level(row, target, sensor, at, own);
      block.centre[row++]! -= plan.sensorMean[target]![sensor]! * own;
      row++;
      change(SHORT_LAG);
      change(LONG_LAG);
      near(row, target, at, one);
      block.centre[row++]! -= scaling.mean * one;
      near(row, target, at, one);
      level(row++, target, sensor, at, -one);
      near(row, target, at, SHORT_LAG.gain * one);
      near(row++, target, at - SHORT_LAG.steps, -SHORT_LAG.gain * one);
      if (plan.baseline.kind === "seasonal") {
        level(row, target, sensor, at, one);
        level(row++, target, sensor, at - plan.baseline.periodSteps, -one);
      }
      if (plan.everySensor?.targets.includes(scaling.channel)) {
        for (const other of plan.everySensor.sensors) {
          level(row, target, other, at, one);
          level(row++, target, sensor, at, -one);
        }
      }
    });
    plan.covariates.forEach((scaling, covariate) => {
      const channel = plan.targets.length + covariate;
      const one = FEATURE_ONE / scaling.deviation;
      level(row, channel, sensor, at, one);
      block.centre[row]! -= scaling.mean * one;
      row += 2;
      near(row, channel, at, one);
      block.centre[row++]! -= scaling.mean * one;
    });
    const first = (sensor * plan.windowSteps + at - from) * inputs;
    plan.circular.forEach((_, circular) => {
      const channel = plan.targets.length + plan.covariates.length + circular;
      // Sine and cosine move by no more than their angle.
      const isMissing = Number.isNaN(readings.values[(channel * sensors + sensor) * steps + at]!);
      const angle = isMissing || at < steps - ball.newest ? 0 : (ball.radii[channel]! * Math.PI) / 180;
      for (const end = row + 2; row < end; row++) {
        block.centre[row] = exact[first + row]! * FEATURE_ONE;
        block.remainder[row] = angle * FEATURE_ONE;
      }
    });
    for (let feature = 0; feature < inputs; feature++) {
      roundFeature(block, feature, places.size, exact[first + feature]! * FEATURE_ONE);
      if (block.remainder[feature] === 0) continue;
      const column = localColumn(roundings + at * inputs + feature);
      if (column >= 0) nameRemainder(block, feature, column);
    }
    input.symbols = places.size;
    return input;
  };

  const baselines: WindowForms["baselines"] = (sensor, symbols, into) => {
    into.centre.fill(0);
    into.remainder.fill(0);
    into.coefficients.fill(0);
    targets.forEach(({ quantum, transform }, target) => {
      const logarithmic = transform === "log1p";
      const one = logarithmic ? EXPONENT_ONE / Math.LN2 : QUANTA_ONE / quantum;
      const shift = logarithmic ? -Math.log2(quantum) * EXPONENT_ONE : 0;
      const end = logarithmic && plan.baseline.kind === "linear" ? LARGEST_LOG * one : Infinity;
      const series = (target * sensors + sensor) * steps;
      const { centre, half, source } = unknowns;
      for (let lead = 1; lead <= plan.horizonSteps; lead++) {
        const row = target * plan.horizonSteps + lead - 1;
        for (const [when, weight] of baselineTerms(plan.baseline, target, origin, lead)) {
          const index = series + when;
          add(
            into,
            row,
            symbols.columnOf,
            series + source[index]!,
            centre[index]!,
            half[index]!,
            weight * one,
          );
        }
        into.centre[row]! += baselineConstant(plan, target, sensor, lead) * one;
        roundBaseline(into, row, symbols.count(), end, shift);
      }
    });
  };
  return { step, baselines };
};

/** Ends a feature: what does not move has the device's own integer, the rest its rounding as an unknown. */
const roundFeature = (block: AffineBlock, row: number, symbols: number, exact: number): void => {
  const whole = (value: number): number =>
    clamp(Math.floor(value + ROUNDING), -FEATURE_MAXIMUM, FEATURE_MAXIMUM);
  const own = sumOfMagnitudes(block.coefficients, row * block.stride, symbols) + block.remainder[row]!;
  if (own === 0) return boxRow(block, row, symbols, whole(exact), whole(exact));
  const middle = block.centre[row]!;
  const slack = FLOAT32_ERROR + SLACK * (own + Math.abs(middle) + LEVEL_REACH);
  const [lower, upper] = [middle - own - slack, middle + own + slack];
  if (lower < -FEATURE_MAXIMUM || upper > FEATURE_MAXIMUM) {
    return boxRow(block, row, symbols, whole(lower), whole(upper));
  }
  block.remainder[row]! += ROUNDING + slack;
  closeRow(block, row, symbols, whole(lower), whole(upper));
};

/** Ends a baseline: cuts it at +-end, shifts it, rounds it. */
const roundBaseline = (
  block: AffineBlock,
  row: number,
  symbols: number,
  end: number,
  shift: number,
): void => {
  const own = sumOfMagnitudes(block.coefficients, row * block.stride, symbols) + block.remainder[row]!;
  const middle = block.centre[row]!;
  const slack = SLACK * (own + Math.abs(middle) + Math.abs(shift) + EXPONENT_ONE);
  const whole = (value: number): number =>
    clamp(Math.floor(clamp(value, -end, end) + shift + ROUNDING), -BASELINE_MAXIMUM, BASELINE_MAXIMUM);
  const lower = whole(middle - own - slack);
  const upper = whole(middle + own + slack);
  const isCut = Math.abs(middle) + own + slack > Math.min(end, BASELINE_MAXIMUM - Math.abs(shift));
  if (isCut || lower === upper) return boxRow(block, row, symbols, lower, upper);
  block.centre[row] = middle + shift;
  block.remainder[row]! += ROUNDING + slack;
  closeRow(block, row, symbols, lower, upper);
};

/** Steps and weights of the transformed readings that a baseline adds up. */
const baselineTerms = (
  baseline: Baseline,
  target: number,
  origin: number,
  lead: number,
): (readonly [step: number, weight: number])[] => {
  if (baseline.kind !== "linear") return [[baselineStep({ baseline }, origin, lead), 1]];
  const { lagSteps, periodSteps } = baseline;
  const own = baseline.weights[target]![lead - 1]!;
  return [
    [origin, 1],
    ...Array.from({ length: lagSteps }, (_, lag) => [origin - lag, own[lag]!] as const),
    [seasonStep(periodSteps, origin, lead), own[lagSteps]!],
  ];
};

/** What a linear baseline adds to its readings: the intercept, and the sensor's mean taken from each weighed one. */
const baselineConstant = (plan: FeaturePlan, target: number, sensor: number, lead: number): number => {
  if (plan.baseline.kind !== "linear") return 0;
  const { lagSteps, weights } = plan.baseline;
  const own = weights[target]![lead - 1]!;
  let sum = 0;
  for (let lag = 0; lag <= lagSteps; lag++) sum += own[lag]!;
  return own[lagSteps + 1]! - sum * plan.sensorMean[target]![sensor]!;
};
