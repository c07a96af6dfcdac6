import { describe, expect, it } from "vitest";
import {
  copyTraining,
  Student,
  type StudentTraining,
  type TraceLoss,
} from "../../../experiments/stlnet/Student.ts";
import { drawTraces, tasks } from "../../../experiments/stlnet/tasks.ts";
import { random } from "../../../src/series/random.ts";

const waves = tasks.find(({ name }) => name === "waves")!;
const width = 2 * waves.steps;
const traces = drawTraces(waves, random(8), "training", 256);
const training: StudentTraining = { epochs: 12, batch: 32, peakRate: 1e-2, ternary: false, seed: 4 };

const squared: TraceLoss = (forecasts, truths) => {
  const gradient = forecasts.map((value, k) => (2 * (value - truths[k]!)) / forecasts.length);
  return { loss: gradient.reduce((sum, slope) => sum + (slope * slope * forecasts.length) / 4, 0), gradient };
};

describe.each(["direct", "stepwise"] as const)("%s", (decoding) => {
  const student = new Student(waves, { decoding, cell: { cell: "gru", multiplicative: true }, units: 8 });
  const parameters = student.initial(4);

  it("forecasts from the given samples alone, which it hands on", () => {
    const other = traces.map((value, k) => (k % waves.steps < waves.given ? value : value + 7));
    const trained = student.initial(5);
    student.train(trained, traces, squared, { ...training, epochs: 1 });
    const forecasts = student.forecast(trained, traces, false);
    expect(student.forecast(trained, other, false)).toEqual(forecasts);
    const isGiven = (_: number, k: number): boolean => k % waves.steps < waves.given;
    expect(forecasts.filter(isGiven)).toEqual(traces.filter(isGiven));
    expect(forecasts.some((value, k) => !isGiven(value, k) && value === 0)).toBe(false);
  });

  it("gets better by training, in float and in ternary, and alike from the same seed", () => {
    const errorOf = (from: typeof parameters, ternary: boolean): number =>
      squared(student.forecast(from, traces, ternary), traces, 0).loss;
    const before = errorOf(parameters, false);
    const [one, two] = [student.initial(4), student.initial(4)];
    student.train(one, traces, squared, training);
    student.train(two, traces, squared, training);
    expect(one).toEqual(two);
    expect(errorOf(one, false)).toBeLessThan(0.7 * before);
    student.train(one, traces, squared, { ...training, ternary: true });
    expect(errorOf(one, true)).toBeLessThan(0.8 * before);
  });

  it("goes on from a copy of a training as the training itself does", () => {
    const straight = student.initial(4);
    student.train(straight, traces, squared, training);
    const state = student.begin(student.initial(4), traces, training);
    // In the middle of an epoch.
    student.proceed(state, traces, squared, training, 11);
    const copy = copyTraining(state);
    const other = copyTraining(state);
    student.proceed(other, traces, () => ({ loss: 0, gradient: new Float64Array(32 * width) }), training);
    student.proceed(copy, traces, squared, training);
    expect(copy.parameters).toEqual(straight);
    expect(other.parameters).not.toEqual(straight);
    expect([state.step, copy.step]).toEqual([11, 96]);
  });

  it("is shown in training what it forecasts first when it is used", () => {
    const trained = student.initial(5);
    student.train(trained, traces, squared, { ...training, epochs: 1 });
    const forecasts = student.forecast(trained, traces, false);
    let seen = new Float64Array(0);
    const watch: TraceLoss = (given, truths) => {
      seen = Float64Array.from([...given, ...truths]);
      return { loss: 0, gradient: new Float64Array(given.length) };
    };
    student.train(trained, traces.slice(0, width), watch, { ...training, epochs: 1, batch: 1, peakRate: 0 });
    expect(seen[waves.given]).toBeCloseTo(forecasts[waves.given]!, 5);
    expect(seen[waves.steps + waves.given]).toBeCloseTo(forecasts[waves.steps + waves.given]!, 5);
    expect(seen.slice(width)).toEqual(traces.slice(0, width));
  });
});

describe("missing samples", () => {
  const task = { ...waves, canMiss: true, centre: [0.25, -0.5] };
  const student = new Student(task, {
    decoding: "direct",
    cell: { cell: "gru", multiplicative: true },
    units: 8,
  });

  it("are told from samples at the centre, and handed on as such", () => {
    const trained = student.initial(5);
    student.train(trained, traces, squared, { ...training, epochs: 1 });
    const missing = traces.slice(0, width).with(waves.steps + 1, NaN);
    const central = missing.with(waves.steps + 1, task.centre[1]!);
    const forecasts = student.forecast(trained, missing, false);
    expect(forecasts[waves.steps + 1]).toBe(task.centre[1]);
    expect(forecasts.every(Number.isFinite)).toBe(true);
    expect(forecasts).not.toEqual(student.forecast(trained, central, false));
  });

  it("are no error in training", () => {
    const at = waves.steps - 1;
    const gap = traces.slice(0, width).with(at, NaN).with(1, NaN);
    let apart = new Float64Array(0);
    const watch: TraceLoss = (forecasts, truths) => {
      apart = forecasts.map((value, k) => value - truths[k]!);
      return { loss: 0, gradient: new Float64Array(forecasts.length) };
    };
    student.train(student.initial(4), gap, watch, { ...training, epochs: 1, batch: 1 });
    expect(apart.every(Number.isFinite)).toBe(true);
    expect([apart[1], apart[at]]).toEqual([0, 0]);
    expect(apart[at - 1]).not.toBe(0);
  });
});
