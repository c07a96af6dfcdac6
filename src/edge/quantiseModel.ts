import { blocksOf } from "../series/arrangeQuantiles.ts";
import { ArtefactError } from "./ArtefactError.ts";
import type {
  IntegerGates,
  IntegerHead,
  IntegerLayer,
  IntegerModel,
  IntegerReadout,
} from "./IntegerModel.ts";
import type { Readout, TernaryModel } from "./TernaryModel.ts";
import {
  ACTIVATION_BITS,
  EXACT_MAXIMUM,
  EXPONENT_BITS,
  FEATURE_MAXIMUM,
  FEATURE_ONE,
  GATED_STATE_ONE,
  HIDDEN_MAXIMUM,
  HIDDEN_ONE,
  OUTPUT_BITS,
  powerTable,
  STATE_ONE,
  tanhTable,
} from "./fixedPoint.ts";

/** Codes of the head are for inputs [8 h, x]: 8 h has one = 1016, nearly that of x. */
export const STATE_GAIN = 8;
/** Forecasts and readings are at most this many quanta from zero. */
const QUANTA_MAXIMUM = 2 ** 20;

const INT32_MAXIMUM = 2 ** 31 - 1;
const LARGEST_SHIFT = 31;
const COEFFICIENT_MAXIMUM = 2 ** 24;

/**
 * Turns a trained ternary model into integers, choosing every shift as large as the proven widths allow.
 *
 * Interval argument, checked here for the given numbers: |p| <= 6144 n_x, |alpha| and |beta2| <= 2^24, so
 * |alpha p| < 2^52 for up to 43 000 inputs; |slope| and |offset| < 2^31 by choice of the shifts;
 * |slope q| <= 2^31 * 2032 n_h < 2^52 for up to 1032 units.
 *
 * Throws an {@link ArtefactError} `not-representable` that lists every number out of range.
 */
export const quantiseModel = (model: TernaryModel, headBits: 8 | 16): IntegerModel => {
  const problems = shapeProblems(model);
  if (problems.length > 0) refuse(problems);
  const gates = quantiseGates(model, problems);
  const head = quantiseHead(model, headBits, problems);
  const readouts = model.targets.map((readout) => quantiseReadout(readout, problems));
  if (problems.length > 0) refuse(problems);
  return {
    inputs: model.inputs,
    units: model.units,
    hiddenUnits: model.head.hiddenUnits,
    horizonSteps: model.horizonSteps,
    inputCodes: model.inputCodes,
    stateCodes: model.stateCodes,
    gates,
    head,
    readouts,
    quantiles: model.quantiles ?? [],
    tanh: tanhTable(),
    powers: powerTable(),
  };
};

/** Largest count of non-zero codes in a row. */
const densestRow = (codes: Int8Array, columns: number): number => {
  let densest = 0;
  for (let row = 0; row < codes.length; row += columns) {
    let count = 0;
    for (let column = 0; column < columns; column++) if (codes[row + column] !== 0) count++;
    densest = Math.max(densest, count);
  }
  return densest;
};

const refuse = (problems: readonly string[]): never => {
  throw new ArtefactError(
    "not-representable",
    `the model cannot be put into integers: ${problems.join("; ")}. Train again with smaller weights or a coarser quantum`,
  );
};

/** Rows of the head. */
const outputRows = (model: TernaryModel): number =>
  blocksOf(model.quantiles ?? []) * model.targets.length * model.horizonSteps;

const shapeProblems = (model: TernaryModel): string[] => {
  const { inputs, units, head } = model;
  const outputs = outputRows(model);
  const expected: readonly (readonly [string, ArrayLike<number>, number])[] = [
    ["inputCodes", model.inputCodes, 3 * units * inputs],
    ["stateCodes", model.stateCodes, 3 * units * units],
    ["alpha", model.alpha, 3 * units],
    ["beta1", model.beta1, 3 * units],
    ["beta2", model.beta2, 3 * units],
    ["bias", model.bias, 3 * units],
    ["head.hidden", head.hidden, head.hiddenUnits * (units + inputs)],
    ["head.hiddenBias", head.hiddenBias, head.hiddenUnits],
    ["head.output", head.output, outputs * head.hiddenUnits],
    ["head.skip", head.skip, outputs * (units + inputs)],
    ["head.outputBias", head.outputBias, outputs],
  ];
  const problems: string[] = [];
  const levels = model.quantiles ?? [];
  levels.forEach((level, k) => {
    const low = k === 0 ? 0 : levels[k - 1]!;
    if (!(level > low && level < 1) || level === 0.5) {
      problems.push(
        `quantiles[${k}] is ${level}; levels ascend between 0 and 1, and 0.5 is the median's own`,
      );
    }
  });
  for (const [name, values, length] of expected) {
    if (values.length !== length) problems.push(`${name} has ${values.length} numbers instead of ${length}`);
    const odd = Array.from(values).findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) problems.push(`${name}[${odd}] is ${values[odd]}`);
  }
  for (const [name, codes] of [
    ["inputCodes", model.inputCodes],
    ["stateCodes", model.stateCodes],
  ] as const) {
    const odd = codes.findIndex((code) => code < -1 || code > 1);
    if (odd >= 0) problems.push(`${name}[${odd}] is ${codes[odd]}, not -1, 0 or 1`);
  }
  return problems;
};

