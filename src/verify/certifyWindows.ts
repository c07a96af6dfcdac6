import type { Artefact } from "../edge/Artefact.ts";
import { createRuntime } from "../edge/runtime.ts";
import { planChannels, type Readings } from "../series/features.ts";
import { random } from "../series/random.ts";
import type { CertificateReport } from "./CertificateReport.ts";
import { createIntervalForecaster, quantaOfChannels } from "./intervals/intervalForecast.ts";
import type { WindowProvider } from "./windows.ts";

/** Symbols of one sensor's forms: more hold on to more of what readings have in common, and take as much longer. */
const CAPACITY = 1200;

export interface CertifyRequest {
  readonly artefact: Artefact;
  readonly provider: WindowProvider;
  /** Sizes of the balls in quanta, each > 0. */
  readonly quanta: readonly number[];
  /** Newest steps whose readings move; those of the whole window where left out. */
  readonly newest?: number;
  /** Windows, evenly spaced over those of the provider. */
  readonly windows: number;
  /** Points of each ball that are sampled beside it, half of them corners. */
  readonly samples: number;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Certifies real windows: for each size of ball the share of windows in whose whole ball the raw forecast keeps every
 * enforced rule (see {@link createIntervalForecaster}).
 *
 * What is not certified is not thereby false: the bounds are wider than what happens, how much the sampled width says.
 * Where a window is not certified the shield still judges each forecast before it is published, and flags what it cannot
 * restore.
 */
export const certifyWindows = async (request: CertifyRequest): Promise<CertificateReport[]> => {
  const { artefact, provider, quanta, samples, seed } = request;
  const forecaster = createIntervalForecaster(artefact, CAPACITY);
  const runtime = createRuntime(artefact);
  const newest = Math.min(request.newest ?? runtime.contextSteps, runtime.contextSteps);
  const windows = Math.min(request.windows, provider.count);
  const reports: CertificateReport[] = [];
  for (const [place, size] of quanta.entries()) {
    const tally = { keptAtCentre: 0, certified: 0, untouched: 0, width: 0, sampledWidth: 0, outside: 0 };
    const rules = artefact.rules.map(({ enforced, name }) => ({
      name,
      enforced,
      keptAtCentre: 0,
      certified: 0,
    }));
    for (let window = 0; window < windows; window++) {
      const readings = provider.window(Math.floor(((window + 0.5) * provider.count) / windows));
      const centre = runtime.forecast(readings);
      const bounds = forecaster(readings, size, newest);
      const margins = artefact.rules.map(({ margin }) => margin);
      const least = bounds.robustness;
      if (centre.rules.every(({ before, enforced }) => !enforced || before >= 0)) tally.keptAtCentre++;
      if (rules.every(({ enforced }, rule) => !enforced || least[rule]! >= 0)) tally.certified++;
      if (rules.every(({ enforced }, rule) => !enforced || least[rule]! >= margins[rule]!)) tally.untouched++;
      rules.forEach((rule, index) => {
        if (centre.rules[index]!.before >= 0) rule.keptAtCentre++;
        if (least[index]! >= 0) rule.certified++;
      });
      const lowest = centre.raw.slice();
      const highest = centre.raw.slice();
      for (let sample = 0; sample < samples; sample++) {
        const moved = pointOfBall(artefact, readings, size, newest, sample, seed + window);
        runtime.forecast(moved).raw.forEach((value, entry) => {
          lowest[entry] = Math.min(lowest[entry]!, value);
          highest[entry] = Math.max(highest[entry]!, value);
        });
      }
      tally.width += meanDistance(bounds.lower, bounds.upper) / windows;
      tally.sampledWidth += meanDistance(lowest, highest) / windows;
      lowest.forEach((value, entry) => {
        if (value < bounds.lower[entry]! || highest[entry]! > bounds.upper[entry]!) tally.outside++;
      });
      request.onProgress?.(place * windows + window + 1, quanta.length * windows);
      await new Promise((resolve) => setImmediate(resolve));
    }
    reports.push({ quanta: size, newest, windows, ...tally, samples, rules });
  }
  return reports;
};

/** A point of a ball; every second one a corner. */
const pointOfBall = (
  artefact: Artefact,
  readings: Readings,
  size: number,
  newest: number,
  sample: number,
  seed: number,
): Readings => {
  const { manifest } = artefact;
  const next = random(seed, sample);
  const radii = quantaOfChannels(manifest).map((quantum) => quantum * size);
  const perChannel = readings.values.length / planChannels(manifest.features).length;
  const values = readings.values.map((value, index) => {
    if (index % readings.steps < readings.steps - newest) return value;
    const share = 2 * next.uniform() - 1;
    return value + radii[Math.floor(index / perChannel)]! * (sample % 2 === 0 ? Math.sign(share) : share);
  });
  return { ...readings, values };
};

const meanDistance = (lower: Int32Array, upper: Int32Array): number => {
  let sum = 0;
  for (let entry = 0; entry < lower.length; entry++) sum += upper[entry]! - lower[entry]!;
  return sum / lower.length;
};
