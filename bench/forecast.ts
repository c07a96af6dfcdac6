/**
 * A city's worth of forecasts as a job issues them: artefact, shield, quantiles, rule margins and both files, by groups of
 * sensors; and how many rules a second are judged online.
 */
import { compileArtefact, createRuntime, openArtefact } from "../src/edge/index.ts";
import { tableToArrow } from "../src/jobs/tableToArrow.ts";
import { tableToParquet } from "../src/jobs/tableToParquet.ts";
import { issueForecast } from "../src/jobs/issueForecast.ts";
import { issueQuantiles } from "../src/jobs/issueQuantiles.ts";
import type { Pipeline } from "../src/jobs/Pipeline.ts";
import { bindSpec, monitor, monitorEach, parseFormula, parseSpec, unrollRule } from "../src/stl/index.ts";
import { fixtureModel, fixturePlan, fixtureReadings } from "../test/edge/fixture.ts";
import type { Measure } from "./BenchRow.ts";
import { medianTime } from "./medianTime.ts";

const HORIZON = 24;
const CITY = 100_000;
const RULES = `
signal speed : real in km/h range [0, 150] missing hold 30min;
require limit : forall s in sensors : always[5min, 2h] speed[s] <= 110 km/h;
require ramp : forall s in sensors : always[5min, 2h] abs(delta(speed[s])) <= 25 km/h;
`;

/** A forecaster of a group of sensors with random weights; no time here depends on their values. */
const groupOf = (sensors: number) => {
  const shape = { sensors, units: 32, hiddenUnits: 32, windowSteps: 24, horizonSteps: HORIZON };
  const features = fixturePlan(shape);
  const channels = [
    { name: "speed", unit: "km/h" },
    { name: "flow", unit: "1" },
    { name: "rain", unit: "mm" },
    { name: "wind", unit: "degrees" },
  ];
  const { spec } = parseSpec(RULES);
  const site = {
    sensors: features.sensors,
    channels,
    stepMs: features.stepMs,
    zone: "UTC",
    forecastSteps: HORIZON,
  };
  const { rules } = bindSpec(spec, site);
  const artefact = openArtefact(
    compileArtefact({
      metadata: { name: "bench", target: "bench", counter: 1, created: "2026-01-01T00:00:00Z" },
      model: fixtureModel(features, shape),
      features,
      rules: rules.map((rule) => ({ unrolled: unrollRule(rule), text: rule.name, enforced: true })),
    }),
  );
  const runtime = createRuntime(artefact);
  const plan = artefact.manifest.features;
  const readings = fixtureReadings(plan, runtime.contextSteps, 11);
  const data = { plan, readings, sensors, steps: readings.steps };
  const pipeline = { forecast: { quantiles: [0.1, 0.9], targets: ["speed", "flow"] } } as unknown as Pipeline;
  const panel = { sensors: plan.sensors, channels, startMs: 0, stepMs: plan.stepMs };
  const levels = [0.1, 0.9];
  const offsets = new Float64Array(2 * HORIZON * levels.length);
  return (): void => {
    const { issued } = issueQuantiles({ data }, runtime, { quantiles: levels, offsets });
    const table = issueForecast({ pipeline, panel, data, rules }, issued);
    tableToParquet(table);
    tableToArrow(table);
  };
};

export const measure: Measure = async (report) => {
  for (const sensors of [100, 1000, 4000]) {
    const forecast = groupOf(sensors);
    const ms = await medianTime(forecast, { warmUp: 1, repeats: 5 });
    report({
      case: `forecast of ${CITY} sensors x ${HORIZON} steps x 2 channels, 3 quantiles, two rules a sensor, by groups of ${sensors}, one core`,
      value: (ms * CITY) / sensors / 1000,
      unit: "s",
      // Groups are apart from each other: two cores take half.
      atMost: 120,
    });
  }
  await monitors(report);
};

const LIMITS = "always[0, 12] (speed >= 2 and speed <= 110)";
/** Samples that the streams go through again and again. */
const SPELL = 16;

/** Rules judged as readings come: one monitor a sensor, and one monitor for all of them. */
const monitors: Measure = async (report) => {
  const formula = parseFormula(LIMITS);
  const settled = { warmUp: 2, repeats: 9 };
  const row = (name: string, updates: number, ms: number): void =>
    report({
      case: `${name}, always over 13 samples, one core`,
      value: (1000 * updates) / ms,
      unit: "updates/s",
      atLeast: 2_000_000,
    });
  const alone = Array.from({ length: 100 }, () => monitor(formula));
  const sample = { speed: 0 };
  const turns = 4000;
  const ms = await medianTime(() => {
    for (let step = 0; step < turns; step++) {
      for (let k = 0; k < alone.length; k++) {
        sample.speed = 40 + ((k * 31 + step * 17) % 80);
        alone[k]!.push(sample);
      }
    }
  }, settled);
  row("100 sensors, a monitor each", turns * alone.length, ms);
  for (const sensors of [100, 10_000, 100_000]) {
    for (const missing of [0, 0.05]) {
      const watch = monitorEach(formula, sensors);
      const samples = speeds(sensors, missing);
      const steps = Math.ceil(4_000_000 / sensors);
      const each = await medianTime(() => {
        for (let step = 0; step < steps; step++) watch.push(samples[step % SPELL]!);
      }, settled);
      row(`${sensors} sensors, one monitor, ${100 * missing} % missing`, steps * sensors, each);
    }
  }
};

/** Speeds of all sensors at each sample of a spell, a share of them missing at random. */
const speeds = (sensors: number, missing: number): { speed: Float64Array }[] => {
  let state = 1;
  return Array.from({ length: SPELL }, (_, step) => ({
    speed: Float64Array.from({ length: sensors }, (_reading, k) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 < missing ? NaN : 40 + ((k * 31 + step * 17) % 80);
    }),
  }));
};
