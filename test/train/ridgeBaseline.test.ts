import { describe, expect, it } from "vitest";
import type { Baseline } from "../../src/series/FeaturePlan.ts";
import { random } from "../../src/series/random.ts";
import { fitRidge, predictRidge } from "../../src/train/ridgeBaseline.ts";
import type { TrainingData } from "../../src/train/TrainingData.ts";
import { dataOf, panelOf, wavyPanel } from "./smallData.ts";

const PENALTY = 100;

/** Solves a x = b by Gauss-Jordan elimination with pivoting. */
const solved = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const size = b.length;
  for (let k = 0; k < size; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? k + i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const head = rows[k]!.map((value) => value / rows[k]![k]!);
    rows.forEach((row, i) => {
      const factor = row[k]!;
      rows[i] = i === k ? head : row.map((value, j) => value - factor * head[j]!);
    });
  }
  return rows.map((row) => row[size]!);
};

/** The last reading, or the one whole periods before the instant forecast that is the latest known. */
const baselineStepOf = (baseline: Baseline, origin: number, lead: number): number => {
  if (baseline.kind === "persistence") return origin;
  let step = origin + lead;
  while (step > origin) step -= baseline.periodSteps;
  return step;
};

/** Inputs of the regression by its description: features, readings back in time, baseline at both ends, 1. */
const inputsOf = (data: TrainingData, lags: number, sensor: number, origin: number): number[] => {
  const { plan } = data;
  const ends = [1, plan.horizonSteps].map((lead) => baselineStepOf(plan.baseline, origin, lead));
  const from = (sensor * data.steps + origin) * data.observed;
  const readings = plan.targets.flatMap((scaling, target) => {
    const unit =
      scaling.transform === "identity" ? scaling.deviation : Math.max(1, Math.abs(scaling.fallback));
    const held = (step: number): number =>
      data.held[(target * data.sensors + sensor) * data.steps + step]! / unit;
    return [...Array.from({ length: lags }, (_, lag) => held(origin - lag)), ...ends.map(held)];
  });
  return [...data.features.subarray(from, from + data.observed), ...readings, 1];
};

const predicted = (
  data: TrainingData,
  model: ReturnType<typeof fitRidge>,
  sensor: number,
  origin: number,
): number[] => {
  const forecast = new Float64Array(data.plan.targets.length * data.plan.horizonSteps);
  predictRidge(model, data, sensor, origin, forecast);
  return Array.from(forecast);
};

const wavy = (baseline: Baseline): TrainingData =>
  dataOf(wavyPanel(150, 4, 0.03), {
    baseline,
    targets: ["flow", "temperature"],
    log: ["flow"],
    windowSteps: 4,
    horizonSteps: 2,
    trainSteps: 100,
  });

