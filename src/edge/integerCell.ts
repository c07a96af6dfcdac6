import {
  ACTIVATION_MAXIMUM,
  FEATURE_MAXIMUM,
  GATED_STATE_ONE,
  integerSigmoid,
  integerTanh,
  STATE_ONE,
} from "./fixedPoint.ts";
import type { IntegerModel } from "./IntegerModel.ts";
import { multiplyTernary, packTernary } from "./PackedTernary.ts";

/** The recurrent cell in integers, in two halves: what a step contributes, and the walk over a window. */
export interface IntegerCell {
  /**
   * Slope and offset of all gate rows for `count` feature vectors (int16, one = 1024), each [vector][3 units].
   * They are the same for every window that contains the step.
   */
  readonly project: (features: Int16Array, count: number, slopes: Int32Array, offsets: Int32Array) => void;
  /**
   * Walks `steps` projected vectors from the one at index `first`, starting from the zero state; leaves the
   * hidden state (one = 127) in `state`, length units.
   */
  readonly walk: (
    slopes: Int32Array,
    offsets: Int32Array,
    first: number,
    steps: number,
    state: Float64Array,
  ) => void;
}

/**
 * Makes the cell h' = h + roundShift(z (127 c - 2^15 h), 31), z = sigmoid, c = tanh, with the gates of
 * {@link IntegerGates} and the gated state s = roundShift(r h, 12).
 *
 * Widths: |127 c - 2^15 h| < 2^23 and z <= 2^16, so the product is below 2^39; |r h| < 2^23. As h' is a rounded
 * mean of h and c it stays within +-127.
 */
export const createIntegerCell = (model: IntegerModel): IntegerCell => {
  const { inputs, units, gates, tanh } = model;
  const rows = 3 * units;
  const inputMatrix = packTernary(model.inputCodes, rows, inputs, FEATURE_MAXIMUM);
  const gateMatrix = packTernary(
    model.stateCodes.subarray(0, 2 * units * units),
    2 * units,
    units,
    STATE_ONE,
  );
  const candidateMatrix = packTernary(
    model.stateCodes.subarray(2 * units * units),
    units,
    units,
    GATED_STATE_ONE,
  );
  const vector = new Float64Array(inputs);
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

  const project: IntegerCell["project"] = (features, count, slopes, offsets) => {
    for (let index = 0; index < count; index++) {
      for (let input = 0; input < inputs; input++) vector[input] = features[index * inputs + input]!;
      multiplyTernary(inputMatrix, vector, sums);
      const at = index * rows;
      for (let row = 0; row < rows; row++) {
        const sum = sums[row]!;
        slopes[at + row] = Math.floor(gates.alpha[row]! * sum * alphaUnit + 0.5) + gates.beta1[row]!;
        offsets[at + row] = Math.floor(gates.beta2[row]! * sum * beta2Unit + 0.5) + gates.bias[row]!;
      }
    }
  };

  const walk: IntegerCell["walk"] = (slopes, offsets, first, steps, state) => {
    state.fill(0);
    for (let step = first; step < first + steps; step++) {
      const updateRow = step * rows;
      const candidateRow = updateRow + 2 * units;
      multiplyTernary(gateMatrix, state, sums);
      activate(slopes, offsets, updateRow, 2 * units, sums, gateUnit, activations);
      for (let unit = 0; unit < units; unit++) {
        update[unit] = integerSigmoid(tanh, activations[unit]!);
        gated[unit] = (integerSigmoid(tanh, activations[units + unit]!) * state[unit]! + 2048) >> 12;
      }
      multiplyTernary(candidateMatrix, gated, sums);
      activate(slopes, offsets, candidateRow, units, sums, productUnit, activations);
      for (let unit = 0; unit < units; unit++) {
        const held = state[unit]!;
        const gap = integerTanh(tanh, activations[unit]!) * STATE_ONE - held * 32_768;
        state[unit] = held + Math.floor(update[unit]! * gap * updateUnit + 0.5);
      }
    }
  };
  return { project, walk };
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
