import type { StateNoise } from "../kernels/RecurrentCall.ts";
import type { ForecasterShape, Parameters } from "./Parameters.ts";

/** Sequences of features, and which steps are read out. */
export interface ForecasterInput {
  /** Observed features, [steps][batch][observed]. */
  readonly features: Float32Array;
  readonly steps: number;
  /** Index of each sensor of the batch, or `MEAN_SENSOR`, [batch]. */
  readonly sensors: Int32Array;
  /** The head reads the states of the steps `scoredFrom..steps - 1`. */
  readonly scoredFrom: number;
}

export interface ForecasterOptions {
  /** Quantised as the shape's choice of cell says, as on the device; otherwise all float32. */
  readonly ternary: boolean;
  /** Chance in a ternary state while training; without it the state goes by its deterministic rule. */
  readonly stateNoise?: StateNoise;
  /** Multiplies the states that the head reads, [(steps - scoredFrom) * batch][units]; absent outside training. */
  readonly dropout?: Float32Array;
}

/** What a forecaster made of its input. */
export interface ForecasterRun {
  /** [(steps - scoredFrom) * batch][outputs of the shape], step after step. */
  readonly outputs: Float32Array;
  /** Gradients of all parameters from that of the outputs, of the same layout; it gives the memory back. */
  readonly backward: (outputGradient: Float32Array) => Parameters;
  /** Gives the memory back where no gradient is wanted. */
  readonly release: () => void;
}

/** Runs the forecaster with parameters, forward now and back when asked; it holds memory until then. */
export type RunForecaster = (
  parameters: Parameters,
  shape: ForecasterShape,
  input: ForecasterInput,
  options: ForecasterOptions,
) => ForecasterRun;
