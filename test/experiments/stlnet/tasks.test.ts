import { describe, expect, it } from "vitest";
import { drawTraces, type Task, tasks } from "../../../experiments/stlnet/tasks.ts";
import { random } from "../../../src/series/random.ts";
import { parseFormula, robustness, satisfaction } from "../../../src/stl/index.ts";

const named = (name: string): Task => tasks.find((task) => task.name === name)!;

/** Traces of a task, [trace][signal][step] as nested arrays. */
const tracesOf = (task: Task, part: "training" | "test", count: number, seed = 5): Float64Array[][] => {
  const all = drawTraces(task, random(seed), part, count);
  const signal = (k: number): Float64Array => all.subarray(k * task.steps, (k + 1) * task.steps);
  const { length } = task.signals;
  return Array.from({ length: count }, (_, trace) => task.signals.map((__, k) => signal(trace * length + k)));
};

const columnOf = (traces: Float64Array[][]): number[] =>
  traces.flatMap((trace) => trace.flatMap((x) => [...x]));
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(tasks)("$name", (task) => {
  it.each(["training", "test"] as const)("keeps its rule in every trace of %s", (part) => {
    const formula = parseFormula(task.rule);
    expect(formula.signals).toEqual(task.signals);
    const broken: Float64Array[][] = [];
    for (const trace of tracesOf(task, part, 500)) {
      const signals = Object.fromEntries(task.signals.map((name, k) => [name, trace[k]!]));
      if (satisfaction(formula, { signals })[0] !== 1) broken.push(trace);
    }
    expect(broken).toEqual([]);
  });

  it("gives equal traces for equal seeds, and others for others", () => {
    const drawn = (seed: number): Float64Array => drawTraces(task, random(seed), "training", 40);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  it("has a rule that a flat trace of zeros or of twos breaks", () => {
    const formula = parseFormula(task.rule);
    const at = (value: number): number => {
      const flat = new Float64Array(task.steps).fill(value);
      const signals = Object.fromEntries(task.signals.map((name) => [name, flat]));
      return robustness(formula, { signals })[0]!;
    };
    // A level that stays falls by nothing, and without a spike nothing is asked.
    if (task.name !== "fall" && task.name !== "rare") expect(Math.min(at(0), at(2))).toBeLessThan(0);
  });
});

describe("the laws", () => {
  it("step: below 1 by up to 0.2, then above 1.005 by up to 0.2, from a sample of 10 to 14", () => {
    const changes = new Set<number>();
    const noise: number[] = [];
    for (const x of tracesOf(named("step"), "training", 1000).flat()) {
      const change = x.findIndex((value) => value > 1);
      changes.add(change);
      x.forEach((value, at) => noise.push(at < change ? 1 - value : value - 1.005));
    }
    expect([...changes].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14]);
    expect(Math.min(...noise.slice(0, 40_000))).toBeGreaterThanOrEqual(-1e-12);
    expect(Math.max(...noise.slice(0, 40_000))).toBeLessThan(0.2 + 1e-12);
    expect(meanOf(noise)).toBeCloseTo(0.1, 2);
  });

  it("fall: from up to 1000, by 100 or a fifth, whichever is less", () => {
    const falls = tracesOf(named("fall"), "training", 500).flat();
    expect(meanOf(falls.map((x) => x[0]!))).toBeGreaterThan(470);
    expect(meanOf(falls.map((x) => x[0]!))).toBeLessThan(530);
    let furthest = 0;
    for (const x of falls) {
      for (let at = 1; at < x.length; at++) {
        furthest = Math.max(furthest, Math.abs(x[at - 1]! - x[at]! - Math.min(100, 0.2 * x[at - 1]!)));
      }
    }
    expect(furthest).toBeLessThan(1e-9);
    expect(Math.max(...falls.map((x) => x[0]!))).toBeLessThan(1000);
    expect(falls.some(([first, second]) => first === second! + 100)).toBe(true);
  });

  it("flips: plus or minus 1 within 0.495, never four alike in a row", () => {
    const traces = tracesOf(named("flips"), "training", 2000).flat();
    let longest = 0;
    let furthest = 0;
    for (const x of traces) {
      let run = 0;
      x.forEach((value, at) => {
        furthest = Math.max(furthest, Math.abs(Math.abs(value) - 1));
        run = at > 0 && Math.sign(value) === Math.sign(x[at - 1]!) ? run + 1 : 1;
        longest = Math.max(longest, run);
      });
    }
    expect(longest).toBe(3);
    expect(furthest).toBeLessThanOrEqual(0.495);
    expect(furthest).toBeGreaterThan(0.49);
    expect(Math.abs(meanOf(columnOf([traces])))).toBeLessThan(0.02);
  });

  it("waves: a sine and a cosine of one angle, 0.77 to 1.03 a sample from up to 0.5", () => {
    const phases: number[] = [];
    const speeds: number[] = [];
    let furthest = 0;
    for (const [sine, cosine] of tracesOf(named("waves"), "training", 500)) {
      const phase = Math.atan2(sine![0]!, cosine![0]!);
      const speed = Math.atan2(sine![1]!, cosine![1]!) - phase;
      phases.push(phase);
      speeds.push(speed);
      for (let at = 0; at < 20; at++) {
        const apart = Math.hypot(
          sine![at]! - Math.sin(speed * at + phase),
          cosine![at]! - Math.cos(speed * at + phase),
        );
        furthest = Math.max(furthest, apart);
      }
    }
    expect(furthest).toBeLessThan(1e-9);
    expect(Math.min(...phases)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...phases)).toBeLessThan(0.5);
    expect(Math.min(...speeds)).toBeGreaterThan(0.77 - 1e-9);
    expect(Math.max(...speeds)).toBeLessThan(1.03);
  });

  it("pulse: one sample of 1 a signal, at any place", () => {
    const places = new Int32Array(20);
    for (const x of tracesOf(named("pulse"), "training", 4000).flat()) {
      expect([...x].filter((value) => value !== 0)).toEqual([1]);
      places[x.indexOf(1)]!++;
    }
    // 400 are expected at each, with a deviation of 19.5.
    for (const count of places) expect(Math.abs(count - 400)).toBeLessThan(90);
  });

  it.each([
    ["training", 4000, 5 / 3000],
    ["test", 500, 1],
  ] as const)("rare: a spike and eleven samples of 10.1 in %s, else noise below 1", (part, count, share) => {
    let spiked = 0;
    let others = 0;
    for (const [x1, x2] of tracesOf(named("rare"), part, count)) {
      const place = x1!.indexOf(1000);
      if (place >= 0) spiked++;
      const isAsStated = (at: number): boolean =>
        x1![at] === (at === place ? 1000 : 0) &&
        (place >= 0 && at >= place && at < place + 11 ? x2![at] === 10.1 : x2![at]! < 1);
      if (place >= 5 || !x1!.every((_, at) => isAsStated(at))) others++;
    }
    expect(others).toBe(0);
    expect(Math.abs(spiked - share * count)).toBeLessThanOrEqual(4 * Math.sqrt(share * count));
  });
});
