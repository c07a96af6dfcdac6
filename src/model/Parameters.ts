import { type Cell, gatesOf, type StateQuantiser } from "../kernels/RecurrentCall.ts";
import type { WeightQuantiser } from "./quantiseWeights.ts";

/** Which recurrent cell a forecaster has, and what its quantised phase makes of it. */
export interface CellChoice {
  readonly cell: Cell;
  /** Multiplicative integration; otherwise alpha stays 0, beta1 and beta2 1. */
  readonly multiplicative: boolean;
  /** Of the quantised phase. */
  readonly weights: WeightQuantiser;
  readonly state: StateQuantiser;
  /** Steepness of sigmoid and tanh. */
  readonly slope: number;
}

/** What runs on the device. */
export const deployedCell: CellChoice = {
  cell: "gru",
  multiplicative: true,
  weights: "rowScale",
  state: "int8",
  slope: 1,
};

/**
 * The trainable numbers of the forecaster, by name; every one is a matrix, row after row.
 *
 * `inputs` below is the observed features plus the embedding.
 */
export interface ForecasterShape {
  /** Length of a feature vector without the embedding. */
  readonly observed: number;
  readonly embedding: number;
  readonly sensors: number;
  /** Hidden state of the cell, of each of its layers. */
  readonly units: number;
  /** Cells one above the other, 1 to 4; the head reads the state of the top one. 1 where absent. */
  readonly layers?: number;
  /** Hidden layer of the readout head. */
  readonly headUnits: number;
  /** Blocks x targets x horizon steps, laid out as `blocksOf` says; one block, the median, without quantile heads. */
  readonly outputs: number;
  /** Levels of the quantile heads, ascending and without 0.5; none where absent. */
  readonly quantiles?: readonly number[];
  /** {@link deployedCell} where absent. */
  readonly choice?: CellChoice;
}

export const cellOf = (shape: ForecasterShape): CellChoice => shape.choice ?? deployedCell;

export const layersOf = (shape: ForecasterShape): number => shape.layers ?? 1;

/** Columns of the cell's matrices: gates x units. */
export const gateColumns = (shape: ForecasterShape): number => gatesOf[cellOf(shape).cell] * shape.units;

export const parameterNames = [
  "inputWeights",
  "stateWeights",
  "integration",
  "hiddenWeights",
  "hiddenBias",
  "outputWeights",
  "skipWeights",
  "outputBias",
  "embedding",
] as const;
export type ParameterName = (typeof parameterNames)[number];
export type Parameters = Readonly<Record<ParameterName, Float32Array>>;

/** Weight matrices decay; biases, integration vectors and the embedding do not. */
export const decayedParameters: ReadonlySet<ParameterName> = new Set([
  "inputWeights",
  "stateWeights",
  "hiddenWeights",
  "outputWeights",
  "skipWeights",
]);

/**
 * Rows and columns of each parameter. `integration` holds alpha, beta1, beta2, bias, one a row.
 *
 * The layers of the cell stand one below the other, the lowest first; `layerRows` says where.
 */
export const parameterShapes = (
  shape: ForecasterShape,
): Readonly<Record<ParameterName, [number, number]>> => {
  const inputs = shape.observed + shape.embedding;
  const columns = gateColumns(shape);
  const layers = layersOf(shape);
  return {
    inputWeights: [inputs + (layers - 1) * shape.units, columns],
    stateWeights: [layers * shape.units, columns],
    integration: [layers * 4, columns],
    hiddenWeights: [shape.units + inputs, shape.headUnits],
    hiddenBias: [1, shape.headUnits],
    outputWeights: [shape.headUnits, shape.outputs],
    skipWeights: [shape.units + inputs, shape.outputs],
    outputBias: [1, shape.outputs],
    embedding: [shape.sensors, shape.embedding],
  };
};

export const copyParameters = (parameters: Parameters): Parameters =>
  mapParameters((name) => parameters[name].slice());

/** Builds a full set of parameters from one function of the name. */
export const mapParameters = (of: (name: ParameterName) => Float32Array): Parameters =>
  Object.fromEntries(parameterNames.map((name) => [name, of(name)])) as Parameters;
