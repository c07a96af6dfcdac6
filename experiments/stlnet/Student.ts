import {
  type CellChoice,
  copyParameters,
  deployedCell,
  type ForecasterShape,
  type Parameters,
} from "../../src/model/Parameters.ts";
import { initialParameters } from "../../src/model/initialParameters.ts";
import { runFused } from "../../src/model/runFused.ts";
import { type Random, random } from "../../src/series/random.ts";
import { type AdamWState, adamWStep, copyAdamW, initialAdamW } from "../../src/train/AdamW.ts";
import { learningRate } from "../../src/train/learningRate.ts";
import type { TraceTask } from "./TraceTask.ts";

/** `direct`: the whole rest of a trace from its given samples; `stepwise`: sample after sample, each from those before. */
export type Decoding = "direct" | "stepwise";

export interface StudentKind {
  readonly decoding: Decoding;
  readonly cell: Pick<CellChoice, "cell" | "multiplicative">;
  readonly units: number;
}

/** Loss and gradient of a batch of whole traces at a step of training; [trace][signal][step]. */
export type TraceLoss = (
  forecasts: Float64Array,
  truths: Float64Array,
  step: number,
) => { readonly loss: number; readonly gradient: Float64Array };

export interface StudentTraining {
  readonly epochs: number;
  readonly batch: number;
  readonly peakRate: number;
  /** Weights and state as on the device. */
  readonly ternary: boolean;
  readonly seed: number;
  readonly progress?: (epoch: number, loss: number) => void;
}

/** A training between two of its steps. */
export interface TrainingState {
  readonly parameters: Parameters;
  /** The traces in the order of this epoch. */
  readonly order: Int32Array;
  readonly source: Random;
  optimiser: AdamWState;
  step: number;
}

/** A training that goes on by itself from the same state. */
export const copyTraining = ({
  optimiser,
  order,
  parameters,
  source,
  step,
}: TrainingState): TrainingState => {
  const same = random(0);
  same.state.set(source.state);
  return {
    parameters: copyParameters(parameters),
    order: order.slice(),
    source: same,
    optimiser: copyAdamW(optimiser),
    step,
  };
};

/** What a recurrent network makes of the beginning of a trace. */
export class Student {
  readonly #task: TraceTask;
  readonly #shape: ForecasterShape;
  readonly #isDirect: boolean;

