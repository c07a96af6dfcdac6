/** A recurrent cell in integers. */
export interface IntegerWeights {
  /** Codes -1, 0, 1: [3 units][length of x] and [3 units][units]; gates in the order z, r, candidate. */
  readonly inputCodes: Int8Array;
  readonly stateCodes: Int8Array;
  readonly gates: IntegerGates;
}

/**
 * The forecaster in integers: exactly what the artefact carries and the device computes with. Its own cell is the
 * lowest, whose x are the features.
 *
 * Numbers named `...Shift` are bits to shift right after the product before; formats are those of fixedPoint.ts.
 * With n_x, n_h the largest count of non-zero codes in a row, |W x| <= 6144 n_x and |U s| <= 2032 n_h; in the cells
 * above, whose x is a state, |W x| <= 127 n_x.
 */
export interface IntegerModel extends IntegerWeights {
  readonly inputs: number;
  readonly units: number;
  readonly hiddenUnits: number;
  readonly horizonSteps: number;
  /** Cells above, in order: the x of each is the state of the one below (one = 127). The head reads the last state. */
  readonly upper: readonly IntegerWeights[];
  readonly head: IntegerHead;
  readonly readouts: readonly IntegerReadout[];
  /** Levels of the quantile heads, whose rows stand behind those of the median (see `blocksOf`); empty for none. */
  readonly quantiles: readonly number[];
  readonly tanh: Uint16Array;
  readonly powers: Uint32Array;
}

/**
 * Pre-activation of a gate row from p = W x (one = 1024, or 127 where x is a state) and q = U s (one = 2032):
 *   slope = roundShift(alpha p, alphaShift) + beta1      (one = 2^(14 + productShift) / 2032, 32 bits)
 *   offset = roundShift(beta2 p, beta2Shift) + bias      (one = 2^14, 32 bits)
 *   a = roundShift(slope q, productShift) + offset, kept within +-(2^18 - 1)
 * In the lowest cell `slope` and `offset` depend on the step alone, not on the window that contains it.
 */
export interface IntegerGates {
  readonly alpha: Int32Array;
  readonly beta1: Int32Array;
  readonly beta2: Int32Array;
  readonly bias: Int32Array;
  readonly alphaShift: number;
  readonly beta2Shift: number;
  readonly productShift: number;
}

/**
 * A dense layer with one multiplier a row: roundShift(multiplier * sum(code * input), shift).
 * Multipliers have 15 bits.
 */
export interface IntegerLayer {
  readonly rows: number;
  readonly columns: number;
  readonly codes: Int16Array;
  readonly multiplier: Uint16Array;
  readonly shift: Uint8Array;
}

/**
 * Reads v = [8 h, x] (ones 1016 and 1024):
 *   hidden = clamp(hiddenLayer v + hiddenBias, 0, 65535), y = clamp(skip v + output hidden + outputBias, +-2^23).
 */
export interface IntegerHead {
  /** Width of the codes in the artefact. */
  readonly codeBits: 8 | 16;
  readonly hidden: IntegerLayer;
  readonly hiddenBias: Int32Array;
  readonly skip: IntegerLayer;
  readonly output: IntegerLayer;
  readonly outputBias: Int32Array;
}

/**
 * From output y and baseline b to quanta: e = b + roundShift(gain y, gainShift), then
 *   identity (b, e at one = 2^8 quanta): quanta = roundShift(e, 8)
 *   log1p (b, e: exponents of two at one = 2^20): quanta = roundShift(2^e - inverseQuantum, 8)
 * and at last quanta kept within minimum..maximum.
 */
export interface IntegerReadout {
  readonly transform: "identity" | "log1p";
  readonly gain: number;
  readonly gainShift: number;
  readonly minimum: number;
  readonly maximum: number;
  /** 1 / quantum at one = 2^8; 0 for identity. */
  readonly inverseQuantum: number;
}
