/** A group of sensors with everything that its forecast needs, as a job has it. */
import { compileArtefact, createRuntime, openArtefact } from "../src/edge/index.ts";
import { issueForecast } from "../src/jobs/issueForecast.ts";
import { issueQuantiles } from "../src/jobs/issueQuantiles.ts";
import type { Pipeline } from "../src/jobs/Pipeline.ts";
import { tableToArrow } from "../src/jobs/tableToArrow.ts";
import { tableToParquet } from "../src/jobs/tableToParquet.ts";
import { bindSpec, parseSpec, unrollRule } from "../src/stl/index.ts";
import { fixtureModel, fixturePlan, fixtureReadings } from "../test/edge/fixture.ts";

export const HORIZON = 24;
const RULES = `
signal speed : real in km/h range [0, 150] missing hold 30min;
require limit : forall s in sensors : always[5min, 2h] speed[s] <= 110 km/h;
require ramp : forall s in sensors : always[5min, 2h] abs(delta(speed[s])) <= 25 km/h;
`;

/**
 * Makes a forecaster of a group of sensors with random weights; no time here depends on their values. Each call of it is a
 * forecast from other readings: artefact, shield, quantiles, rule margins, and both files as bytes.
 */
export const forecastGroup = (sensors: number): ((turn: number) => void) => {
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
  const turns = Array.from({ length: 4 }, (_, turn) => {
    const readings = fixtureReadings(plan, runtime.contextSteps, 11 + turn);
    return { plan, readings, sensors, steps: readings.steps };
  });
  const pipeline = { forecast: { quantiles: [0.1, 0.9], targets: ["speed", "flow"] } } as unknown as Pipeline;
  const panel = { sensors: plan.sensors, channels, startMs: 0, stepMs: plan.stepMs };
  const levels = [0.1, 0.9];
  const offsets = new Float64Array(2 * HORIZON * levels.length);
  return (turn) => {
    const data = turns[turn % turns.length]!;
    const { issued } = issueQuantiles({ data }, runtime, { quantiles: levels, offsets });
    const table = issueForecast({ pipeline, panel, data, rules }, issued);
    tableToParquet(table);
    tableToArrow(table);
  };
};
