import { expect, it } from "vitest";
import { leastPulseError } from "../../../experiments/stlnet/leastPulseError.ts";
import { drawTraces, tasks } from "../../../experiments/stlnet/tasks.ts";
import { random } from "../../../src/series/random.ts";

it("is that of the mean, and of the mean with one sample on the limit, over drawn traces", () => {
  const pulse = tasks.find(({ name }) => name === "pulse")!;
  const { given, steps } = pulse;
  const traces = drawTraces(pulse, random(2), "test", 20_000);
  const rest = steps - given;
  const squares = { free: 0, keeping: 0 };
  for (let start = 0; start < traces.length; start += steps) {
    const trace = traces.subarray(start, start + steps);
    const isSeen = trace.indexOf(1) < given;
    for (let at = given; at < steps; at++) {
      const mean = isSeen ? 0 : 1 / rest;
      squares.free += (trace[at]! - mean) ** 2;
      squares.keeping += (trace[at]! - (!isSeen && at === steps - 1 ? 0.99 : mean)) ** 2;
    }
  }
  const samples = (traces.length / steps) * rest;
  const { free, keeping } = leastPulseError({ steps, given, limit: 0.99 });
  expect(Math.sqrt(squares.free / samples)).toBeCloseTo(free, 3);
  expect(Math.sqrt(squares.keeping / samples)).toBeCloseTo(keeping, 2);
});

it("is found by no search over forecasts of a short trace", () => {
  // One of two samples is 1; a forecast on a grid, of which one sample must be 0.8 at least.
  const grid = Array.from({ length: 41 }, (_, k) => k / 40);
  const errorOf = (a: number, b: number): number =>
    Math.sqrt(((1 - a) ** 2 + b ** 2 + a ** 2 + (1 - b) ** 2) / 4);
  const errors = grid.flatMap((a) =>
    grid.map((b) => ({ error: errorOf(a, b), kept: Math.max(a, b) >= 0.8 })),
  );
  const least = (among: typeof errors): number => Math.min(...among.map(({ error }) => error));
  const { free, keeping } = leastPulseError({ steps: 2, given: 0, limit: 0.8 });
  expect(least(errors)).toBeCloseTo(free, 12);
  expect(least(errors.filter(({ kept }) => kept))).toBeCloseTo(keeping, 12);
});
