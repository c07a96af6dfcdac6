import { describe, expect, it } from "vitest";
import type { EventStream } from "../../../experiments/lightrnn/EventStream.ts";
import {
  chainPerplexity,
  countingPerplexity,
  modelBytes,
} from "../../../experiments/lightrnn/lightrnnTable.ts";

const streamOf = (training: readonly number[], test: readonly number[]): EventStream => ({
  name: "",
  detectors: 3,
  training: Int32Array.from(training),
  validation: new Int32Array(0),
  test: Int32Array.from(test),
});

describe("what stands beside the models", () => {
  // 0 comes three times, 1 twice, 2 never; with one more each: 4/8, 3/8, 1/8.
  const training = [0, 1, 0, 1, 0];

  it("counts each detector once more than it came", () => {
    expect(countingPerplexity(streamOf(training, [0, 2]))).toBeCloseTo((2 * 8) ** 0.5, 12);
  });

  it("counts followers, and shares out the rest by how often each comes", () => {
    // 0 was followed twice, by 1 alone: P(1 | 0) = (2 + 3/8) / 3, P(2 | 0) = (1/8) / 3.
    expect(chainPerplexity(streamOf(training, [0, 1]))).toBeCloseTo(3 / (2 + 3 / 8), 12);
    expect(chainPerplexity(streamOf(training, [0, 2]))).toBeCloseTo(24, 12);
    // 2 was never followed.
    expect(chainPerplexity(streamOf(training, [2, 0]))).toBeCloseTo(2, 12);
    const sum = [0, 1, 2].reduce((all, to) => all + 1 / chainPerplexity(streamOf(training, [1, to])), 0);
    expect(sum).toBeCloseTo(1, 12);
  });
});

describe("modelBytes", () => {
  it("takes two bits for a ternary weight, four bytes for all else", () => {
    const shape = { cell: "gru", multiplicative: true, units: 4, inputs: 2, codes: [2, 2] } as const;
    // Tables 4 (2 + 4 + 1), cell 12 (2 + 4) weights and 12 times 4, four cells.
    expect(modelBytes(shape, 4)).toBe(4 * (28 + 72 + 48 + 4));
    expect(modelBytes({ ...shape, ternary: true }, 4)).toBe(4 * (28 + 48 + 4) + 18);
  });
});
