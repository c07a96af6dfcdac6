import { RecurrentCallError } from "./RecurrentCallError.ts";

/** Sizes of one run of the cell; all whole numbers of at least 1. */
export interface RecurrentSizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputs: number;
  readonly units: number;
}

/**
 * `rnn`: h' = tanh(a). `lstm`: gates i, f, o, g; c' = f c + i g, h' = o tanh(slope c'), from c = 0. `gru`: gates z, r,
 * candidate with s = r h before U; h' = (1 - z) h + z candidate.
 */
export type Cell = "rnn" | "lstm" | "gru";

/** Gates of a cell, in the order in which the columns of its matrices stand. */
export const gatesOf: Readonly<Record<Cell, number>> = { rnn: 1, lstm: 4, gru: 3 };

/**
 * What happens to the state after every step, before it is carried on:
 * `none` nothing; `int8` round(127 h) / 127, ties to even; `ternary` sign(h) where |h| > 1/2, else 0; `uniform` the
 * nearest of -1, -1/3, 1/3, 1 (two bits without a zero, the baseline of Wang et al., "HitNet", 2018).
 * The gradient passes straight through.
 */
export type StateQuantiser = "none" | "int8" | "ternary" | "uniform";

/**
 * Chance in the ternary state: sign(h) where |h| > 1/2 + share (random - 1/2). At share 1 the sign comes with
 * probability |h| (the Bernoulli ternary of HitNet, whose mean is h), at 0 it is `ternary` as it stands, and between
 * lies an annealed passage. Equal seeds give equal states, however the batch is cut.
 */
export interface StateNoise {
  readonly share: number;
  /** Whole number below 2^32; a training step takes a new one. */
  readonly seed: number;
}

/**
 * One run of a recurrent cell over a batch of sequences; all matrices row-major, gates as in {@link Cell}.
 *
 * p = W x, q = U s; a = alpha p q + beta1 q + beta2 p + bias for every gate, sigmoid(slope a) or tanh(slope a) of it
 * (Wu et al., "On Multiplicative Integration with Recurrent Neural Networks", NIPS 2016, general form; the slope is that
 * of HitNet). alpha = 0 and beta1 = beta2 = 1 is the additive cell.
 */
export interface RecurrentCall {
  readonly cell: Cell;
  readonly sizes: RecurrentSizes;
  /** [steps][batch][inputs] */
  readonly x: Float32Array;
  /** [inputs][gates units] */
  readonly w: Float32Array;
  /** [units][gates units] */
  readonly u: Float32Array;
  /** [4][gates units]: alpha, beta1, beta2, bias. */
  readonly mi: Float32Array;
  readonly stateQuantiser: StateQuantiser;
  /** Of `ternary`. */
  readonly stateNoise?: StateNoise;
  /** Above 0; 1 when absent. */
  readonly slope?: number;
  /** First step whose states are wanted and have a gradient; 0 when absent. */
  readonly readFrom?: number;
  /** [batch][units], zero when absent. */
  readonly initialState?: Float32Array;
}

/** Throws a `RecurrentCallError` that names every size or length that does not fit. */
export const checkRecurrentCall = (call: RecurrentCall): void => {
  const {
    cell,
    initialState,
    mi,
    readFrom = 0,
    sizes,
    slope = 1,
    stateNoise,
    stateQuantiser,
    u,
    w,
    x,
  } = call;
  const { batch, steps, inputs, units } = sizes;
  const problems: string[] = [];
  for (const [name, value] of Object.entries({ batch, steps, inputs, units })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      problems.push(`${name} is ${value}: give a whole number of at least 1`);
    }
  }
  if (!(Number.isInteger(readFrom) && readFrom >= 0 && readFrom < Math.max(1, steps))) {
    problems.push(`readFrom is ${readFrom}: give a whole number below the ${steps} steps`);
  }
  if (!(slope > 0 && slope < Infinity)) problems.push(`slope is ${slope}: give a number above 0`);
  if (stateNoise !== undefined) {
    const { seed, share } = stateNoise;
    if (!(share >= 0 && share <= 1))
      problems.push(`the share of noise is ${share}: give a number from 0 to 1`);
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
      problems.push(`the seed is ${seed}: give a whole number from 0 to 2^32 - 1`);
    }
    if (stateQuantiser !== "ternary") {
      problems.push(`the state ${stateQuantiser} takes no noise: leave it out, or take the state ternary`);
    }
  }
  if (problems.length === 0) {
    const gates = gatesOf[cell] * units;
    const expect = (name: string, values: Float32Array, shape: string, length: number): void => {
      if (values.length !== length) {
        problems.push(`${name} has ${values.length} values: ${shape} needs ${length}`);
      }
    };
    expect("x", x, `[${steps}][${batch}][${inputs}]`, steps * batch * inputs);
    expect("w", w, `[${inputs}][${gates}]`, inputs * gates);
    expect("u", u, `[${units}][${gates}]`, units * gates);
    expect("mi", mi, `[4][${gates}]`, 4 * gates);
    if (initialState) expect("initialState", initialState, `[${batch}][${units}]`, batch * units);
  }
  if (problems.length > 0) throw new RecurrentCallError(problems);
};
