import { ACTIVATION_MAXIMUM, GATED_STATE_ONE, integerSigmoid, integerTanh, STATE_ONE } from "./fixedPoint.ts";
import type { IntegerWeights } from "./IntegerModel.ts";
import { multiplyTernary, packTernary } from "./PackedTernary.ts";

/** One step of one recurrent cell in integers, in two halves: what its x contributes, and the new state. */
export interface IntegerStep {
  /** Writes slope and offset of all 3 units gate rows from index `at` on. */
  readonly project: (x: Float64Array, slopes: Int32Array, offsets: Int32Array, at: number) => void;
  /** Moves the state (one = 127) on by the slopes and offsets from index `at` on. */
  readonly advance: (slopes: Int32Array, offsets: Int32Array, at: number, state: Float64Array) => void;
}

/**
 * Makes the step h' = h + roundShift(z (127 c - 2^15 h), 31), z = sigmoid, c = tanh, with the gates of
 * {@link IntegerWeights} and the gated state s = roundShift(r h, 12).
 *
 * Widths: |127 c - 2^15 h| < 2^23 and z <= 2^16, so the product is below 2^39; |r h| < 2^23. As h' is a rounded
 * mean of h and c it stays within +-127.
 *
 * @param inputMaximum largest magnitude of a number of x
 */
export const createIntegerStep = (
  { gates, inputCodes, stateCodes }: IntegerWeights,
  tanh: Uint16Array,
  inputs: number,
  inputMaximum: number,
  units: number,
): IntegerStep => {
  const rows = 3 * units;
  const inputMatrix = packTernary(inputCodes, rows, inputs, inputMaximum);
  const gateMatrix = packTernary(stateCodes.subarray(0, 2 * units * units), 2 * units, units, STATE_ONE);
  const candidateMatrix = packTernary(stateCodes.subarray(2 * units * units), units, units, GATED_STATE_ONE);
  const sums = new Float64Array(rows);
  const gated = new Float64Array(units);
  const update = new Float64Array(units);
  const activations = new Int32Array(2 * units);
  const alphaUnit = 2 ** -gates.alphaShift;
  const beta2Unit = 2 ** -gates.beta2Shift;
  const productUnit = 2 ** -gates.productShift;
  // U h counts in 1/127; the slopes are made for 1/2032.
  const gateUnit = productUnit * (GATED_STATE_ONE / STATE_ONE);
  const updateUnit = 2 ** -31;

  const project: IntegerStep["project"] = (x, slopes, offsets, at) => {
    multiplyTernary(inputMatrix, x, sums);
    for (let row = 0; row < rows; row++) {
      const sum = sums[row]!;
      slopes[at + row] = Math.floor(gates.alpha[row]! * sum * alphaUnit + 0.5) + gates.beta1[row]!;
      offsets[at + row] = Math.floor(gates.beta2[row]! * sum * beta2Unit + 0.5) + gates.bias[row]!;
    }
  };

  const advance: IntegerStep["advance"] = (slopes, offsets, at, state) => {
    multiplyTernary(gateMatrix, state, sums);
    activate(slopes, offsets, at, 2 * units, sums, gateUnit, activations);
    for (let unit = 0; unit < units; unit++) {
      update[unit] = integerSigmoid(tanh, activations[unit]!);
      gated[unit] = (integerSigmoid(tanh, activations[units + unit]!) * state[unit]! + 2048) >> 12;
    }
    multiplyTernary(candidateMatrix, gated, sums);
    activate(slopes, offsets, at + 2 * units, units, sums, productUnit, activations);
    for (let unit = 0; unit < units; unit++) {
      const held = state[unit]!;
      const gap = integerTanh(tanh, activations[unit]!) * STATE_ONE - held * 32_768;
      state[unit] = held + Math.floor(update[unit]! * gap * updateUnit + 0.5);
    }
  };
  return { project, advance };
};

/** Pre-activations of `count` rows from the sums of the state product; see `IntegerGates`. */
const activate = (
  slopes: Int32Array,
  offsets: Int32Array,
  firstRow: number,
  count: number,
  sums: Float64Array,
  unit: number,
  activations: Int32Array,
): void => {
  for (let row = 0; row < count; row++) {
    const value = Math.floor(slopes[firstRow + row]! * sums[row]! * unit + 0.5) + offsets[firstRow + row]!;
    activations[row] =
      value > ACTIVATION_MAXIMUM
        ? ACTIVATION_MAXIMUM
        : value < -ACTIVATION_MAXIMUM
          ? -ACTIVATION_MAXIMUM
          : value;
  }
};
