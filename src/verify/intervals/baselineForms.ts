import { clamp, roundShift } from "../../edge/fixedPoint.ts";
import {
  BASELINE_MAXIMUM,
  type IntegerFrontEnd,
  LINEAR_SPREAD_MAXIMUM,
} from "../../edge/front/IntegerFrontEnd.ts";
import { baselineStep, seasonStep } from "../../series/baseline.ts";
import { type AffineBlock, boxRow, closeRow, SLACK } from "./AffineBlock.ts";
import type { ReadingUnknowns } from "./readingUnknowns.ts";
import type { SymbolTable } from "./SymbolTable.ts";

/** Baseline integers of a sensor, [target][lead], over the symbols of the table. */
export type BaselineForms = (sensor: number, symbols: SymbolTable, block: AffineBlock) => void;

/** One baseline: a scaled reading, and integer weights of others, which are differences from `mean`. */
interface BaselineSum {
  readonly now: number;
  readonly weights: ReadonlyMap<number, number>;
  readonly weightShift: number;
  readonly intercept: number;
  readonly mean: number;
}

const NO_WEIGHTS: ReadonlyMap<number, number> = new Map();
const ROUNDING = 0.5;

/** Makes the forms of `integerBaseline` from the last of `steps` steps: sums of scaled readings, each of which is one unknown. */
export const createBaselineForms = (
  front: IntegerFrontEnd,
  unknowns: ReadingUnknowns,
  steps: number,
): BaselineForms => {
  const { baseline, horizonSteps, sensors, targets } = front;
  const { scaled, source } = unknowns;
  const origin = steps - 1;

  const sumOf = (target: number, sensor: number, lead: number): BaselineSum => {
    const placeOf = (step: number): number =>
      source[(target * sensors + sensor) * steps + Math.max(0, step)]!;
    const plain = { weights: NO_WEIGHTS, weightShift: 0, intercept: 0, mean: 0 };
    if (baseline.kind !== "linear") {
      return { now: placeOf(baselineStep({ baseline }, origin, lead)), ...plain };
    }
    const { lagSteps, periodSteps } = baseline;
    const { intercepts, means, weightShift, weights } = baseline.targets[target]!;
    const first = (lead - 1) * (lagSteps + 1);
    const byPlace = new Map<number, number>();
    for (let lag = 0; lag <= lagSteps; lag++) {
      const place = placeOf(lag < lagSteps ? origin - lag : seasonStep(periodSteps, origin, lead));
      byPlace.set(place, (byPlace.get(place) ?? 0) + weights[first + lag]!);
    }
    return {
      now: placeOf(origin),
      weights: byPlace,
      weightShift,
      intercept: intercepts[lead - 1]!,
      mean: means[sensor]!,
    };
  };

  const write = (into: AffineBlock, row: number, sum: BaselineSum, symbols: SymbolTable): void => {
    const { intercept, mean, now, weights, weightShift } = sum;
    const unit = 2 ** -weightShift;
    let middle = scaled.centre[now]! + intercept;
    let remainder = 0;
    let reach = Math.abs(scaled.centre[now]!) + scaled.half[now]! + Math.abs(intercept);
    let [lower, upper] = [0, 0];
    let ofNow = 1;
    const add = (place: number, weight: number): void => {
      if (weight === 0 || scaled.half[place] === 0) return;
      const column = symbols.columnOf(scaled.input[place]!);
      if (column < 0) remainder += Math.abs(weight) * scaled.half[place]!;
      else into.coefficients[row * into.stride + column]! += weight * scaled.half[place]!;
    };
    for (const [place, weight] of weights) {
      const spreads = [scaled.lower[place]! - mean, scaled.upper[place]! - mean];
      const ends = spreads.map((end) => weight * clamp(end, -LINEAR_SPREAD_MAXIMUM, LINEAR_SPREAD_MAXIMUM));
      lower += Math.min(...ends);
      upper += Math.max(...ends);
      middle += (unit * (ends[0]! + ends[1]!)) / 2;
      reach += unit * Math.max(...ends.map((end) => Math.abs(end)));
      const isCut = spreads.some((end) => Math.abs(end) > LINEAR_SPREAD_MAXIMUM);
      if (isCut) remainder += (unit * Math.abs(ends[1]! - ends[0]!)) / 2;
      else if (place === now) ofNow += unit * weight;
      else add(place, unit * weight);
    }
    add(now, ofNow);
    // Sums of whole numbers below 2^52: exact.
    const low = scaled.lower[now]! + intercept + roundShift(lower, weightShift);
    const high = scaled.upper[now]! + intercept + roundShift(upper, weightShift);
    if (low === high || low < -BASELINE_MAXIMUM || high > BASELINE_MAXIMUM) {
      const kept = (value: number): number => clamp(value, -BASELINE_MAXIMUM, BASELINE_MAXIMUM);
      return boxRow(into, row, symbols.count(), kept(low), kept(high));
    }
    into.centre[row] = middle;
    into.remainder[row] = remainder + (weights.size > 0 ? ROUNDING : 0) + SLACK * reach;
    closeRow(into, row, symbols.count(), low, high);
  };

  return (sensor, symbols, into) => {
    into.coefficients.fill(0);
    for (let target = 0; target < targets.length; target++) {
      for (let lead = 1; lead <= horizonSteps; lead++) {
        write(into, target * horizonSteps + lead - 1, sumOf(target, sensor, lead), symbols);
      }
    }
  };
};