const largest = (values: ArrayLike<number>): number => {
  let result = 0;
  for (let index = 0; index < values.length; index++) result = Math.max(result, Math.abs(values[index]!));
  return result;
};

/** The largest shift, at most 31, at which `unit * 2^shift` stays within `limit`; -1 where none does. */
const shiftWithin = (unit: number, limit: number): number => {
  let shift = LARGEST_SHIFT;
  while (shift >= 0 && unit * 2 ** shift > limit) shift--;
  return shift;
};

const scaled = (values: Float64Array, factor: number): Int32Array =>
  Int32Array.from(values, (value) => Math.round(value * factor));

const quantiseGates = (model: TernaryModel, problems: string[]): IntegerGates => {
  const inputBound = FEATURE_MAXIMUM * densestRow(model.inputCodes, model.inputs);
  const stateBound = GATED_STATE_ONE * densestRow(model.stateCodes, model.units);
  const activationOne = 2 ** ACTIVATION_BITS;

  const slopeReal = (largest(model.alpha) * inputBound) / FEATURE_ONE + largest(model.beta1);
  const productShift = Math.min(
    20,
    shiftWithin((slopeReal * activationOne) / GATED_STATE_ONE, INT32_MAXIMUM - 2),
  );
  const slopeOne = (activationOne / GATED_STATE_ONE) * 2 ** productShift;
  const alphaShift = shiftWithin((largest(model.alpha) * slopeOne) / FEATURE_ONE, COEFFICIENT_MAXIMUM);
  const beta2Shift = shiftWithin((largest(model.beta2) * activationOne) / FEATURE_ONE, COEFFICIENT_MAXIMUM);
  const offsetBound =
    ((largest(model.beta2) * inputBound) / FEATURE_ONE + largest(model.bias)) * activationOne + 2;

  if (productShift < 10) problems.push(`alpha p + beta1 reaches ${slopeReal}, which leaves too few bits`);
  if (alphaShift < 0) problems.push(`alpha reaches ${largest(model.alpha)}`);
  if (beta2Shift < 0) problems.push(`beta2 reaches ${largest(model.beta2)}`);
  if (offsetBound > INT32_MAXIMUM) problems.push(`beta2 p + bias reaches ${offsetBound / activationOne}`);
  if (COEFFICIENT_MAXIMUM * inputBound > EXACT_MAXIMUM || 2 ** 31 * stateBound > EXACT_MAXIMUM) {
    problems.push(`${model.inputs} inputs and ${model.units} units make sums wider than 52 bits`);
  }
  return {
    alpha: scaled(model.alpha, (slopeOne / FEATURE_ONE) * 2 ** alphaShift),
    beta1: scaled(model.beta1, slopeOne),
    beta2: scaled(model.beta2, (activationOne / FEATURE_ONE) * 2 ** beta2Shift),
    bias: scaled(model.bias, activationOne),
    alphaShift,
    beta2Shift,
    productShift,
  };
};

const quantiseHead = (model: TernaryModel, codeBits: 8 | 16, problems: string[]): IntegerHead => {
  const { units, inputs, head } = model;
  const outputs = outputRows(model);
  const columns = units + inputs;
  const mixed: LayerInput = {
    columns,
    unit: (column) => (column < units ? 1 / (STATE_GAIN * STATE_ONE) : 1 / FEATURE_ONE),
    bound: (column) => (column < units ? STATE_GAIN * STATE_ONE : FEATURE_MAXIMUM),
  };
  const layer = (name: string, rows: number, weights: Float64Array, input: LayerInput, one: number) =>
    quantiseLayer({ name, rows, weights, input, one, codeBits }, problems);

  const outputOne = 2 ** OUTPUT_BITS;
  const biasOf = (name: string, values: Float64Array, one: number): Int32Array => {
    if (largest(values) * one > INT32_MAXIMUM) problems.push(`${name} reaches ${largest(values)}`);
    return scaled(values, one);
  };
  return {
    codeBits,
    hidden: layer("head.hidden", head.hiddenUnits, head.hidden, mixed, HIDDEN_ONE),
    hiddenBias: biasOf("head.hiddenBias", head.hiddenBias, HIDDEN_ONE),
    skip: layer("head.skip", outputs, head.skip, mixed, outputOne),
    output: layer("head.output", outputs, head.output, fromHidden(head.hiddenUnits), outputOne),
    outputBias: biasOf("head.outputBias", head.outputBias, outputOne),
  };
};

