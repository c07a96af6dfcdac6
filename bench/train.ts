import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { type Cell, gatesOf, type RecurrentSizes } from "../src/kernels/RecurrentCall.ts";
import { sharedKernelThread } from "../src/kernels/KernelThread.ts";
import { createRecurrentKernel } from "../src/kernels/RecurrentKernel.ts";
import { selectBackend } from "../src/model/backend.ts";
import { initialParameters } from "../src/model/initialParameters.ts";
import type { ForecasterShape, Parameters } from "../src/model/Parameters.ts";
import { recurrent } from "../src/model/recurrent.ts";
import { recurrentPlain } from "../src/model/recurrentPlain.ts";
import { fusedForecaster, runFused } from "../src/model/runFused.ts";
import { random } from "../src/series/random.ts";
import { bindSpec, createSmoothEvaluator, parseSpec } from "../src/stl/index.ts";
import { adamWStep, initialAdamW } from "../src/train/AdamW.ts";
import type { Measure, ReportRow } from "./BenchRow.ts";
import { medianTime, type Repeats } from "./medianTime.ts";

const outputs = 12;
const standard: RecurrentSizes = { batch: 64, steps: 24, inputs: 16, units: 64 };
const settled: Repeats = { warmUp: 30, repeats: 61 };

const written = ({ batch, inputs, steps, units }: RecurrentSizes): string =>
  `batch ${batch}, ${steps} steps, ${inputs} inputs, ${units} units`;

const shapeOf = ({ inputs, units }: RecurrentSizes): ForecasterShape => ({
  observed: inputs,
  embedding: 0,
  sensors: 1,
  units,
  headUnits: 0,
  outputs,
});

/** Squared loss of the last state's linear readout: its gradient. */
const lossGradient = (values: Float32Array, target: Float32Array): Float32Array =>
  values.map((value, k) => (2 * (value - target[k]!)) / target.length);

interface Problem {
  readonly sizes: RecurrentSizes;
  readonly parameters: Parameters;
  readonly features: Float32Array;
  readonly target: Float32Array;
}

const problemOf = (sizes: RecurrentSizes): Problem => {
  const source = random(1);
  const normals = (length: number): Float32Array => Float32Array.from({ length }, () => source.normal());
  return {
    sizes,
    parameters: initialParameters(shapeOf(sizes), () => source.normal()),
    features: normals(sizes.steps * sizes.batch * sizes.inputs),
    target: normals(sizes.batch * outputs),
  };
};

/** A whole step on plain arrays: forward, loss, backward, AdamW with clipping; `beside` adds to the gradient. */
const fusedStep = (
  { features, parameters, sizes, target }: Problem,
  ternary = false,
  beside?: (values: Float32Array, gradient: Float32Array) => void,
  runForecaster = runFused,
): (() => void) => {
  const shape = shapeOf(sizes);
  let state = initialAdamW(parameters);
  const sensors = new Int32Array(sizes.batch);
  const input = { features, steps: sizes.steps, sensors, scoredFrom: sizes.steps - 1 };
  return () => {
    const run = runForecaster(parameters, shape, input, { ternary });
    const gradient = lossGradient(run.outputs, target);
    beside?.(run.outputs, gradient);
    state = adamWStep(parameters, run.backward(gradient), state, 1e-4, { weightDecay: 0, clipNorm: 1 }).state;
  };
};

/** The same step with tfjs: the fused cell as an operator, tensors for the head and the loss, tfjs' own Adam. */
const tensorStep = (
  { features, parameters, sizes, target }: Problem,
  cell: typeof recurrent,
): { readonly step: () => void; readonly dispose: () => void } => {
  const { batch, inputs, steps, units } = sizes;
  const x = tf.tensor3d(features, [steps, batch, inputs]);
  const y = tf.tensor2d(target, [batch, outputs]);
  const w = tf.variable(tf.tensor2d(parameters.inputWeights, [inputs, 3 * units]));
  const u = tf.variable(tf.tensor2d(parameters.stateWeights, [units, 3 * units]));
  const mi = tf.variable(tf.tensor2d(parameters.integration, [4, 3 * units]));
  const head = tf.variable(tf.randomNormal<tf.Rank.R2>([units, outputs], 0, 0.1, "float32", 1));
  const bias = tf.variable(tf.zeros<tf.Rank.R1>([outputs]));
  const optimiser = tf.train.adam(1e-4);
  return {
    step: () =>
      tf.tidy(() => {
        optimiser.minimize(() => {
          const states = cell(x, w, u, mi, { cell: "gru", stateQuantiser: "none", inputGradient: false });
          const last = tf.reshape(tf.slice(states, [steps - 1, 0, 0], [1, batch, units]), [batch, units]);
          return tf.mean(tf.squaredDifference(tf.add(tf.matMul(last, head), bias), y));
        });
      }),
    dispose: () => {
      tf.dispose([x, y, w, u, mi, head, bias]);
      optimiser.dispose();
    },
  };
};

