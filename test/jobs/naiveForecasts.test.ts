import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
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

describe("decodedForecasts with quantile heads", () => {
  it("decodes each block as a median of its own, and gives quantiles that ascend around the median", () => {
    const levels = [0.1, 0.75, 0.9];
    const origins = Int32Array.of(3, 5);
    const source = random(17);
    const width = data.plan.targets.length * data.plan.horizonSteps;
    const rows = origins.length * data.sensors;
    const outputs = Float32Array.from({ length: rows * 4 * width }, () => source.normal());
    const block = (index: number): Float32Array => {
      const own = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        const from = (row * 4 + index) * width;
        own.set(outputs.subarray(from, from + width), row * width);
      }
      return decodedForecasts("float", data, origins, own).values;
    };
    const blocks = [0, 1, 2, 3].map(block);
    const { quantiles, values } = decodedForecasts("float", data, origins, outputs, levels);
    expect(values).toEqual(blocks[0]);
    let crossed = 0;
    values.forEach((median, k) => {
      const learned = [1, 2, 3].map((index) => blocks[index]![k]!);
      const sorted = [...learned].sort((a, b) => a - b);
      if (learned.some((value, index) => value !== sorted[index])) crossed++;
      const [row, cell] = [Math.floor(k / width), k % width];
      const at = [0, 1, 2].map((index) => quantiles![(row * 3 + index) * width + cell]!);
      expect(at).toEqual([
        Math.min(sorted[0]!, median),
        Math.max(sorted[1]!, median),
        Math.max(sorted[2]!, median),
      ]);
    });
    expect(crossed).toBeGreaterThan(rows);
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
