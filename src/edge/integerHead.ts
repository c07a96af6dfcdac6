import { clamp, HIDDEN_MAXIMUM, integerPowerOfTwo, OUTPUT_MAXIMUM, roundShift } from "./fixedPoint.ts";
import type { IntegerLayer, IntegerModel, IntegerReadout } from "./IntegerModel.ts";
import { STATE_GAIN } from "./quantiseModel.ts";

/** Outputs y (one = 2^16, order [block][target][lead], see `blocksOf`) of a hidden state (one = 127) and the origin's features. */
export type IntegerHeadFunction = (
  state: Float64Array,
  features: Int16Array,
  firstFeature: number,
  outputs: Float64Array,
) => void;

/** Makes the head of {@link IntegerHead}. */
export const createIntegerHead = (model: IntegerModel): IntegerHeadFunction => {
  const { units, inputs, head } = model;
  const input = new Float64Array(units + inputs);
  const hidden = new Float64Array(model.hiddenUnits);
  const passed = new Float64Array(model.hiddenUnits);
  const direct = new Float64Array(head.skip.rows);
  const indirect = new Float64Array(head.output.rows);
  const hiddenLayer = createLayer(head.hidden);
  const skipLayer = createLayer(head.skip);
  const outputLayer = createLayer(head.output);
  return (state, features, firstFeature, outputs) => {
    for (let unit = 0; unit < units; unit++) input[unit] = STATE_GAIN * state[unit]!;
    for (let feature = 0; feature < inputs; feature++)
      input[units + feature] = features[firstFeature + feature]!;
    hiddenLayer(input, hidden);
    for (let unit = 0; unit < passed.length; unit++) {
      passed[unit] = clamp(hidden[unit]! + head.hiddenBias[unit]!, 0, HIDDEN_MAXIMUM);
    }
    skipLayer(input, direct);
    outputLayer(passed, indirect);
    for (let row = 0; row < direct.length; row++) {
      const sum = direct[row]! + indirect[row]! + head.outputBias[row]!;
      outputs[row] = clamp(sum, -OUTPUT_MAXIMUM, OUTPUT_MAXIMUM);
    }
  };
};

const createLayer = (layer: IntegerLayer): ((input: Float64Array, result: Float64Array) => void) => {
  const codes = Float64Array.from(layer.codes);
  const unit = Float64Array.from(layer.shift, (shift) => 2 ** -shift);
  return (input, result) => {
    let at = 0;
    for (let row = 0; row < layer.rows; row++) {
      let sum = 0;
      for (let column = 0; column < layer.columns; column++) sum += codes[at++]! * input[column]!;
      result[row] = Math.floor(sum * layer.multiplier[row]! * unit[row]! + 0.5);
    }
  };
};

const SUM_MAXIMUM = 2 ** 30;

/** Forecast in quanta from a baseline integer and an output y; see {@link IntegerReadout}. */
export const decode = (
  readout: IntegerReadout,
  powers: Uint32Array,
  baseline: number,
  output: number,
): number => {
  const moved = clamp(
    baseline + roundShift(readout.gain * output, readout.gainShift),
    -SUM_MAXIMUM,
    SUM_MAXIMUM,
  );
  const quanta256 =
    readout.transform === "identity" ? moved : integerPowerOfTwo(powers, moved) - readout.inverseQuantum;
  return clamp((quanta256 + 128) >> 8, readout.minimum, readout.maximum);
};