interface PeerTimes {
  readonly missing?: string;
  readonly version?: string;
  readonly operations?: number;
  readonly own?: number;
}

const torchTimes = (sizes: RecurrentSizes): PeerTimes => {
  const script = fileURLToPath(new URL("peers/torch_step.py", import.meta.url));
  const { batch, inputs, steps, units } = sizes;
  const words = [batch, steps, inputs, units, outputs].map(String);
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const printed = execFileSync(python, [script, ...words], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      const times = JSON.parse(printed) as PeerTimes;
      if (times.missing === undefined) return times;
    } catch {
      // Another interpreter may have it.
    }
  }
  return { missing: "PyTorch is not installed" };
};

const steps = async (report: ReportRow): Promise<number> => {
  const problem = problemOf(standard);
  const name = written(standard);
  const fused = await medianTime(fusedStep(problem), settled);
  report({ case: `step, fused, one thread: ${name}`, value: fused, unit: "ms" });

  const onTwo = fusedStep(problemOf(standard), false, undefined, fusedForecaster(2));
  const thread = sharedKernelThread();
  for (let k = 0; k < 100 && !thread.ready; k++) await setTimeout(10);
  if (thread.ready && availableParallelism() >= 2) {
    const two = await medianTime(onTwo, settled);
    report({ case: `step, fused, two threads: ${name}`, value: two, unit: "ms" });
    report({ case: "two threads over one", value: fused / two, unit: "times", atLeast: 1.7 });
  } else {
    report({ case: "two threads not measured: there is one core", value: Number.NaN, unit: "ms" });
  }

  const torch = torchTimes(standard);
  if (torch.operations === undefined || torch.own === undefined) {
    report({
      case: `peer not measured: ${torch.missing ?? "PyTorch gave no time"}`,
      value: Number.NaN,
      unit: "ms",
    });
  } else {
    report({
      case: `peer: MI-GRU in PyTorch ${torch.version} operations, one thread`,
      value: torch.operations,
      unit: "ms",
    });
    report({ case: `peer: PyTorch's own additive GRU, one thread`, value: torch.own, unit: "ms" });
    report({
      case: "PyTorch operations over fused",
      value: torch.operations / fused,
      unit: "times",
      atLeast: 8,
    });
    report({ case: "PyTorch's own GRU over fused", value: torch.own / fused, unit: "times", atLeast: 1 });
  }

  const { name: backend } = await selectBackend();
  const tensors = tensorStep(problem, recurrent);
  const byTensors = await medianTime(tensors.step, settled);
  tensors.dispose();
  report({ case: `step through tfjs (${backend}) and its Adam`, value: byTensors, unit: "ms" });
  report({ case: "step through tfjs over fused", value: byTensors / fused, unit: "times", atMost: 1.4 });
  const plain = tensorStep(problem, recurrentPlain);
  const byPlain = await medianTime(plain.step, { warmUp: 2, repeats: 5 });
  plain.dispose();
  report({ case: `step in plain tfjs (${backend}) operations`, value: byPlain, unit: "ms" });

  const ternary = await medianTime(fusedStep(problemOf(standard), true), settled);
  report({
    case: "ternary weights and int8 state over float",
    value: ternary / fused,
    unit: "times",
    atMost: 1.5,
  });
  return fused;
};

/** Ten rules over 24 steps of history and the 12 forecast steps, judged on every sequence of the batch. */
const rules = `
  signal x : real range [-9, 9];
  require limit: always[1 samples, 12 samples] x < 3;
  require floor: always[1 samples, 12 samples] x > -3;
  require ramp: always[1 samples, 12 samples] abs(delta(x)) < 1.5;
  require recovery: always[1 samples, 6 samples] (x > 2 implies eventually[0 samples, 6 samples] x < 1);
  require handover: x > -1 until[1 samples, 12 samples] x < 2;
  require calm: eventually[1 samples, 12 samples] abs(x) < 0.5;
  require mean: rollmean(x, 6 samples) < 2;
  require level: always[6 samples, 12 samples] rollmean(x, 6 samples) < 2;
  require rise: always[1 samples, 12 samples] (rise(x > 1) implies eventually[0 samples, 3 samples] x < 2);
  require dwell: always[1 samples, 9 samples] (x < -1 implies eventually[0 samples, 3 samples] x > -2);
`;

