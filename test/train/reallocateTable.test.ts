import { describe, expect, it } from "vitest";
import { tableLayout } from "../../src/model/embedding/EmbeddingLayout.ts";
import { withEmbedding } from "../../src/model/embedding/withEmbedding.ts";
import { initialParameters } from "../../src/model/initialParameters.ts";
import { runFused } from "../../src/model/runFused.ts";
import { columnOf, randomTable, rowOf, sharedTable } from "../../src/model/sharedTable/SharedTable.ts";
import { random } from "../../src/series/random.ts";
import { reallocateTable, vectorCost } from "../../src/train/reallocateTable.ts";
import { validate } from "../../src/train/validate.ts";
import { dataOf, panelOf, shapeOf, smallSettings } from "./smallData.ts";

describe("vectorCost", () => {
  it("is the second-order loss of each row and column, 0 where the sensor stands", () => {
    const table = randomTable(7, random(2));
    const width = 2;
    const source = random(4);
    const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => source.normal());
    const stored = numbers(2 * table.side * width);
    const gradient = numbers(7 * width);
    const cost = vectorCost(table, stored, gradient, 0.7);
    const vector = (row: number): Float32Array => stored.subarray(row * width, (row + 1) * width);
    for (let sensor = 0; sensor < 7; sensor++) {
      for (const [sums, own, first] of [
        [cost.rows, rowOf(table, sensor), 0],
        [cost.columns, columnOf(table, sensor), table.side],
      ] as const) {
        for (let place = 0; place < table.side; place++) {
          const way = vector(first + place).map((value, k) => value - vector(first + own)[k]!);
          const slope = way.reduce((sum, value, k) => sum + value * gradient[sensor * width + k]!, 0);
          const square = way.reduce((sum, value) => sum + value * value, 0);
          expect(sums[sensor * table.side + place]).toBeCloseTo(slope + 0.35 * square, 5);
        }
        expect(sums[sensor * table.side + own]).toBe(0);
      }
    }
  });
});

describe("reallocateTable", () => {
  // Nine sensors: each rises at every step by what its place in a table says.
  const rise = (sensor: number): number => Math.floor(sensor / 3) - 1 + 0.1 * (sensor % 3);
  const panel = panelOf(
    [
      Array.from({ length: 9 }, (_, sensor) =>
        Array.from({ length: 160 }, (_step, step) => 20 + rise(sensor) * step + Math.sin(step)),
      ),
    ],
    ["flow"],
  );
  const data = dataOf(panel, { targets: ["flow"] });
  const shape = shapeOf(data, 1);
  const job = {
    data,
    shape,
    run: runFused,
    settings: smallSettings,
    training: { from: 0, to: 110 },
  };
  const source = random(6);
  const start = initialParameters({ ...shape, sensors: 6 }, () => source.normal());
  /** The head adds the vector, in units of the deviation, to every lead. */
  const skipWeights = start.skipWeights.map((_, k) =>
    Math.floor(k / shape.outputs) === shape.units + shape.observed ? 1 : 0,
  );
  const parameters = { ...start, skipWeights, embedding: Float32Array.of(-0.03, 0, 0.03, -0.003, 0, 0.003) };
  const scale = new Float64Array(shape.outputs).fill(1);
  const table = randomTable(9, random(12));

  it("moves sensors so that the gradient of the loss wants them there", () => {
    const { moved, table: next } = reallocateTable(job, parameters, table, scale, 1);
    expect(moved).toBeGreaterThan(3);
    expect([...next.cellOf].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 9 }, (_, k) => k));
    const lossOf = (given: typeof table): number =>
      validate(
        withEmbedding(runFused, tableLayout(given)),
        parameters,
        shape,
        data,
        job.training,
        1,
        scale,
        [],
        false,
      ).loss;
    expect(lossOf(next)).toBeLessThan(0.95 * lossOf(table));
  });

  it("is the same for the same epoch, and keeps the table where nothing is gained", () => {
    expect(reallocateTable(job, parameters, table, scale, 2)).toEqual(
      reallocateTable(job, parameters, table, scale, 2),
    );
    const flat = { ...parameters, embedding: new Float32Array(6) };
    expect(reallocateTable(job, flat, table, scale, 1)).toEqual({ table, moved: 0 });
    expect(sharedTable(9, table.cellOf)).toEqual(table);
  });
});
