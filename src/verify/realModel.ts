import {
  ACTIVATION_BITS,
  FEATURE_ONE,
  GATED_STATE_ONE,
  HIDDEN_ONE,
  OUTPUT_BITS,
  STATE_ONE,
} from "../edge/fixedPoint.ts";
import type { IntegerLayer, IntegerModel, IntegerWeights } from "../edge/IntegerModel.ts";
import { STATE_GAIN } from "../edge/quantiseModel.ts";
import type { Readout, TernaryCell, TernaryModel } from "../edge/TernaryModel.ts";

/**
 * The ternary model in real numbers that an artefact's integers stand for: every coefficient divided by its scale. What
 * is left between it and the integers is the rounding of features, products, activations, head and quanta, not that of
 * the coefficients themselves.
 */
export const realModel = (model: IntegerModel, targets: readonly Readout[]): TernaryModel => {
  const { head, inputs, units } = model;
  const mixed = (column: number): number => (column < units ? STATE_GAIN * STATE_ONE : FEATURE_ONE);
  const outputOne = 2 ** OUTPUT_BITS;
  return {
    inputs,
    units,
    ...realCell(model, FEATURE_ONE),
    upper: model.upper.map((cell) => realCell(cell, STATE_ONE)),
    head: {
      hiddenUnits: model.hiddenUnits,
      hidden: realLayer(head.hidden, mixed, HIDDEN_ONE),
      hiddenBias: scaled(head.hiddenBias, 1 / HIDDEN_ONE),
      output: realLayer(head.output, () => HIDDEN_ONE, outputOne),
      skip: realLayer(head.skip, mixed, outputOne),
      outputBias: scaled(head.outputBias, 1 / outputOne),
    },
    horizonSteps: model.horizonSteps,
    targets,
    ...(model.quantiles.length > 0 && { quantiles: model.quantiles }),
  };
};

const scaled = (values: Int32Array, factor: number): Float64Array =>
  Float64Array.from(values, (value) => value * factor);

const realCell = ({ gates, inputCodes, stateCodes }: IntegerWeights, one: number): TernaryCell => {
  const activationOne = 2 ** ACTIVATION_BITS;
  const slopeOne = (activationOne / GATED_STATE_ONE) * 2 ** gates.productShift;
  return {
    inputCodes,
    stateCodes,
    alpha: scaled(gates.alpha, one / (slopeOne * 2 ** gates.alphaShift)),
    beta1: scaled(gates.beta1, 1 / slopeOne),
    beta2: scaled(gates.beta2, one / (activationOne * 2 ** gates.beta2Shift)),
    bias: scaled(gates.bias, 1 / activationOne),
  };
};

/** @param inputOne integer that stands for one in a column */
const realLayer = (layer: IntegerLayer, inputOne: (column: number) => number, one: number): Float64Array =>
  Float64Array.from(layer.codes, (code, at) => {
    const row = Math.floor(at / layer.columns);
    return (code * layer.multiplier[row]! * inputOne(at % layer.columns)) / (2 ** layer.shift[row]! * one);
  });