const withRules = async (report: ReportRow, fused: number): Promise<void> => {
  const site = { sensors: ["a"], channels: [{ name: "x", unit: "1" }], stepMs: 300_000, zone: "UTC" };
  const bound = bindSpec(parseSpec(rules).spec, site).rules;
  const length = standard.steps + outputs;
  const evaluators = bound.map((rule) => createSmoothEvaluator(rule, length));
  const problem = problemOf(standard);
  const trace = new Float64Array(length);
  const slopes = new Float64Array(length);
  const options = { method: "sound", temperature: 5 } as const;
  const beside = (values: Float32Array, gradient: Float32Array): void => {
    for (let row = 0; row < standard.batch; row++) {
      for (let step = 0; step < standard.steps; step++) {
        trace[step] = problem.features[(step * standard.batch + row) * standard.inputs]!;
      }
      for (let k = 0; k < outputs; k++) trace[standard.steps + k] = values[row * outputs + k]!;
      slopes.fill(0);
      for (const evaluator of evaluators)
        evaluator.evaluate(trace, undefined, standard.steps - 1, options, slopes, -0.01);
      for (let k = 0; k < outputs; k++) gradient[row * outputs + k]! += slopes[standard.steps + k]!;
    }
  };
  const ruled = await medianTime(fusedStep(problem, false, beside), settled);
  report({
    case: "ten rules in the loss of every sequence over none",
    value: ruled / fused,
    unit: "times",
    atMost: 1.5,
  });
};

const growth = async (report: ReportRow): Promise<void> => {
  const more: readonly RecurrentSizes[] = [
    ...[16, 64, 256, 1024].map((batch) => ({ ...standard, batch })),
    ...[12, 48, 96].map((count) => ({ ...standard, steps: count })),
    ...[16, 32, 128].map((units) => ({ ...standard, units })),
    { batch: 32, steps: 144, inputs: 60, units: 32 },
  ];
  for (const sizes of more) {
    const repeats =
      sizes.batch * sizes.steps > 10_000 ? { warmUp: 5, repeats: 11 } : { warmUp: 15, repeats: 31 };
    const value = await medianTime(fusedStep(problemOf(sizes)), repeats);
    const { batch, units } = sizes;
    report({ case: `step, fused: ${written(sizes)}`, value, unit: "ms" });
    report({
      case: `per sequence, step and weight: ${written(sizes)}`,
      value: (value * 1e6) / (batch * sizes.steps * 3 * units * (sizes.inputs + units)),
      unit: "ns",
    });
  }
};

/** Forward and reverse pass of each cell alone, in operations a second of its matrix products. */
const cells = async (report: ReportRow): Promise<void> => {
  const kernel = createRecurrentKernel();
  const { batch, inputs, units } = standard;
  const source = random(2);
  const numbers = (length: number, scale: number): Float32Array =>
    Float32Array.from({ length }, () => scale * source.normal());
  const stateGradient = numbers(standard.steps * batch * units, 1);
  for (const cell of ["rnn", "lstm", "gru"] as const satisfies readonly Cell[]) {
    const columns = gatesOf[cell] * units;
    const call = {
      cell,
      sizes: standard,
      x: numbers(standard.steps * batch * inputs, 1),
      w: numbers(inputs * columns, 0.2),
      u: numbers(units * columns, 0.1),
      mi: numbers(4 * columns, 0.3),
      stateQuantiser: "none" as const,
    };
    const value = await medianTime(() => {
      const { tape } = kernel.record(call);
      tape.backward(stateGradient, false);
      tape.release();
    }, settled);
    const products = 2 * batch * standard.steps * columns * (2 * inputs + 3 * units);
    report({ case: `cell ${cell}, forward and backward`, value, unit: "ms" });
    report({ case: `cell ${cell}, forward and backward`, value: products / value / 1e6, unit: "GFLOP/s" });
  }
};

/** Training steps of the MI-GRU: on the fused kernels, through tfjs, and in PyTorch where that is installed. */
export const measure: Measure = async (report) => {
  const fused = await steps(report);
  await withRules(report, fused);
  await cells(report);
  await growth(report);
};
