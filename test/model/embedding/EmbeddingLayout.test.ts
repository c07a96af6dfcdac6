import { describe, expect, it } from "vitest";
import {
  composeEmbedding,
  type EmbeddingLayout,
  hashedLayout,
  quotientLayout,
  startingScale,
  storedGradient,
  tableLayout,
} from "../../../src/model/embedding/EmbeddingLayout.ts";
import { composedParameters, withEmbedding } from "../../../src/model/embedding/withEmbedding.ts";
import { randomTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { initialParameters } from "../../../src/model/initialParameters.ts";
import { MEAN_SENSOR } from "../../../src/model/meanSensor.ts";
import { runFused } from "../../../src/model/runFused.ts";
import { random } from "../../../src/series/random.ts";

const SENSORS = 7;
const WIDTH = 3;
const names = Array.from({ length: SENSORS }, (_, k) => `street ${k}`);
const source = random(3);
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => source.normal());
const layouts: readonly (readonly [string, EmbeddingLayout])[] = [
  ["table", tableLayout(randomTable(SENSORS, random(1)))],
  ["hashed", hashedLayout(names, 4)],
  ["quotient", quotientLayout(SENSORS)],
  ["features", { kind: "features", rows: 5, features: numbers(SENSORS * 5) }],
];

describe.each(layouts)("the %s layout", (_, layout) => {
  const stored = numbers(layout.rows * WIDTH);

  it("takes the gradient back as central differences do", () => {
    const weights = numbers(SENSORS * WIDTH);
    const loss = (rows: Float32Array): number =>
      composeEmbedding(layout, rows, WIDTH).reduce((sum, value, k) => sum + weights[k]! * value, 0);
    const gradient = storedGradient(layout, stored, weights, WIDTH);
    expect(gradient).toHaveLength(stored.length);
    const step = 2 ** -6;
    for (let k = 0; k < stored.length; k++) {
      const at = (by: number): number => loss(stored.with(k, stored[k]! + by));
      expect(Math.abs((at(step) - at(-step)) / (2 * step) - gradient[k]!)).toBeLessThan(1e-4);
    }
  });

  it("starts vectors with about the deviation of a full table", () => {
    const rows = random(8);
    let squares = 0;
    for (let run = 0; run < 400; run++) {
      const drawn = Float32Array.from(
        { length: layout.rows * WIDTH },
        () => 0.3 * startingScale(layout, 0.3) * rows.normal(),
      );
      for (const value of composeEmbedding(layout, drawn, WIDTH)) squares += value * value;
    }
    const deviation = Math.sqrt(squares / (400 * SENSORS * WIDTH));
    expect(deviation).toBeGreaterThan(0.2);
    expect(deviation).toBeLessThan(0.45);
  });

  it("runs as the composed vectors do, mean sensor and all", () => {
    const shape = { observed: 2, embedding: WIDTH, sensors: SENSORS, units: 4, headUnits: 3, outputs: 2 };
    const draw = random(5);
    const whole = initialParameters(shape, () => draw.normal());
    const parameters = {
      ...whole,
      embedding: stored,
      skipWeights: whole.skipWeights.map(() => draw.normal()),
      outputWeights: whole.outputWeights.map(() => draw.normal()),
    };
    const input = {
      features: numbers(6 * 4 * 2),
      steps: 6,
      sensors: Int32Array.of(0, 3, 3, MEAN_SENSOR),
      scoredFrom: 2,
    };
    const outputGradient = numbers(4 * 4 * 2);
    const composed = composedParameters(parameters, layout, WIDTH);
    expect(composed.embedding).toHaveLength(SENSORS * WIDTH);
    const plain = runFused(composed, shape, input, { ternary: false });
    const own = withEmbedding(runFused, layout)(parameters, shape, input, { ternary: false });
    expect(own.outputs).toEqual(plain.outputs);
    const expected = plain.backward(outputGradient);
    const { embedding, ...rest } = own.backward(outputGradient);
    expect(rest).toEqual(
      Object.fromEntries(Object.entries(expected).filter(([name]) => name !== "embedding")),
    );
    expect(embedding).toEqual(storedGradient(layout, stored, expected.embedding, WIDTH));
  });
});

it("gives no two sensors the same rows, but for the hash", () => {
  for (const layout of [tableLayout(randomTable(50, random(2))), quotientLayout(50)]) {
    if (layout.kind === "features") throw new Error("no rows");
    const pairs = new Set(layout.parts[0]!.map((row, sensor) => row * 100 + layout.parts[1]![sensor]!));
    expect(pairs.size).toBe(50);
    expect(Math.max(...layout.parts.flatMap((part) => [...part]))).toBeLessThan(layout.rows);
  }
});

it("spreads the hashes of names over the rows, and gives a name the same row everywhere", () => {
  const many = Array.from({ length: 2000 }, (_, k) => `detector ${k}`);
  const layout = hashedLayout(many, 20);
  if (layout.kind === "features") throw new Error("no rows");
  const counts = new Int32Array(20);
  for (const row of layout.parts[0]!) counts[row]!++;
  // 100 each, with a deviation of 10.
  expect(Math.min(...counts)).toBeGreaterThan(50);
  expect(Math.max(...counts)).toBeLessThan(150);
  const [alone] = [hashedLayout(["detector 77"], 20)];
  expect(alone.kind !== "features" && alone.parts[0]![0]).toBe(layout.parts[0]![77]);
});

it("without a layout is the forecaster itself", () => {
  expect(withEmbedding(runFused, undefined)).toBe(runFused);
});
