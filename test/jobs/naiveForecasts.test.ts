import { describe, expect, it } from "vitest";
import {
  decodedForecasts,
  persistenceForecasts,
  ridgeForecasts,
  seasonalForecasts,
} from "../../src/jobs/naiveForecasts.ts";
import { fitRidge, predictRidge } from "../../src/train/ridgeBaseline.ts";
import { dataOf, panelOf, wavyData } from "../train/smallData.ts";

const missing = Number.NaN;

/** Two sensors, two targets; a reading tells its place: hundreds the target, tens the sensor, ones the step. */
const data = dataOf(
  panelOf(
    [1, 2].map((target) =>
      [1, 2].map((sensor) => Array.from({ length: 10 }, (_, step) => target * 100 + sensor * 10 + step)),
    ),
    ["flow", "temperature"],
  ),
  { targets: ["flow", "temperature"], horizonSteps: 3 },
);

/** Rows of [origin][sensor], each [target][lead], from the steps that the leads look at. */
const rowsAt = (steps: readonly (readonly number[])[]): number[] =>
  steps.flatMap((leads) =>
    [1, 2].flatMap((sensor) =>
      [1, 2].flatMap((target) => leads.map((step) => target * 100 + sensor * 10 + step)),
    ),
  );

describe("persistenceForecasts", () => {
  it("repeats the reading of the origin", () => {
    const { model, values } = persistenceForecasts(data, Int32Array.of(4, 9));
    expect(model).toBe("persistence");
    expect(Array.from(values)).toEqual(
      rowsAt([
        [4, 4, 4],
        [9, 9, 9],
      ]),
    );
  });

  it("holds a reading over a gap of two steps, and falls back after it", () => {
    const gappy = dataOf(panelOf([[[5, 8, missing, missing, missing, 7, 9]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 1,
      trainSteps: 6,
    });
    // Readings 5, 7, 8 of the training span: the fallback is their median.
    expect(Array.from(persistenceForecasts(gappy, Int32Array.of(1, 2, 3, 4, 5)).values)).toEqual([
      8, 8, 8, 7, 7,
    ]);
  });
});

describe("seasonalForecasts", () => {
  it.each<[number, number[]]>([
    // Origin 6 forecasts the steps 7, 8, 9.
    [5, [2, 3, 4]],
    [3, [4, 5, 6]],
    [2, [5, 6, 5]],
    [1, [6, 6, 6]],
    // One season before the start of the recording its first step stands in.
    [8, [0, 0, 1]],
  ])("with a season of %i steps looks at the steps %j", (season, steps) => {
    const { model, values } = seasonalForecasts(data, Int32Array.of(6), season);
    expect(model).toBe("seasonal naive");
    expect(Array.from(values)).toEqual(rowsAt([steps]));
  });
});

describe("decodedForecasts", () => {
  it("with zero outputs is the baseline, with others lies their deviations away", () => {
    const origins = Int32Array.of(3, 5);
    const rows = rowsAt([
      [3, 3, 3],
      [5, 5, 5],
    ]);
    expect(decodedForecasts("float", data, origins, new Float32Array(24))).toEqual({
      model: "float",
      values: Float32Array.from(rows),
    });
    const outputs = Float32Array.from({ length: 24 }, (_, k) => (k % 5) - 2);
    const { values } = decodedForecasts("ternary", data, origins, outputs);
    rows.forEach((start, k) => {
      const { deviation } = data.plan.targets[Math.floor(k / 3) % 2]!;
      expect(values[k]).toBeCloseTo(start + deviation * outputs[k]!, 4);
    });
  });
});

describe("ridgeForecasts", () => {
  it("predicts each sensor at each origin with the model of the training span", () => {
    const wavy = wavyData(200, 8, { windowSteps: 4 });
    const training = { from: 0, to: 140 };
    const origins = Int32Array.of(150, 180);
    const model = fitRidge(wavy, training, 1);
    const { values } = ridgeForecasts(wavy, origins, training);
    const expected = Array.from(origins).flatMap((origin) =>
      [0, 1, 2].flatMap((sensor) => {
        const forecast = new Float64Array(6);
        predictRidge(model, wavy, sensor, origin, forecast);
        return Array.from(forecast, Math.fround);
      }),
    );
    expect(Array.from(values)).toEqual(expected);
  });
});
