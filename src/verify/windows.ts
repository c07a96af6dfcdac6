import * as fc from "fast-check";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { planChannels, type Readings } from "../series/features.ts";
import { invertTransform, transformReading } from "../series/transform.ts";
import type { Readout } from "../edge/TernaryModel.ts";
import type { Perturbation, PerturbedWindow } from "./PerturbedWindow.ts";

/** Real windows to start from. */
export interface WindowProvider {
  readonly count: number;
  /**
   * Readings up to and including an origin, channels in the order of the plan, at least as many steps as a forecast
   * needs; the clock goes on for the horizon. They are not changed.
   */
  readonly window: (index: number) => Readings;
}

const MOST_PERTURBATIONS = 6;
const PLAUSIBLE_WEIGHT = 19;

/**
 * Windows as a city sees them, and a few that it should not: a real window with up to six perturbations (noise, gap,
 * spike, stuck sensor, level shift), or, one time in twenty, a constant, saturated or empty one. They shrink to fewer
 * and smaller perturbations of an earlier window.
 */
export const perturbedWindows = (
  plan: FeaturePlan,
  provider: Pick<WindowProvider, "count">,
  contextSteps: number,
): fc.Arbitrary<PerturbedWindow> => {
  const place = {
    channel: fc.nat(planChannels(plan).length - 1),
    sensor: fc.nat(plan.sensors.length - 1),
  };
  const ago = fc.nat(contextSteps - 1);
  const length = fc.integer({ min: 1, max: contextSteps });
  const tenths = fc.integer({ min: -50, max: 50 });
  const plausible: fc.Arbitrary<Perturbation> = fc.oneof(
    fc.record({
      kind: fc.constant("noise" as const),
      ...place,
      tenths: fc.integer({ min: 1, max: 10 }),
      seed: fc.nat(2 ** 31 - 1),
    }),
    fc.record({ kind: fc.constant("gap" as const), ...place, ago, length }),
    fc.record({ kind: fc.constant("stuck" as const), ...place, ago, length }),
    fc.record({ kind: fc.constant("spike" as const), ...place, ago, tenths }),
    fc.record({ kind: fc.constant("shift" as const), ...place, ago, tenths }),
  );
  const targetChannel = fc.nat(plan.targets.length - 1);
  const hostile: fc.Arbitrary<Perturbation> = fc.oneof(
    fc.record({ kind: fc.constant("constant" as const), channel: targetChannel, tenths }),
    fc.record({ kind: fc.constant("saturated" as const), channel: targetChannel, high: fc.boolean() }),
    fc.constant({ kind: "all missing" as const }),
  );
  return fc.record({
    index: fc.nat(provider.count - 1),
    perturbations: fc.oneof(
      { weight: PLAUSIBLE_WEIGHT, arbitrary: fc.array(plausible, { maxLength: MOST_PERTURBATIONS }) },
      { weight: 1, arbitrary: hostile.map((one) => [one]) },
    ),
  });
};

/**
 * The readings of a perturbed window, as a copy.
 *
 * Noise and shifts add to the transformed reading and stay within the range of the target; a spike may leave it, as
 * a faulty sensor does; angles turn by 90 degrees a deviation. Later perturbations act on the result of earlier ones.
 */
export const applyPerturbations = (
  window: Readings,
  perturbations: readonly Perturbation[],
  plan: FeaturePlan,
  readouts: readonly Readout[],
): Readings => {
  const values = window.values.slice();
  const sensors = plan.sensors.length;
  const { steps } = window;
  const seriesAt = (channel: number, sensor: number): Float64Array => {
    const from = (channel * sensors + sensor) * steps;
    return values.subarray(from, from + steps);
  };
  const everySensor = (channel: number, value: number): void => {
    for (let sensor = 0; sensor < sensors; sensor++) seriesAt(channel, sensor).fill(value);
  };
  for (const perturbation of perturbations) {
    switch (perturbation.kind) {
      case "all missing":
        values.fill(Number.NaN);
        break;
      case "constant": {
        const { channel, tenths } = perturbation;
        const { transform, mean } = plan.targets[channel]!;
        const typical = invertTransform(transform, mean);
        everySensor(channel, moved(plan, readouts, channel, typical, tenths / 10, true));
        break;
      }
      case "saturated": {
        const { minimum, maximum } = readouts[perturbation.channel]!;
        everySensor(perturbation.channel, perturbation.high ? maximum : minimum);
        break;
      }
      case "gap":
      case "stuck": {
        const series = seriesAt(perturbation.channel, perturbation.sensor);
        const end = Math.max(0, steps - perturbation.ago);
        const from = Math.max(0, end - perturbation.length);
        series.fill(perturbation.kind === "gap" ? Number.NaN : series[from]!, from, end);
        break;
      }
      case "spike": {
        const { channel, sensor, ago, tenths } = perturbation;
        const series = seriesAt(channel, sensor);
        const at = steps - 1 - ago;
        if (at >= 0) series[at] = moved(plan, readouts, channel, series[at]!, tenths / 10, false);
        break;
      }
      case "shift": {
        const { channel, sensor, ago, tenths } = perturbation;
        const series = seriesAt(channel, sensor);
        for (let step = Math.max(0, steps - 1 - ago); step < steps; step++) {
          series[step] = moved(plan, readouts, channel, series[step]!, tenths / 10, true);
        }
        break;
      }
      case "noise": {
        const { channel, sensor, tenths, seed } = perturbation;
        const series = seriesAt(channel, sensor);
        const next = normal(seed);
        for (let step = 0; step < steps; step++) {
          series[step] = moved(plan, readouts, channel, series[step]!, (next() * tenths) / 10, true);
        }
        break;
      }
    }
  }
  return { values, steps, clock: window.clock };
};

/** A reading moved by some deviations of its channel; NaN stays NaN. */
const moved = (
  plan: FeaturePlan,
  readouts: readonly Readout[],
  channel: number,
  value: number,
  deviations: number,
  withinRange: boolean,
): number => {
  const scaling = [...plan.targets, ...plan.covariates][channel];
  if (scaling === undefined) return (((value + deviations * 90) % 360) + 360) % 360;
  const step = deviations * scaling.deviation;
  const result = invertTransform(scaling.transform, transformReading(scaling.transform, value) + step);
  const readout = readouts[channel];
  if (!withinRange || readout === undefined) return result;
  return Math.min(Math.max(result, readout.minimum), readout.maximum);
};

/** Standard normal numbers from a seed: Box-Muller over xorshift. */
const normal = (seed: number): (() => number) => {
  let state = seed + 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  for (let warmUp = 0; warmUp < 8; warmUp++) uniform();
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
};