  constructor(task: TraceTask, kind: StudentKind) {
    this.#task = task;
    this.#isDirect = kind.decoding === "direct";
    const signals = task.signals.length;
    this.#shape = {
      observed: task.canMiss === true ? 2 * signals : signals,
      embedding: 0,
      sensors: 1,
      units: kind.units,
      headUnits: kind.units,
      outputs: this.#isDirect ? signals * (task.steps - task.given) : signals,
      choice: { ...deployedCell, ...kind.cell },
    };
  }

  initial(seed: number): Parameters {
    const source = random(seed, 1);
    return initialParameters(this.#shape, () => source.normal());
  }

  /** Trains weights further, which are changed, from the first step to the last. */
  train(parameters: Parameters, traces: Float64Array, loss: TraceLoss, training: StudentTraining): void {
    this.proceed(this.begin(parameters, traces, training), traces, loss, training);
  }

  /** A training of weights, which it changes, before its first step. */
  begin(parameters: Parameters, traces: Float64Array, { seed }: StudentTraining): TrainingState {
    const order = Int32Array.from({ length: traces.length / this.#width }, (_, k) => k);
    return { parameters, optimiser: initialAdamW(parameters), order, source: random(seed, 2), step: 0 };
  }

  /** Goes on with a training up to a step, the last by default. */
  proceed(
    state: TrainingState,
    traces: Float64Array,
    loss: TraceLoss,
    training: StudentTraining,
    until = Infinity,
  ): void {
    const { batch, epochs, peakRate: peak, ternary } = training;
    const { order, parameters, source } = state;
    const width = this.#width;
    const stepsAnEpoch = Math.floor(order.length / batch);
    const totalSteps = epochs * stepsAnEpoch;
    const truths = new Float64Array(batch * width);
    for (; state.step < Math.min(until, totalSteps); state.step++) {
      const { step } = state;
      const within = step % stepsAnEpoch;
      if (within === 0) shuffle(order, source);
      for (let b = 0; b < batch; b++) {
        const from = order[within * batch + b]! * width;
        truths.set(traces.subarray(from, from + width), b * width);
      }
      const run = this.#run(
        parameters,
        truths,
        this.#isDirect ? this.#task.given : this.#task.steps - 1,
        ternary,
      );
      const forecasts = truths.slice();
      this.#eachOutput(batch, (output, at, signal) => {
        forecasts[at] = this.#task.centre[signal]! + this.#task.scale[signal]! * run.outputs[output]!;
      });
      this.#fillMissing(forecasts);
      // What was not read is no error.
      for (let k = 0; k < truths.length; k++) if (Number.isNaN(truths[k]!)) truths[k] = forecasts[k]!;
      const term = loss(forecasts, truths, step);
      const gradient = new Float32Array(run.outputs.length);
      this.#eachOutput(batch, (output, at, signal) => {
        gradient[output] = term.gradient[at]! * this.#task.scale[signal]!;
      });
      const rate = learningRate({ peak, warmupSteps: 50, totalSteps }, step);
      const settings = { weightDecay: 1e-4, clipNorm: 1 };
      const gradients = run.backward(gradient);
      ({ state: state.optimiser } = adamWStep(parameters, gradients, state.optimiser, rate, settings));
      if (within === stepsAnEpoch - 1) training.progress?.((step + 1) / stepsAnEpoch, term.loss);
    }
  }

  /** The given samples of each trace, missing ones as the centre, then a forecast that has seen nothing else. */
  forecast(parameters: Parameters, traces: Float64Array, ternary: boolean): Float64Array {
    const { centre, given, scale, signals, steps } = this.#task;
    const count = traces.length / this.#width;
    const forecasts = traces.map((value, k) => (k % steps < given ? value : 0));
    if (this.#isDirect) {
      const run = this.#run(parameters, forecasts, given, ternary);
      run.release();
      this.#eachOutput(count, (output, at, signal) => {
        forecasts[at] = centre[signal]! + scale[signal]! * run.outputs[output]!;
      });
      this.#fillMissing(forecasts);
      return forecasts;
    }
    for (let at = given; at < steps; at++) {
      const run = this.#run(parameters, forecasts, at, ternary, at - 1);
      run.release();
      for (let k = 0; k < count * signals.length; k++) {
        const signal = k % signals.length;
        forecasts[k * steps + at] = centre[signal]! + scale[signal]! * run.outputs[k]!;
      }
    }
    this.#fillMissing(forecasts);
    return forecasts;
  }

  #fillMissing(traces: Float64Array): void {
    const { centre, signals, steps } = this.#task;
    for (let k = 0; k < traces.length; k++) {
      if (Number.isNaN(traces[k]!)) traces[k] = centre[Math.floor(k / steps) % signals.length]!;
    }
  }

  get #width(): number {
    return this.#task.signals.length * this.#task.steps;
  }

  /** Reads the first `length` samples of traces. */
  #run(
    parameters: Parameters,
    traces: Float64Array,
    length: number,
    ternary: boolean,
    scoredFrom = this.#task.given - 1,
  ): ReturnType<typeof runFused> {
    const { centre, scale, signals, steps } = this.#task;
    const count = traces.length / this.#width;
    const features = new Float32Array(length * count * this.#shape.observed);
    let k = 0;
    for (let step = 0; step < length; step++) {
      for (let trace = 0; trace < count; trace++) {
        for (let signal = 0; signal < signals.length; signal++) {
          const value = traces[(trace * signals.length + signal) * steps + step]!;
          features[k++] = Number.isNaN(value) ? 0 : (value - centre[signal]!) / scale[signal]!;
        }
        if (this.#task.canMiss !== true) continue;
        for (let signal = 0; signal < signals.length; signal++) {
          const value = traces[(trace * signals.length + signal) * steps + step]!;
          features[k++] = Number.isNaN(value) ? 1 : 0;
        }
      }
    }
    const input = { features, steps: length, sensors: new Int32Array(count), scoredFrom };
    return runFused(parameters, this.#shape, input, { ternary });
  }

  /** Places of every output of a training run: among the outputs, and in the traces. */
  #eachOutput(count: number, visit: (output: number, at: number, signal: number) => void): void {
    const { given, signals, steps } = this.#task;
    for (let trace = 0; trace < count; trace++) {
      for (let signal = 0; signal < signals.length; signal++) {
        const start = (trace * signals.length + signal) * steps;
        for (let at = given; at < steps; at++) {
          const output = this.#isDirect
            ? (trace * signals.length + signal) * (steps - given) + at - given
            : ((at - given) * count + trace) * signals.length + signal;
          visit(output, start + at, signal);
        }
      }
    }
  }
}

const shuffle = (order: Int32Array, source: Random): void => {
  for (let k = order.length - 1; k > 0; k--) {
    const other = Math.floor(source.uniform() * (k + 1));
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
};
