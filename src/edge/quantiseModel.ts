import { blocksOf } from "../series/arrangeQuantiles.ts";
import { ArtefactError } from "./ArtefactError.ts";
import type {
  IntegerHead,
  IntegerLayer,
  IntegerModel,
  IntegerReadout,
  IntegerWeights,
} from "./IntegerModel.ts";
import type { Readout, TernaryCell, TernaryModel } from "./TernaryModel.ts";
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
/**
 * Bound of real slopes and offsets: the largest coefficient, rounded, has at least 23 bits, so it is off by 2^-24 of
 * itself and a product of 31 bits by 2^7; the other roundings are off by less than 2.
 */
const SUM_BOUND = INT32_MAXIMUM - 2 ** 8;
const LARGEST_SHIFT = 31;
const COEFFICIENT_MAXIMUM = 2 ** 24;

/**
 * Turns a trained ternary model into integers, choosing every shift as large as the proven widths allow.
 *
 * Interval argument, checked here for the given numbers: |p| <= 6144 n_x, |alpha| and |beta2| <= 2^24, so
 * |alpha p| < 2^52 for up to 43 000 inputs; |slope| and |offset| < 2^31 by choice of the shifts;
 * |slope q| <= 2^31 * 2032 n_h < 2^52 for up to 1032 units. A cell above another reads its state: |p| <= 127 n_x,
 * narrower by far, and the scales of alpha and beta2 are of x with one = 127.
 *
 * Throws an {@link ArtefactError} `not-representable` that lists every number out of range.
 */
export const quantiseModel = (model: TernaryModel, headBits: 8 | 16): IntegerModel => {
  const problems = shapeProblems(model);
  if (problems.length > 0) refuse(problems);
  const { inputCodes, stateCodes, gates } = quantiseCell(
    model,
    model.units,
    featureInput(model.inputs),
    problems,
  );
  const upper = model.upper.map((cell, index) =>
    quantiseCell(cell, model.units, stateInput(model.units, index), problems),
  );
  const head = quantiseHead(model, headBits, problems);
  const readouts = model.targets.map((readout) => quantiseReadout(readout, problems));
  if (problems.length > 0) refuse(problems);
  return {
    inputs: model.inputs,
    units: model.units,
    hiddenUnits: model.head.hiddenUnits,
    horizonSteps: model.horizonSteps,
    inputCodes,
    stateCodes,
    gates,
    upper,
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
  const cells = [
    { name: "", cell: model as TernaryCell, columns: inputs },
    ...model.upper.map((cell, index) => ({ name: `upper[${index}].`, cell, columns: units })),
  ];
  const expected: readonly (readonly [string, ArrayLike<number>, number])[] = [
    ...cells.flatMap(({ name, cell, columns }) => [
      [`${name}inputCodes`, cell.inputCodes, 3 * units * columns] as const,
      [`${name}stateCodes`, cell.stateCodes, 3 * units * units] as const,
      [`${name}alpha`, cell.alpha, 3 * units] as const,
      [`${name}beta1`, cell.beta1, 3 * units] as const,
      [`${name}beta2`, cell.beta2, 3 * units] as const,
      [`${name}bias`, cell.bias, 3 * units] as const,
    ]),
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
  for (const [name, codes] of cells.flatMap(({ name: of, cell }) => [
    [`${of}inputCodes`, cell.inputCodes] as const,
    [`${of}stateCodes`, cell.stateCodes] as const,
  ])) {
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

/** The integers that a cell reads as x. */
interface CellInput {
  /** Where the cell stands, in front of what is wrong with it. */
  readonly place: string;
  readonly columns: number;
  /** Integer of the number one, and the largest one. */
  readonly one: number;
  readonly maximum: number;
}

const featureInput = (inputs: number): CellInput => ({
  place: "",
  columns: inputs,
  one: FEATURE_ONE,
  maximum: FEATURE_MAXIMUM,
});

const stateInput = (units: number, index: number): CellInput => ({
  place: `in upper[${index}] `,
  columns: units,
  one: STATE_ONE,
  maximum: STATE_ONE,
});

const quantiseCell = (
  cell: TernaryCell,
  units: number,
  { columns, maximum, one, place }: CellInput,
  problems: string[],
): IntegerWeights => {
  const inputBound = maximum * densestRow(cell.inputCodes, columns);
  const stateBound = GATED_STATE_ONE * densestRow(cell.stateCodes, units);
  const activationOne = 2 ** ACTIVATION_BITS;

  const slopeReal = (largest(cell.alpha) * inputBound) / one + largest(cell.beta1);
  const productShift = Math.min(20, shiftWithin((slopeReal * activationOne) / GATED_STATE_ONE, SUM_BOUND));
  const slopeOne = (activationOne / GATED_STATE_ONE) * 2 ** productShift;
  const alphaShift = shiftWithin((largest(cell.alpha) * slopeOne) / one, COEFFICIENT_MAXIMUM);
  const beta2Shift = shiftWithin((largest(cell.beta2) * activationOne) / one, COEFFICIENT_MAXIMUM);
  const offsetBound = ((largest(cell.beta2) * inputBound) / one + largest(cell.bias)) * activationOne;

  const report = (problem: string): number => problems.push(`${place}${problem}`);
  if (productShift < 10) report(`alpha p + beta1 reaches ${slopeReal}, which leaves too few bits`);
  if (alphaShift < 0) report(`alpha reaches ${largest(cell.alpha)}`);
  if (beta2Shift < 0) report(`beta2 reaches ${largest(cell.beta2)}`);
  if (offsetBound > SUM_BOUND) report(`beta2 p + bias reaches ${offsetBound / activationOne}`);
  if (COEFFICIENT_MAXIMUM * inputBound > EXACT_MAXIMUM || 2 ** 31 * stateBound > EXACT_MAXIMUM) {
    report(`${columns} inputs and ${units} units make sums wider than 52 bits`);
  }
  return {
    inputCodes: cell.inputCodes,
    stateCodes: cell.stateCodes,
    gates: {
      alpha: scaled(cell.alpha, (slopeOne / one) * 2 ** alphaShift),
      beta1: scaled(cell.beta1, slopeOne),
      beta2: scaled(cell.beta2, (activationOne / one) * 2 ** beta2Shift),
      bias: scaled(cell.bias, activationOne),
      alphaShift,
      beta2Shift,
      productShift,
    },
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
