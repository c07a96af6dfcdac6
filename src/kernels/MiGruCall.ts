import { MiGruCallError } from "./MiGruCallError.ts";

/** Sizes of one run of the cell; all whole numbers of at least 1. */
export interface MiGruSizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputs: number;
  readonly units: number;
}

/**
 * What happens to the state after every step, before it is carried on:
 * `none` nothing; `int8` round(127 h) / 127, ties to even; `ternary` sign(h) where |h| > 1/2, else 0.
 * The gradient passes straight through.
 */
export type StateQuantiser = "none" | "int8" | "ternary";

/**
 * One run of the MI-GRU over a batch of sequences; all matrices row-major, gates in the order z, r, candidate.
 *
 * p = W x, q = U s; a = alpha p q + beta1 q + beta2 p + bias; z = sigmoid(a_z), r = sigmoid(a_r),
 * c = tanh(a_c) with s = r h for the candidate; h' = (1 - z) h + z c
 * (Wu et al., "On Multiplicative Integration with Recurrent Neural Networks", NIPS 2016, general form).
 */
export interface MiGruCall {
  readonly sizes: MiGruSizes;
  /** [steps][batch][inputs] */
  readonly x: Float32Array;
  /** [inputs][3 units] */
  readonly w: Float32Array;
  /** [units][3 units] */
  readonly u: Float32Array;
  /** [4][3 units]: alpha, beta1, beta2, bias. */
  readonly mi: Float32Array;
  readonly stateQuantiser: StateQuantiser;
  /** [batch][units], zero when absent. */
  readonly initialState?: Float32Array;
}

/** Throws a `MiGruCallError` that names every size or length that does not fit. */
export const checkMiGruCall = ({ sizes, x, w, u, mi, initialState }: MiGruCall): void => {
  const { batch, steps, inputs, units } = sizes;
  const problems: string[] = [];
  for (const [name, value] of Object.entries({ batch, steps, inputs, units })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      problems.push(`${name} is ${value}: give a whole number of at least 1`);
    }
  }
  if (problems.length === 0) {
    const expect = (name: string, values: Float32Array, shape: string, length: number): void => {
      if (values.length !== length) {
        problems.push(`${name} has ${values.length} values: ${shape} needs ${length}`);
      }
    };
    expect("x", x, `[${steps}][${batch}][${inputs}]`, steps * batch * inputs);
    expect("w", w, `[${inputs}][${3 * units}]`, inputs * 3 * units);
    expect("u", u, `[${units}][${3 * units}]`, units * 3 * units);
    expect("mi", mi, `[4][${3 * units}]`, 12 * units);
    if (initialState) expect("initialState", initialState, `[${batch}][${units}]`, batch * units);
  }
  if (problems.length > 0) throw new MiGruCallError(problems);
};