describe("fitRidge", () => {
  it.each<[Baseline, number]>([
    [{ kind: "persistence" }, 4],
    [{ kind: "seasonal", periodSteps: 24 }, 28],
    [{ kind: "seasonal", periodSteps: 1 }, 5],
  ])("solves the penalised normal equations of the rows with a whole truth, %o", (baseline, first) => {
    const data = wavy(baseline);
    const span = { from: 0, to: 100 };
    const stride = 2;
    const model = fitRidge(data, span, stride);
    const at = (target: number, sensor: number, step: number): number =>
      data.truth[(target * 3 + sensor) * 150 + step]!;
    const held = (target: number, sensor: number, step: number): number =>
      data.held[(target * 3 + sensor) * 150 + step]!;
    for (const target of [0, 1]) {
      const rows: number[][] = [];
      const residuals: number[][] = [];
      for (let sensor = 0; sensor < 3; sensor++) {
        for (let origin = first; origin < 98; origin += stride) {
          const row = [1, 2].map(
            (lead) =>
              at(target, sensor, origin + lead) -
              held(target, sensor, baselineStepOf(baseline, origin, lead)),
          );
          if (row.some(Number.isNaN)) continue;
          rows.push(inputsOf(data, 4, sensor, origin));
          residuals.push(row);
        }
      }
      const width = rows[0]!.length;
      const indices = Array.from({ length: width }, (_, i) => i);
      const normal = indices.map((i) =>
        indices.map((j) => {
          const sum = rows.reduce((total, row) => total + row[i]! * row[j]!, 0);
          return i === j && i < width - 1 ? sum + PENALTY : sum;
        }),
      );
      for (const lead of [0, 1]) {
        const right = indices.map((i) =>
          rows.reduce((total, row, k) => total + row[i]! * residuals[k]![lead]!, 0),
        );
        const expected = solved(normal, right);
        for (const [sensor, origin] of [
          [0, 50],
          [1, 120],
          [2, 147],
        ] as const) {
          const inputs = inputsOf(data, 4, sensor, origin);
          const correction = inputs.reduce((sum, value, i) => sum + value * expected[i]!, 0);
          const forecast = predicted(data, model, sensor, origin)[target * 2 + lead]!;
          const start = held(target, sensor, baselineStepOf(baseline, origin, lead + 1));
          expect(forecast - start).toBeCloseTo(correction, 6);
        }
      }
    }
  });

  it("finds a linear law: noise-driven readings that follow 0.6 and 0.3 of the two before", () => {
    const source = random(5);
    const steps = 6000;
    const series = Array.from({ length: steps }, () => 0);
    for (let step = 2; step < steps; step++) {
      series[step] = 0.6 * series[step - 1]! + 0.3 * series[step - 2]! + source.normal();
    }
    const data = dataOf(panelOf([[series]], ["flow"]), {
      targets: ["flow"],
      windowSteps: 4,
      horizonSteps: 1,
    });
    const model = fitRidge(data, { from: 0, to: 4200 }, 1);
    let error = 0;
    let persistence = 0;
    for (let origin = 4300; origin < 5900; origin++) {
      const law = 0.6 * series[origin]! + 0.3 * series[origin - 1]!;
      error += (predicted(data, model, 0, origin)[0]! - law) ** 2;
      persistence += (series[origin]! - law) ** 2;
    }
    // Some twenty coefficients on 4200 rows of unit noise: a mean square of 20 / 4200, and the penalty's share.
    expect(error / 1600).toBeLessThan(0.015);
    expect(error).toBeLessThan(0.05 * persistence);
  });

  it("sees its span alone: later readings do not change it", () => {
    const panel = wavyPanel(150, 6, 0.03);
    const later = { ...panel, values: panel.values.map((value, k) => (k % 150 < 100 ? value : 1000 + k)) };
    const options = { targets: ["flow"], windowSteps: 4, trainSteps: 100 };
    const span = { from: 0, to: 100 };
    const before = fitRidge(dataOf(panel, options), span, 1);
    expect(fitRidge(dataOf(later, options), span, 1)).toEqual(before);
    expect(fitRidge(dataOf(later, options), { from: 0, to: 101 }, 1)).not.toEqual(before);
  });

  it("is the baseline where nothing can be learned: no row, or a series that never moves", () => {
    const gaps = dataOf(
      panelOf([[Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? 5 : Number.NaN))]], ["flow"]),
      {
        targets: ["flow"],
        horizonSteps: 3,
        windowSteps: 4,
      },
    );
    expect(predicted(gaps, fitRidge(gaps, { from: 0, to: 28 }, 1), 0, 30)).toEqual([5, 5, 5]);
    const stuck = dataOf(panelOf([[Array.from({ length: 40 }, () => 7)]], ["flow"]), {
      targets: ["flow"],
      windowSteps: 4,
    });
    predicted(stuck, fitRidge(stuck, { from: 0, to: 28 }, 1), 0, 30).forEach((value) =>
      expect(value).toBeCloseTo(7, 9),
    );
  });
});
