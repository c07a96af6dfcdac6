import type { Artefact } from "../edge/Artefact.ts";
import { createRuntime } from "../edge/runtime.ts";
import { baselineForecast } from "../series/baseline.ts";
import { computeFeatures, planChannels, type Readings } from "../series/features.ts";
import type { PanelTrace } from "../stl/compile/Site.ts";
import type { Judge } from "./Judge.ts";
import type { QuantisationReport } from "./QuantisationReport.ts";
import { createRealForecaster } from "./realForecaster.ts";
import { realModel } from "./realModel.ts";
import type { WindowProvider } from "./windows.ts";

/** How far a rule's robustness moves when readings move. */
export interface RuleSlope {
  /** Of `lipschitzConstant`; Infinity where nothing bounds it. */
  readonly lipschitz: number;
  /** Channels that the rule reads, by their place in the feature plan. */
  readonly channels: readonly number[];
}

export interface QuantisationRequest {
  readonly artefact: Artefact;
  readonly provider: WindowProvider;
  /** One of each for every rule of the artefact, in its order. */
  readonly judges: readonly Judge[];
  readonly slopes: readonly RuleSlope[];
  /** Windows, evenly spaced over those of the provider. */
  readonly windows: number;
}

/**
 * Compares the device's raw forecasts with those of the same ternary model in real numbers (see {@link realModel}).
 *
 * Features and baselines of the latter are those of training, in floats (`computeFeatures`, `baselineForecast`): so the
 * difference holds what the integer front end rounds too.
 *
 * With e the largest |error| of an entry, |robustness(integers) - robustness(real numbers)| <= lipschitz * e, as both are
 * judged after the same past. So where the margin in real numbers is above the bound, rounding cannot break the rule.
 */
export const measureQuantisation = (request: QuantisationRequest): QuantisationReport => {
  const { artefact, judges, provider, slopes } = request;
  const { readouts } = artefact.manifest;
  const runtime = createRuntime(artefact);
  const real = createRealForecaster(realModel(artefact.model, readouts));
  const windows = Math.min(request.windows, provider.count);
  const largest = readouts.map(() => 0);
  const margins = judges.map((): { integer: number; real: number }[] => []);
  for (let window = 0; window < windows; window++) {
    const readings = provider.window(Math.floor(((window + 0.5) * provider.count) / windows));
    const device = runtime.forecast(readings);
    const integer = device.physical(device.raw);
    const exact = realForecast(artefact, readings, real);
    const perTarget = integer.length / readouts.length;
    integer.forEach((value, entry) => {
      const target = Math.floor(entry / perTarget);
      largest[target] = Math.max(largest[target]!, Math.abs(value - exact[entry]!));
    });
    const traces = [integer, exact].map((forecast) => traceOf(artefact, readings, forecast));
    judges.forEach((judge, rule) => {
      const [ofInteger, ofReal] = traces.map((trace) => ({ ...judge.judge(trace, readings.steps - 1) }));
      const known = [ofInteger!, ofReal!].every(
        ({ lower, upper }) => Number.isFinite(lower) && lower === upper,
      );
      if (known) margins[rule]!.push({ integer: ofInteger!.lower, real: ofReal!.lower });
    });
  }
  return {
    windows,
    channels: readouts.map(({ channel, unit }, target) => ({
      channel,
      unit,
      largestError: largest[target]!,
    })),
    rules: artefact.rules.map(({ enforced, name }, rule) => {
      const { channels, lipschitz } = slopes[rule]!;
      const error = Math.max(0, ...channels.map((channel) => largest[channel] ?? 0));
      const bound = Number.isFinite(lipschitz) ? lipschitz * error : null;
      const own = margins[rule]!;
      return {
        name,
        enforced,
        lipschitz: bound === null ? null : lipschitz,
        bound,
        largestDifference: own.reduce((most, each) => Math.max(most, Math.abs(each.integer - each.real)), 0),
        judged: own.length,
        beyondBound: bound === null ? 0 : own.filter((each) => each.real > bound).length,
      };
    }),
  };
};

const realForecast = (
  { manifest }: Artefact,
  readings: Readings,
  forecaster: ReturnType<typeof createRealForecaster>,
): Float64Array => {
  const { features: plan, readouts } = manifest;
  const { horizonSteps } = plan;
  const sensors = plan.sensors.length;
  const features = computeFeatures(plan, readings, readings.steps - plan.windowSteps, readings.steps);
  const baseline = baselineForecast(plan, readings, readings.steps - 1);
  const forecast = new Float64Array(baseline.length);
  const width = features.length / sensors;
  for (let sensor = 0; sensor < sensors; sensor++) {
    const at = (target: number): number => (target * sensors + sensor) * horizonSteps;
    const own = readouts.flatMap((_, target) => [
      ...baseline.subarray(at(target), at(target) + horizonSteps),
    ]);
    const values = forecaster(features.subarray(sensor * width, (sensor + 1) * width), own);
    readouts.forEach((_, target) =>
      forecast.set(values.subarray(target * horizonSteps, (target + 1) * horizonSteps), at(target)),
    );
  }
  return forecast;
};

/** Readings followed by a forecast, [target][sensor][lead], with the channels of the plan. */
const traceOf = ({ manifest }: Artefact, readings: Readings, forecast: Float64Array): PanelTrace => {
  const { horizonSteps } = manifest;
  const rows = planChannels(manifest.features).length * manifest.features.sensors.length;
  const steps = readings.steps + horizonSteps;
  const values = new Float64Array(rows * steps).fill(Number.NaN);
  for (let row = 0; row < rows; row++) {
    values.set(readings.values.subarray(row * readings.steps, (row + 1) * readings.steps), row * steps);
    // A row past the targets has no forecast: the subarray is empty.
    values.set(forecast.subarray(row * horizonSteps, (row + 1) * horizonSteps), row * steps + readings.steps);
  }
  return { values, steps, clock: readings.clock };
};
