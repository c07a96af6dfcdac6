import * as fc from "fast-check";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { planChannels, type Readings } from "../series/features.ts";
import { invertTransform, transformReading } from "../series/transform.ts";
import type { Readout } from "../edge/TernaryModel.ts";
import { type ClockEdge, edgeClocks, readEdgeClock } from "./ClockEdge.ts";
import { hostileReadings, setHostileReadings } from "./HostileReadings.ts";
import type { Perturbation, PerturbedWindow } from "./PerturbedWindow.ts";
import type { WindowKind } from "./WindowKind.ts";

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

/** What windows of a forecaster are made from. */
export interface WindowSource {
  readonly plan: FeaturePlan;
  /** How many real windows there are. */
  readonly count: number;
  readonly contextSteps: number;
  /** Edges that the clocks of `clock` windows have. */
  readonly edges: readonly ClockEdge[];
}

/**
 * Windows of one kind. `plausible`: a real window with up to six perturbations (noise, gap, spike, stuck sensor, level
 * shift). `hostile`: one to four of the settings of {@link hostileReadings} instead. `clock`: either of the two, its
 * clock that of an instant near an edge. They shrink to fewer and smaller perturbations of an earlier window.
 */
export const windowsOfKind = (kind: WindowKind, source: WindowSource): fc.Arbitrary<PerturbedWindow> => {
  const { contextSteps, count, edges, plan } = source;
  const index = fc.nat(count - 1);
  const plausible = fc.array(perturbation(plan, contextSteps), { maxLength: MOST_PERTURBATIONS });
  const hostile = hostileReadings(plan, contextSteps);
  switch (kind) {
    case "plausible":
      return fc.record({ index, perturbations: plausible });
    case "hostile":
      return fc.record({ index, perturbations: hostile });
    case "clock":
      return fc.record({
        index,
        perturbations: fc.oneof({ withCrossShrink: true }, plausible, hostile),
        clock: edgeClocks(edges, contextSteps, plan.horizonSteps),
      });
  }
};

const perturbation = (plan: FeaturePlan, contextSteps: number): fc.Arbitrary<Perturbation> => {
  const place = {
    channel: fc.nat(planChannels(plan).length - 1),
    sensor: fc.nat(plan.sensors.length - 1),
  };
  const ago = fc.nat(contextSteps - 1);
  const length = fc.integer({ min: 1, max: contextSteps });
  const tenths = fc.integer({ min: -50, max: 50 });
  return fc.oneof(
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
};

/**
 * The readings of a perturbed window, as a copy.
 *
 * Noise and shifts add to the transformed reading and stay within the range of the target; a spike may leave it, as
 * a faulty sensor does; angles turn by 90 degrees a deviation. Later perturbations act on the result of earlier ones. The
 * clock goes on for as many steps as that of the window.
 */
export const applyPerturbations = (
  window: Readings,
  { clock, perturbations }: Pick<PerturbedWindow, "clock" | "perturbations">,
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
  for (const perturbation of perturbations) {
    switch (perturbation.kind) {
      case "level":
      case "alternating":
      case "missing":
        setHostileReadings({ values, steps }, perturbation, plan, readouts);
        break;
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
  return {
    values,
    steps,
    clock:
      clock === undefined
        ? window.clock
        : readEdgeClock(clock, plan.zone, plan.stepMs, steps - 1, window.clock.minuteOfDay.length),
  };
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
