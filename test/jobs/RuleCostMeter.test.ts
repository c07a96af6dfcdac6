import { describe, expect, it } from "vitest";
import { compileArtefact, createRuntime, openArtefact } from "../../src/edge/index.ts";
import { RuleCostMeter } from "../../src/jobs/RuleCostMeter.ts";
import { ruleFight } from "../../src/report/ruleFight.ts";
import { prepareTrainingData } from "../../src/train/TrainingData.ts";
import { fixtureMetadata, fixtureModel, fixturePlan, fixtureReadings, limitRule } from "../edge/fixture.ts";

const plan = fixturePlan();
const STEPS = 160;
const readings = fixtureReadings(plan, STEPS, 5);
const data = prepareTrainingData({ ...plan, embedding: plan.sensors.map(() => []) }, readings);
/** Below the median of the speeds, which is about 55. */
const LOW = 45;
const artefact = openArtefact(
  compileArtefact({
    model: fixtureModel(plan),
    features: plan,
    rules: [
      { unrolled: { ...limitRule(plan, 0, 0, LOW), name: "low" }, text: "low", enforced: true },
      // Watched only, and wide enough for every forecast.
      { unrolled: { ...limitRule(plan, 0, 0, 150), name: "wide" }, text: "wide", enforced: false },
    ],
    metadata: fixtureMetadata,
  }),
);
const runtime = createRuntime(artefact);
const [from, to] = [runtime.contextSteps, STEPS - plan.horizonSteps];

const meter = new RuleCostMeter(artefact, data, ["km/h", "1"], [0, 1, 2]);
interface Window {
  readonly raw: readonly number[];
  readonly truth: readonly number[];
}
/** Speeds forecast and read, of the windows whose origin was read. */
const windows: Window[] = [];
runtime.forecastSpan(readings, from, to, (forecast, origin) => {
  meter.add(forecast, origin);
  const raw = forecast.physical(forecast.raw);
  plan.sensors.forEach((_, sensor) => {
    const series = readings.values.subarray(sensor * STEPS, (sensor + 1) * STEPS);
    if (Number.isNaN(series[origin]!)) return;
    windows.push({
      raw: [...raw.subarray(sensor * plan.horizonSteps, (sensor + 1) * plan.horizonSteps)],
      truth: [...series.subarray(origin + 1, origin + 1 + plan.horizonSteps)],
    });
  });
});
const [low, wide] = meter.costs();

const errorsOf = (of: readonly Window[], moved: (value: number) => number): number => {
  const errors = of.flatMap(({ raw, truth }) =>
    raw.map((value, lead) => Math.abs(moved(value) - truth[lead]!)),
  );
  const judged = errors.filter((error) => !Number.isNaN(error));
  return judged.reduce((sum, error) => sum + error, 0) / judged.length;
};
const same = (value: number): number => value;
/** The shield keeps a margin of 1.5 quanta of 0.1, rounded up. */
const clamped = (value: number): number => Math.min(value, LOW - 0.2);

describe("RuleCostMeter", () => {
  it("comes to the cost of clamping, over all windows and over those that it changes", () => {
    const changed = windows.filter(({ raw }) => raw.some((value) => value > LOW - 0.2));
    expect(changed.length).toBeGreaterThan(windows.length / 3);
    expect(changed.length).toBeLessThan(windows.length);
    const [speed] = low!;
    expect(speed!.mae).toBeCloseTo(errorsOf(windows, same), 4);
    expect(speed!.rise).toBeCloseTo(errorsOf(windows, clamped) - errorsOf(windows, same), 2);
    expect(speed!.changedShare).toBeCloseTo(changed.length / windows.length, 2);
    expect(speed!.riseWhereChanged).toBeCloseTo(errorsOf(changed, clamped) - errorsOf(changed, same), 1);
    expect(speed!.rise).toBeGreaterThan(1);
  });

  it("finds no cost where a rule changes nothing: in another target, or by a rule that is kept", () => {
    expect(low![1]).toMatchObject({
      channel: "flow",
      rise: 0,
      changedShare: 0,
      riseWhereChanged: Number.NaN,
    });
    expect(wide!.map(({ changedShare, rise }) => [rise, changedShare])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(wide![0]!.mae).toBe(low![0]!.mae);
  });

  it("makes the rule that fights the data known by name of the target, and not the rule that they keep", () => {
    const kept = { truth: 1, float: 1, ternary: 1, shielded: 1 };
    expect(ruleFight({ cost: low!, rates: kept })).toMatch(
      /^enforced alone it raises the error of speed by [\d.]+\u00a0km\/h \([\d.]+\u00a0%\)$/u,
    );
    expect(ruleFight({ cost: wide!, rates: kept })).toBeUndefined();
  });
});