/** The integers that a layer reads: what one unit of each is worth, and how large it can be. */
interface LayerInput {
  readonly columns: number;
  readonly unit: (column: number) => number;
  readonly bound: (column: number) => number;
}

const fromHidden = (hiddenUnits: number): LayerInput => ({
  columns: hiddenUnits,
  unit: () => 1 / HIDDEN_ONE,
  bound: () => HIDDEN_MAXIMUM,
});

interface FloatLayer {
  readonly name: string;
  readonly rows: number;
  readonly weights: Float64Array;
  readonly input: LayerInput;
  /** Scale of the result. */
  readonly one: number;
  readonly codeBits: 8 | 16;
}

const quantiseLayer = (layer: FloatLayer, problems: string[]): IntegerLayer => {
  const { rows, weights, input } = layer;
  const { columns } = input;
  const codes = new Int16Array(rows * columns);
  const multiplier = new Uint16Array(rows);
  const shift = new Uint8Array(rows);
  const codeMaximum = 2 ** (layer.codeBits - 1) - 1;
  for (let row = 0; row < rows; row++) {
    let peak = 0;
    for (let column = 0; column < columns; column++) {
      peak = Math.max(peak, Math.abs(weights[row * columns + column]! * input.unit(column)));
    }
    if (peak === 0) continue;
    const codeUnit = peak / codeMaximum;
    let sumBound = 0;
    for (let column = 0; column < columns; column++) {
      const code = Math.round((weights[row * columns + column]! * input.unit(column)) / codeUnit);
      codes[row * columns + column] = code;
      sumBound += Math.abs(code) * input.bound(column);
    }
    const bits = 14 - Math.floor(Math.log2(codeUnit * layer.one));
    const mantissa = Math.min(2 ** 15 - 1, Math.round(codeUnit * layer.one * 2 ** bits));
    if (bits < 0 || bits > 62) {
      problems.push(`${layer.name} row ${row} has weights up to ${peak}`);
    } else if (sumBound * mantissa > EXACT_MAXIMUM) {
      problems.push(`${layer.name} row ${row} makes sums wider than 52 bits`);
    }
    multiplier[row] = mantissa;
    shift[row] = bits;
  }
  return { rows, columns, codes, multiplier, shift };
};

const quantiseReadout = (readout: Readout, problems: string[]): IntegerReadout => {
  const { channel, gain, quantum } = readout;
  // An edge that lies on the grid up to the noise of a division counts as on it.
  const minimum = Math.ceil(readout.minimum / quantum - 1e-9) + 0;
  const maximum = Math.floor(readout.maximum / quantum + 1e-9) + 0;
  if (!(quantum > 0)) problems.push(`the quantum of ${channel} is ${quantum}`);
  if (!(minimum <= maximum))
    problems.push(`${channel} has no quantum between ${readout.minimum} and ${readout.maximum}`);
  if (!(Math.max(Math.abs(minimum), Math.abs(maximum)) <= QUANTA_MAXIMUM)) {
    problems.push(
      `${channel} reaches from ${readout.minimum} to ${readout.maximum}, more than 2^20 quanta of ${quantum}`,
    );
  }
  const logarithmic = readout.transform === "log1p";
  if (logarithmic && minimum < 0) problems.push(`${channel} is forecast by log1p and reaches below 0`);
  const unit = logarithmic
    ? (gain / Math.LN2) * 2 ** (EXPONENT_BITS - OUTPUT_BITS)
    : (gain / quantum) * 2 ** (8 - OUTPUT_BITS);
  const gainShift = shiftWithin(Math.abs(unit), COEFFICIENT_MAXIMUM);
  if (logarithmic && 2 ** 8 / quantum > 2 ** 30)
    problems.push(`the quantum of ${channel} is ${quantum}, below 2^-22`);
  if (gainShift < 0) problems.push(`the gain of ${channel} is ${gain}, too large for its quantum ${quantum}`);
  return {
    transform: readout.transform,
    gain: Math.round(unit * 2 ** gainShift),
    gainShift,
    minimum,
    maximum,
    inverseQuantum: logarithmic ? Math.round(2 ** 8 / quantum) : 0,
  };
};
