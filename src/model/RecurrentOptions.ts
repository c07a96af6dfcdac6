import type { Cell, StateNoise, StateQuantiser } from "../kernels/RecurrentCall.ts";

export interface RecurrentOptions {
  readonly cell: Cell;
  /** What happens to the state after every step. */
  readonly stateQuantiser: StateQuantiser;
  /** Of the state `ternary`: chance in it, while training. */
  readonly stateNoise?: StateNoise;
  /** Steepness of sigmoid and tanh (default 1). */
  readonly slope?: number;
  /** Whether x gets a gradient (default true); without it a training step saves a matrix product. */
  readonly inputGradient?: boolean;
}
