import type { Random } from "../../src/series/random.ts";
import { leastPulseError } from "./leastPulseError.ts";
import type { TraceTask } from "./TraceTask.ts";

/** Root mean squared error, share of traces that keep the rule, and violation as the paper's tables print them. */
export type PaperRow = readonly [error: number, kept: number, violation: number];

/** Traces drawn from a law that keeps a rule. */
export interface Task extends TraceTask {
  /** The LSTM of the paper's table 2, without rules and trained by the teacher. */
  readonly paper: { readonly base: PaperRow; readonly student: PaperRow };
  /** One trace, [signal][step]. */
  readonly draw: (source: Random, part: "training" | "test") => Float64Array;
}

/** How all six are trained. */
const training = { batch: 128, peakRate: 1e-2 };

const below = (source: Random, count: number): number => Math.floor(source.uniform() * count);

/** A trace of two signals that are drawn one after the other in the same way. */
const twice =
  (steps: number, signal: (source: Random) => (step: number) => number) =>
  (source: Random): Float64Array => {
    const trace = new Float64Array(2 * steps);
    for (let k = 0; k < 2; k++) {
      const value = signal(source);
      for (let step = 0; step < steps; step++) trace[k * steps + step] = value(step);
    }
    return trace;
  };

const both = ["x1", "x2"] as const;

const step: Task = {
  name: "step",
  title: "φ1 resource constraint",
  signals: both,
  steps: 20,
  given: 5,
  rule: both.map((x) => `always[0, 8] not (${x} > 1) and always[14, 19] ${x} > 1`).join(" and "),
  ...training,
  epochs: 10,
  quantum: [0.001, 0.001],
  margin: 0.002,
  teacherMargin: 0.01,
  centre: [1, 1],
  scale: [0.1, 0.1],
  beta: 1 / 2,
  paper: { base: [0.026, 92.0, -0.298], student: [0.025, 98.34, -0.014] },
  draw: twice(20, (source) => {
    const change = 10 + below(source, 5);
    return (at) => {
      const noise = 0.2 * source.uniform();
      return at < change ? 1 - noise : 1.005 + noise;
    };
  }),
};

/** Of the levels that start a fall: sums and differences of its multiples are exact, and a fall of 100 is 100. */
const levelGrid = 2 ** -7;

const fall: Task = {
  name: "fall",
  title: "φ2 consecutive change",
  signals: both,
  steps: 20,
  given: 2,
  rule: both.map((x) => `always[1, 19] delta(${x}) over 1 samples >= -100`).join(" and "),
  ...training,
  epochs: 40,
  quantum: [levelGrid, levelGrid],
  margin: 0.1,
  teacherMargin: 1.2,
  centre: [0, 0],
  scale: [300, 300],
  beta: 0.02,
  paper: { base: [94.304, 75.61, -117.982], student: [90.016, 97.78, -1.603] },
  draw: twice(20, (source) => {
    let level = Math.floor((source.uniform() * 1000) / levelGrid) * levelGrid;
    return (at) => {
      if (at > 0) level -= Math.min(100, 0.2 * level);
      return level;
    };
  }),
};

const flips: Task = {
  name: "flips",
  title: "φ3 variable and temporal correlation",
  signals: ["x"],
  steps: 10,
  given: 2,
  rule: "always[0, 5] (eventually[0, 4] x > 0 and eventually[0, 4] not (x > 0))",
  ...training,
  epochs: 10,
  quantum: [0.005],
  margin: 0.01,
  teacherMargin: 0.05,
  centre: [0],
  scale: [1],
  beta: 1 / 11,
  paper: { base: [4.214, 75.47, -1.589], student: [4.209, 87.69, -0.606] },
  draw: (source) => {
    const trace = new Float64Array(10);
    let run = 0;
    let last = 0;
    for (let at = 0; at < trace.length; at++) {
      const drawn = source.uniform() < 0.5 ? -1 : 1;
      const sign = run === 3 && drawn === last ? -drawn : drawn;
      run = sign === last ? run + 1 : 1;
      last = sign;
      trace[at] = sign + 0.495 * (2 * source.uniform() - 1);
    }
    return trace;
  },
};

const waves: Task = {
  name: "waves",
  title: "φ4 reasonable range",
  signals: both,
  steps: 20,
  given: 5,
  rule: both.map((x) => `always[0, 19] (${x} > -1 and ${x} <= 1)`).join(" and "),
  ...training,
  epochs: 80,
  quantum: [0.0005, 0.0005],
  margin: 0.001,
  teacherMargin: 0.004,
  centre: [0, 0],
  scale: [1, 1],
  beta: 0.55,
  paper: { base: [0.309, 56.68, -36.884], student: [0.23, 83.09, -3.906] },
  draw: (source) => {
    const speed = 0.77 + (1.03 - 0.77) * source.uniform();
    const phase = 0.5 * source.uniform();
    return Float64Array.from({ length: 40 }, (_, k) =>
      k < 20 ? Math.sin(speed * k + phase) : Math.cos(speed * (k - 20) + phase),
    );
  },
};

const pulse: Task = {
  name: "pulse",
  title: "φ5 existence",
  signals: both,
  steps: 20,
  given: 5,
  rule: both.map((x) => `eventually[0, 19] ${x} > 0.99`).join(" and "),
  ...training,
  epochs: 10,
  quantum: [0.001, 0.001],
  margin: 0.002,
  teacherMargin: 0.05,
  centre: [0, 0],
  scale: [0.2, 0.2],
  beta: 1 / 101,
  paper: { base: [2.188, 0.84, -463.534], student: [1.151, 75.64, -19.842] },
  leastErrors: leastPulseError({ steps: 20, given: 5, limit: 0.99 }),
  draw: twice(20, (source) => {
    const place = below(source, 20);
    return (at) => (at === place ? 1 : 0);
  }),
};

const rare: Task = {
  name: "rare",
  title: "φ6 unusual cases",
  signals: both,
  steps: 20,
  given: 5,
  rule: "always[0, 4] (x1 > 500 implies always[1, 9] x2 > 9)",
  ...training,
  epochs: 40,
  quantum: [1, 0.01],
  margin: 0.02,
  teacherMargin: 0.5,
  centre: [0, 0],
  scale: [250, 5],
  beta: 0.3,
  paper: { base: [8.603, 59.54, -282.403], student: [8.532, 61.85, -282.403] },
  draw: (source, part) => {
    const trace = new Float64Array(40);
    for (let at = 0; at < 20; at++) trace[20 + at] = source.uniform();
    // Rare in training; every test trace has it.
    const place = below(source, part === "training" ? 3000 : 5);
    if (place >= 5) return trace;
    trace[place] = 1000;
    trace.fill(10.1, 20 + place, 20 + place + 11);
    return trace;
  },
};

/**
 * The six synthetic tasks of Ma et al., "STLnet: Signal temporal logic enforced multivariate recurrent neural networks",
 * NeurIPS 2020, supplement. The falls are levels, as the rule speaks of their changes; the paper's code predicts the
 * changes themselves.
 */
export const tasks: readonly Task[] = [step, fall, flips, waves, pulse, rare];

/** So many traces one after the other, [trace][signal][step]. */
export const drawTraces = (
  task: Task,
  source: Random,
  part: "training" | "test",
  count: number,
): Float64Array => {
  const width = task.signals.length * task.steps;
  const traces = new Float64Array(count * width);
  for (let k = 0; k < count; k++) traces.set(task.draw(source, part), k * width);
  return traces;
};
