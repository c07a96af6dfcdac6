import { setTimeout } from "node:timers/promises";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { sharedKernelThread } from "../../src/kernels/KernelThread.ts";
import { selectBackend } from "../../src/model/backend.ts";
import type { RunForecaster } from "../../src/model/ForecasterRun.ts";
import { MEAN_SENSOR } from "../../src/model/meanSensor.ts";
import { type ForecasterShape, parameterNames, type Parameters } from "../../src/model/Parameters.ts";
import { fusedForecaster, runFused } from "../../src/model/runFused.ts";
import { runTensors } from "../../src/model/runTensors.ts";
import { random } from "../../src/series/random.ts";
import { movedParameters } from "./smallForecaster.ts";

beforeAll(async () => {
  await selectBackend();
});

interface Case {
  readonly shape: ForecasterShape;
  readonly parameters: Parameters;
  readonly features: Float32Array;
  readonly steps: number;
  readonly sensors: Int32Array;
  readonly scoredFrom: number;
  readonly ternary: boolean;
  readonly dropout: Float32Array | undefined;
  readonly outputGradient: Float32Array;
}

const runBy = (run: RunForecaster, from: Case): { outputs: Float32Array; gradients: Parameters } => {
  const { outputs, backward } = run(from.parameters, from.shape, from, {
    ternary: from.ternary,
    ...(from.dropout && { dropout: from.dropout }),
  });
  return { outputs, gradients: backward(from.outputGradient) };
};

const small = fc.integer({ min: 1, max: 9 });
const cases = (batches: fc.Arbitrary<number>, warmups: fc.Arbitrary<number>): fc.Arbitrary<Case> =>
  fc
    .record({
      observed: small,
      embedding: fc.integer({ min: 0, max: 3 }),
      units: small,
      layers: fc.integer({ min: 1, max: 3 }),
      headUnits: small,
      outputs: small,
      batch: batches,
      warmup: warmups,
      scored: small,
      ternary: fc.boolean(),
      dropped: fc.boolean(),
      choice: fc.record({
        cell: fc.constantFrom("rnn" as const, "lstm" as const, "gru" as const),
        multiplicative: fc.boolean(),
        weights: fc.constantFrom(
          "rowScale" as const,
          "hitnet" as const,
          "weightNorm" as const,
          "bitnet" as const,
        ),
        state: fc.constantFrom("none" as const, "int8" as const, "ternary" as const, "uniform" as const),
        slope: fc.constantFrom(1, 1.5),
      }),
      seed: fc.nat(1000),
    })
    .map(({ batch, dropped, scored, seed, ternary, warmup, ...sizes }) => {
      const shape = { ...sizes, sensors: 4 };
      const source = random(seed, 2);
      const normals = (length: number): Float32Array => Float32Array.from({ length }, () => source.normal());
      const steps = warmup + scored;
      return {
        shape,
        parameters: movedParameters(shape, seed),
        features: normals(steps * batch * shape.observed),
        steps,
        sensors: Int32Array.from({ length: batch }, () => {
          const place = Math.floor(5 * source.uniform());
          return place === 4 ? MEAN_SENSOR : place;
        }),
        scoredFrom: warmup,
        ternary,
        dropout: dropped
          ? Float32Array.from({ length: scored * batch * shape.units }, () =>
              source.uniform() < 0.3 ? 0 : 1 / 0.7,
            )
          : undefined,
        outputGradient: normals(scored * batch * shape.outputs),
      };
    });

const smallCases = cases(small, fc.integer({ min: 0, max: 4 }));

/** Largest distance of an element, relative to the largest of the expected ones. */
const distance = (actual: Float32Array, expected: Float32Array): number => {
  expect(actual.length).toBe(expected.length);
  const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const worst = actual.reduce((largest, value, k) => Math.max(largest, Math.abs(value - expected[k]!)), 0);
  return size === 0 ? worst : worst / size;
};

describe("fusedForecaster", () => {
  it("gives the same bytes on two threads as on one, of batches large enough for both", async () => {
    const thread = sharedKernelThread();
    for (let k = 0; k < 1000 && !thread.ready; k++) await setTimeout(5);
    const start = vi.spyOn(thread, "start");
    const onTwo = fusedForecaster(2);
    fc.assert(
      fc.property(cases(fc.integer({ min: 32, max: 70 }), fc.constant(40)), (from) => {
        expect(runBy(onTwo, from)).toEqual(runBy(runFused, from));
      }),
      { seed: 6, numRuns: 40 },
    );
    expect(start.mock.results.some(({ value }) => value === true)).toBe(true);
  });
});

describe("runFused", () => {
  it("has the outputs and the gradients of the tensor form, of any shape", () => {
    fc.assert(
      fc.property(smallCases, (from) => {
        const expected = runBy(runTensors, from);
        const actual = runBy(runFused, from);
        // A state on the edge between two codes of int8 may fall to either side; it would show as some 1e-3.
        expect(distance(actual.outputs, expected.outputs)).toBeLessThan(1e-4);
        for (const name of parameterNames) {
          expect([name, distance(actual.gradients[name], expected.gradients[name]) < 1e-4]).toEqual([
            name,
            true,
          ]);
        }
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  it("gives the same bytes again, and a head without a hidden layer is linear", () => {
    const [from] = fc.sample(smallCases, { seed: 5, numRuns: 1 }) as [Case];
    expect(runBy(runFused, from)).toEqual(runBy(runFused, from));
    const shape = { ...from.shape, headUnits: 0 };
    const parameters = movedParameters(shape, 3);
    const at = (scale: number): Float32Array => {
      const moved = { ...parameters, skipWeights: parameters.skipWeights.map((value) => scale * value) };
      return runFused(moved, shape, from, { ternary: false }).outputs;
    };
    const [none, one, three] = [at(0), at(1), at(3)];
    one.forEach((value, k) => expect(three[k]! - none[k]!).toBeCloseTo(3 * (value - none[k]!), 3));
  });
});
