import { gatesOf, type Cell } from "../../kernels/RecurrentCall.ts";
import type { Random } from "../../series/random.ts";
import { columnOf, rowOf, type SharedTable } from "../sharedTable/SharedTable.ts";
import {
  copyTiming,
  initialTiming,
  timingArrays,
  timingNumbers,
  type TimingParameters,
  type TimingShape,
} from "./TimingHead.ts";
import { type TokenVectors, type VectorPart, vectorParts } from "./TokenVectors.ts";

/**
 * A recurrent model of a stream of tokens that reads and predicts each token as one code or several, one after the
 * other: P(token) is the product of the probabilities of its codes, each predicted with those before it fed in.
 *
 * One code of as many values as there are tokens is the full table with the full softmax. Two codes, row and column of
 * a shared table, are LightRNN (Li et al., NIPS 2016, equations 1 to 4): two half-steps a token with the same weights.
 */
export interface EventModelShape {
  /** Additive where `multiplicative` is false. */
  readonly cell: Cell;
  readonly multiplicative: boolean;
  readonly units: number;
  /** Length of an input vector. */
  readonly inputs: number;
  /** Number of values of each code. */
  readonly codes: readonly number[];
  /** What the vectors of a model of one code come from; a table of one vector a token where absent. */
  readonly vectors?: TokenVectors;
  /** Whether the cell multiplies by ternary weights, one scale a column, and carries its state in eight bits. */
  readonly ternary?: boolean;
  /** Without it the model says which token comes next, not when. */
  readonly timing?: TimingShape;
}

/** Trainable numbers, row-major float32; gates as in `RecurrentCall`. */
export interface EventParameters {
  /** [inputs][gates units] */
  readonly inputWeights: Float32Array;
  /** [units][gates units] */
  readonly stateWeights: Float32Array;
  /** [4][gates units] */
  readonly integration: Float32Array;
  /** By code, [values][inputs]; by part where the shape says what vectors come from. */
  readonly inputVectors: readonly Float32Array[];
  /** By code, [values][units]; by part likewise. */
  readonly outputVectors: readonly Float32Array[];
  /** By code, [values]; by part likewise. */
  readonly outputBiases: readonly Float32Array[];
  readonly timing?: TimingParameters;
}

/** Every array of the parameters, always in the same order. */
export const arraysOf = (parameters: EventParameters): readonly Float32Array[] => [
  parameters.inputWeights,
  parameters.stateWeights,
  parameters.integration,
  ...parameters.inputVectors,
  ...parameters.outputVectors,
  ...parameters.outputBiases,
  ...(parameters.timing === undefined ? [] : timingArrays(parameters.timing)),
];

export const copyEventParameters = (parameters: EventParameters): EventParameters => ({
  inputWeights: parameters.inputWeights.slice(),
  stateWeights: parameters.stateWeights.slice(),
  integration: parameters.integration.slice(),
  inputVectors: parameters.inputVectors.map((values) => values.slice()),
  outputVectors: parameters.outputVectors.map((values) => values.slice()),
  outputBiases: parameters.outputBiases.map((values) => values.slice()),
  ...(parameters.timing && { timing: copyTiming(parameters.timing) }),
});

/** Numbers in the input and output vectors and biases: what a shared table makes fewer. */
export const tableNumbers = (shape: EventModelShape): number => {
  const { input, output } = vectorParts(shape);
  const sizeOf = (parts: readonly VectorPart[], more: number): number =>
    parts.reduce((sum, { rows, width }) => sum + rows * (width + more), 0);
  return sizeOf(input, 0) + sizeOf(output, 1);
};

/** Numbers in the cell. */
export const cellNumbers = ({ cell, inputs, units }: EventModelShape): number =>
  gatesOf[cell] * units * (inputs + units + 4);

/** Numbers in what reads and predicts times; 0 without it. */
export const whenNumbers = ({ inputs, timing, units }: EventModelShape): number =>
  timing === undefined ? 0 : timingNumbers(timing, inputs, units);

/**
 * Codes of the tokens of a stream: row and column by a table, the tokens themselves without.
 *
 * @example
 * codesOf(Int32Array.of(3, 1), { tokens: 4, side: 2, cellOf: Int32Array.of(0, 1, 2, 3) });
 * // => [Int32Array [ 1, 0 ], Int32Array [ 1, 1 ]]
 */
export const codesOf = (tokens: Int32Array, table?: SharedTable): readonly Int32Array[] =>
  table === undefined
    ? [tokens]
    : [tokens.map((token) => rowOf(table, token)), tokens.map((token) => columnOf(table, token))];

/** Update gate of the GRU at the start: sigmoid(-1) of the candidate. */
const INITIAL_UPDATE_BIAS = -1;
/** Forget gate of the LSTM at the start: sigmoid(1), so that the cell keeps most of its past. */
const INITIAL_FORGET_BIAS = 1;
/** Deviation of input and output vectors at the start. */
const VECTOR_DEVIATION = 0.1;

/** Starting point: weights N(0, 1 / fan-in), alpha and the betas 1 (Wu et al. 2016, "sentences"), small vectors, no biases. */
export const initialEventParameters = (shape: EventModelShape, numbers: Random): EventParameters => {
  const { cell, inputs, multiplicative, timing, units } = shape;
  const { input, output } = vectorParts(shape);
  const columns = gatesOf[cell] * units;
  const gaussian = (size: number, deviation: number): Float32Array =>
    Float32Array.from({ length: size }, () => deviation * numbers.normal());
  const integration = new Float32Array(4 * columns);
  const vectors = ({ centre, rows, width }: VectorPart): Float32Array =>
    gaussian(rows * width, VECTOR_DEVIATION).map((value) => centre + value);
  integration.fill(multiplicative ? 1 : 0, 0, columns);
  integration.fill(1, columns, 3 * columns);
  if (cell === "gru") integration.fill(INITIAL_UPDATE_BIAS, 3 * columns, 3 * columns + units);
  if (cell === "lstm") integration.fill(INITIAL_FORGET_BIAS, 3 * columns + units, 3 * columns + 2 * units);
  return {
    inputWeights: gaussian(inputs * columns, 1 / Math.sqrt(inputs)),
    stateWeights: gaussian(units * columns, 1 / Math.sqrt(units)),
    integration,
    inputVectors: input.map(vectors),
    outputVectors: output.map(vectors),
    outputBiases: output.map(({ rows }) => new Float32Array(rows)),
    ...(timing && { timing: initialTiming(timing, inputs, units, numbers) }),
  };
};
