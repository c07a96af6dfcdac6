import type { StateQuantiser } from "../kernels/MiGruCall.ts";

export interface MiGruOptions {
  /** What happens to the state after every step. */
  readonly stateQuantiser: StateQuantiser;
  /** Whether x gets a gradient (default true); without it a training step saves a matrix product. */
  readonly inputGradient?: boolean;
}
