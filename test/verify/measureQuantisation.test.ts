import { describe, expect, it } from "vitest";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import { createRuntime } from "../../src/edge/runtime.ts";
import { baselineForecast } from "../../src/series/baseline.ts";
import { computeFeatures, contextSteps } from "../../src/series/features.ts";
import { measureQuantisation } from "../../src/verify/measureQuantisation.ts";
import type { Judge } from "../../src/verify/Judge.ts";
import { createRealForecaster } from "../../src/verify/realForecaster.ts";
import { realModel } from "../../src/verify/realModel.ts";
import { fixtureMetadata, fixtureModel, fixturePlan, fixtureReadings, uniform } from "../edge/fixture.ts";
import { limitRule } from "../edge/fixture.ts";
import { floatForecast } from "../edge/references.ts";

const plan = fixturePlan();
const context = contextSteps(plan);

describe("real model", () => {
  it.each([1, 2])("is the trained one up to the rounding of its coefficients, %i cells", (layers) => {
    const trained = fixtureModel(plan, { layers, seed: 3, quantiles: [0.1] });
    const real = realModel(quantiseModel(trained, 16), trained.targets);
    const cells = [real, ...real.upper];
    [trained, ...trained.upper].forEach((cell, index) => {
      expect(cells[index]!.inputCodes).toEqual(cell.inputCodes);
      for (const name of ["alpha", "beta1", "beta2", "bias"] as const) {
        cell[name].forEach((value, row) => expect(cells[index]![name][row]).toBeCloseTo(value, 4));
      }
    });
    for (const name of ["hidden", "hiddenBias", "output", "skip", "outputBias"] as const) {
      trained.head[name].forEach((value, at) => expect(real.head[name][at]).toBeCloseTo(value, 3));
    }
    expect(real).toMatchObject({ inputs: trained.inputs, units: 6, horizonSteps: 4, quantiles: [0.1] });
  });
});

describe("real forecaster", () => {
  it.each([1, 2])("computes what the model's documentation says, %i cells", (layers) => {
    const model = fixtureModel(plan, { layers, seed: 4 });
    const forecaster = createRealForecaster(model);
    const random = uniform(5);
    for (let trial = 0; trial < 50; trial++) {
      const features = Float32Array.from({ length: 6 * model.inputs }, () => 2 * random() - 1);
      const baselines = Array.from({ length: 8 }, () => 100 * random());
      const { quanta } = floatForecast(model, features, baselines);
      forecaster(features, baselines).forEach((value, row) => {
        const { quantum } = model.targets[Math.floor(row / 4)]!;
        expect(value / quantum).toBeCloseTo(quanta[row]!, 6);
      });
    }
  });
});

describe("quantisation", () => {
  const model = fixtureModel(plan, { seed: 8 });
  const artefact = openArtefact(
    compileArtefact({
      model,
      features: plan,
      rules: [{ unrolled: limitRule(plan, 0, 5, 120), text: "limit", enforced: true }],
      metadata: fixtureMetadata,
    }),
  );
  const provider = { count: 40, window: (index: number) => fixtureReadings(plan, context, 50 + index, 0) };
  /** Smallest distance of a forecast speed from 5 and from 120 km/h. */
  const judge: Judge = {
    rule: "limit",
    judge: ({ steps, values }, origin) => {
      const speeds = [0, 1, 2].flatMap((sensor) => [
        ...values.subarray(sensor * steps + origin + 1, (sensor + 1) * steps),
      ]);
      const lower = Math.min(...speeds.map((speed) => Math.min(speed - 5, 120 - speed)));
      return { lower, upper: lower };
    },
  };

  it("finds the largest errors and differences, and the differences below the bound", () => {
    const slopes = [{ lipschitz: 1, channels: [0] }];
    const report = measureQuantisation({ artefact, provider, judges: [judge], slopes, windows: 40 });
    const real = realModel(artefact.model, model.targets);
    const runtime = createRuntime(artefact);
    let largest = 0;
    for (let window = 0; window < 40; window++) {
      const readings = provider.window(window);
      const { physical, raw } = runtime.forecast(readings);
      const features = computeFeatures(plan, readings, context - 6, context);
      const baselines = baselineForecast(plan, readings, context - 1);
      for (let sensor = 0; sensor < 3; sensor++) {
        const own = [0, 1].flatMap((target) => [
          ...baselines.subarray((target * 3 + sensor) * 4, (target * 3 + sensor) * 4 + 4),
        ]);
        const size = features.length / 3;
        const { quanta } = floatForecast(real, features.subarray(sensor * size, (sensor + 1) * size), own);
        for (let lead = 0; lead < 4; lead++) {
          largest = Math.max(largest, Math.abs(quanta[lead]! * 0.1 - physical(raw)[sensor * 4 + lead]!));
        }
      }
    }
    expect(report.channels.map(({ channel, unit }) => [channel, unit])).toEqual([
      ["speed", "km/h"],
      ["flow", "1"],
    ]);
    expect(report.channels[0]!.largestError).toBeCloseTo(largest, 9);
    const [rule] = report.rules;
    expect(rule).toMatchObject({
      name: "limit",
      enforced: true,
      lipschitz: 1,
      bound: report.channels[0]!.largestError,
    });
    expect(rule!.largestDifference).toBeGreaterThan(0);
    expect(rule!.largestDifference).toBeLessThanOrEqual(rule!.bound!);
    expect(rule).toMatchObject({ judged: 40 });
    expect(rule!.beyondBound).toBeGreaterThan(30);
  });

  it("says that nothing bounds a rule without a slope", () => {
    const slopes = [{ lipschitz: Infinity, channels: [0] }];
    const { rules } = measureQuantisation({ artefact, provider, judges: [judge], slopes, windows: 3 });
    expect(rules[0]).toMatchObject({ lipschitz: null, bound: null, beyondBound: 0, judged: 3 });
  });
});
