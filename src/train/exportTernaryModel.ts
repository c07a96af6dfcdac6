import type { Readout, TernaryCell, TernaryModel } from "../edge/TernaryModel.ts";
import { cellOf, type ForecasterShape, type Parameters } from "../model/Parameters.ts";
import { integrationOf } from "../model/integrationOf.ts";
import { type LayerRows, layerRows, rowsOf } from "../model/layerRows.ts";
import { quantiseWeights } from "../model/quantiseWeights.ts";
import type { FeaturePlan } from "../series/FeaturePlan.ts";

/**
 * Hands trained parameters to the device: ternary codes of the cell, their row scales folded into alpha, beta1
 * and beta2 (exact for multiplicative integration: alpha s_W s_U, beta1 s_U, beta2 s_W), the head as it is.
 */
export const exportTernaryModel = (
  parameters: Parameters,
  shape: ForecasterShape,
  horizonSteps: number,
  targets: readonly Readout[],
): TernaryModel => {
  const inputs = shape.observed + shape.embedding;
  const choice = cellOf(shape);
  if (choice.cell !== "gru" || choice.state !== "int8" || choice.slope !== 1) {
    throw new RangeError(
      `the device runs the cell gru with an int8 state and slope 1, not ${choice.cell} with ${choice.state} and ${choice.slope}: choose that to export`,
    );
  }
  const [lowest, ...upper] = layerRows(shape);
  const read = shape.units + inputs;
  return {
    inputs,
    units: shape.units,
    ...exportCell(parameters, shape, lowest!),
    upper: upper.map((rows) => exportCell(parameters, shape, rows)),
    head: {
      hiddenUnits: shape.headUnits,
      hidden: transposed(parameters.hiddenWeights, read, shape.headUnits, Float64Array),
      hiddenBias: Float64Array.from(parameters.hiddenBias),
      output: transposed(parameters.outputWeights, shape.headUnits, shape.outputs, Float64Array),
      skip: transposed(parameters.skipWeights, read, shape.outputs, Float64Array),
      outputBias: Float64Array.from(parameters.outputBias),
    },
    horizonSteps,
    targets,
    ...(shape.quantiles !== undefined && { quantiles: shape.quantiles }),
  };
};

/** The cell that has these rows of the parameters. */
const exportCell = (parameters: Parameters, shape: ForecasterShape, rows: LayerRows): TernaryCell => {
  const gates = 3 * shape.units;
  const choice = cellOf(shape);
  const block = (name: keyof LayerRows): Float32Array => rowsOf(parameters[name], gates, rows[name]);
  const inputs = rows.inputWeights[1];
  const integration = integrationOf(choice, block("integration"), true);
  const input = quantiseWeights(choice.weights, block("inputWeights"), inputs, gates);
  const state = quantiseWeights(choice.weights, block("stateWeights"), shape.units, gates);
  const vector = (row: number, scale: (gate: number) => number): Float64Array =>
    Float64Array.from({ length: gates }, (_, gate) => integration[row * gates + gate]! * scale(gate));
  return {
    inputCodes: transposed(input.codes, inputs, gates, Int8Array),
    stateCodes: transposed(state.codes, shape.units, gates, Int8Array),
    alpha: vector(0, (gate) => input.scales[gate]! * state.scales[gate]!),
    beta1: vector(1, (gate) => state.scales[gate]!),
    beta2: vector(2, (gate) => input.scales[gate]!),
    bias: vector(3, () => 1),
  };
};

/** The plan of a trained forecaster: its sensors' learned vectors put in. */
export const withEmbedding = (
  plan: FeaturePlan,
  parameters: Parameters,
  shape: ForecasterShape,
): FeaturePlan => ({
  ...plan,
  embedding: plan.sensors.map((_, sensor) =>
    Array.from(parameters.embedding.subarray(sensor * shape.embedding, (sensor + 1) * shape.embedding)),
  ),
});

const transposed = <A extends Int8Array | Float64Array>(
  matrix: ArrayLike<number>,
  rows: number,
  columns: number,
  ArrayType: new (length: number) => A,
): A => {
  const result = new ArrayType(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = matrix[row * columns + column]!;
  }
  return result;
};
