import { EXACT_MAXIMUM } from "../fixedPoint.ts";
import {
  BASELINE_MAXIMUM,
  type IntegerFrontEnd,
  type IntegerScaling,
  LEVEL_MAXIMUM,
  LINEAR_SPREAD_MAXIMUM,
  READING_LIMIT,
} from "./IntegerFrontEnd.ts";

/** Bounds within which no product of the front end passes 2^52; `quantiseFrontEnd` keeps them. */
export const FACTOR_MAXIMUM = 2 ** 22;
export const LARGEST_SHIFT = 61;
export const CENTRE_MAXIMUM = 2 ** 30;
export const INVERSE_MAXIMUM = 2 ** 30;

/** What the arithmetic of a front end would run out of its widths on, in words; none for one that was quantised. */
export const frontFaults = (front: IntegerFrontEnd): string[] => {
  const { baseline, targets } = front;
  const faults: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) faults.push(`the front end has ${what}`);
  };
  const factor = (gain: number, shift: number, of: string): void =>
    expect(
      Math.abs(gain) <= FACTOR_MAXIMUM && shift <= LARGEST_SHIFT,
      `a gain ${gain} / 2^${shift} of ${of}`,
    );
  const scaling = (
    { centre, fallback, gain, gainShift, inverseQuantum, transform }: IntegerScaling,
    of: string,
  ): void => {
    factor(gain, gainShift, of);
    expect(Math.abs(fallback) <= READING_LIMIT, `a fallback ${fallback} of ${of}`);
    expect(Math.abs(centre) < CENTRE_MAXIMUM, `a centre ${centre} of ${of}`);
    const lowest = transform === "log1p" ? 1 : 0;
    expect(
      inverseQuantum >= lowest && inverseQuantum <= INVERSE_MAXIMUM,
      `an inverse quantum ${inverseQuantum} of ${of}`,
    );
  };
  targets.forEach((target, index) => {
    scaling(target, `target ${index}`);
    target.ownGain.forEach((gain, sensor) =>
      factor(gain, target.ownShift[sensor]!, `target ${index}, sensor ${sensor}`),
    );
    expect(
      target.ownCentre.every((centre) => Math.abs(centre) <= LEVEL_MAXIMUM),
      `a mean of target ${index} more than 64 deviations away`,
    );
  });
  front.covariates.forEach((covariate, index) => scaling(covariate, `covariate ${index}`));
  front.angles.forEach(({ gain, gainShift }, index) => factor(gain, gainShift, `angle ${index}`));
  if (baseline.kind === "linear") {
    baseline.targets.forEach(({ intercepts, means, weights, weightShift }, index) => {
      const columns = baseline.lagSteps + 1;
      const heaviest = Math.max(
        ...Array.from(intercepts, (_, lead) =>
          weights
            .subarray(lead * columns, (lead + 1) * columns)
            .reduce((sum, weight) => sum + Math.abs(weight), 0),
        ),
      );
      expect(
        heaviest * LINEAR_SPREAD_MAXIMUM <= EXACT_MAXIMUM && weightShift <= LARGEST_SHIFT,
        `weights of ${heaviest} / 2^${weightShift} in the baseline of target ${index}`,
      );
      expect(
        [...intercepts, ...means].every((value) => Math.abs(value) <= BASELINE_MAXIMUM),
        `an intercept or a mean out of range in the baseline of target ${index}`,
      );
    });
  }
  return faults;
};
