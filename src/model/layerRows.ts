import { type ForecasterShape, layersOf, type ParameterName } from "./Parameters.ts";

/** The parameters that have a block of rows for each layer of the cell. */
export type LayeredName = Extract<ParameterName, "inputWeights" | "stateWeights" | "integration">;

/** First row and number of rows of a layer's block. */
export type LayerRows = Readonly<Record<LayeredName, readonly [first: number, count: number]>>;

/**
 * Where each layer of the cell, the lowest first, stands in the parameters. The lowest reads the features and the
 * embedding, each further one the states of the one below, as they are after the state quantiser.
 *
 * @example
 * layerRows({ observed: 5, embedding: 2, units: 4, layers: 2, sensors: 3, headUnits: 3, outputs: 6 })[1];
 * // => { inputWeights: [7, 4], stateWeights: [4, 4], integration: [4, 4] }
 */
export const layerRows = (shape: ForecasterShape): readonly LayerRows[] => {
  const { units } = shape;
  const inputs = shape.observed + shape.embedding;
  return Array.from({ length: layersOf(shape) }, (_, layer) => ({
    inputWeights: layer === 0 ? [0, inputs] : [inputs + (layer - 1) * units, units],
    stateWeights: [layer * units, units],
    integration: [4 * layer, 4],
  }));
};

/** A view of the rows of a row-major matrix. */
export const rowsOf = (
  matrix: Float32Array,
  columns: number,
  [first, count]: readonly [first: number, count: number],
): Float32Array => matrix.subarray(first * columns, (first + count) * columns);
