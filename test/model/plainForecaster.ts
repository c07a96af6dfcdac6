/** The forecaster written out in float64, one window at a time: the reference of the tensor and the device form. */
import type { ForecasterShape, ParameterName } from "../../src/model/Parameters.ts";

export type PlainParameters = Readonly<Record<ParameterName, ArrayLike<number>>>;

export interface PlainOptions {
  readonly ternary: boolean;
  /** Multiplies the states that the head reads, [scored step][unit]. */
  readonly dropout?: readonly (readonly number[])[];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const columnOf = (matrix: ArrayLike<number>, columns: number, column: number): number[] =>
  Array.from({ length: matrix.length / columns }, (_, row) => matrix[row * columns + column]!);

/** Ternary weights (Li and Liu 2016): threshold 0.7 of the mean magnitude, scale the mean of what is kept. */
const ternaryColumn = (column: readonly number[]): number[] => {
  const threshold = (0.7 * column.reduce((sum, weight) => sum + Math.abs(weight), 0)) / column.length;
  const kept = column.filter((weight) => Math.abs(weight) > threshold).map(Math.abs);
  const scale = kept.length === 0 ? 0 : kept.reduce((sum, weight) => sum + weight, 0) / kept.length;
  return column.map((weight) => (Math.abs(weight) > threshold ? Math.sign(weight) * scale : 0));
};

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);

/**
 * Outputs of one window of one sensor, one row for each of the steps `scoredFrom..`.
 *
 * @param window observed features, one row a step
 */
export const plainOutputs = (
  parameters: PlainParameters,
  shape: ForecasterShape,
  window: readonly (readonly number[])[],
  sensor: number,
  scoredFrom: number,
  { dropout, ternary }: PlainOptions,
): number[][] => {
  const gates = 3 * shape.units;
  const { layers = 1, units } = shape;
  const inputs = shape.observed + shape.embedding;
  /** Columns of the rows `from..to - 1` of a matrix: what one layer has of it. */
  const columns = (matrix: ArrayLike<number>, from: number, to: number): number[][] =>
    Array.from({ length: gates }, (_, gate) => {
      const column = columnOf(matrix, gates, gate).slice(from, to);
      return ternary ? ternaryColumn(column) : column;
    });
  const cells = Array.from({ length: layers }, (_, layer) => ({
    w:
      layer === 0
        ? columns(parameters.inputWeights, 0, inputs)
        : columns(parameters.inputWeights, inputs + (layer - 1) * units, inputs + layer * units),
    u: columns(parameters.stateWeights, layer * units, (layer + 1) * units),
    integrated: (gate: number, p: number, q: number): number => {
      const row = (index: number): number => parameters.integration[(4 * layer + index) * gates + gate]!;
      return row(0) * p * q + row(1) * q + row(2) * p + row(3);
    },
  }));
  const embedding = Array.from(
    { length: shape.embedding },
    (_, k) => parameters.embedding[sensor * shape.embedding + k]!,
  );

  const states = cells.map(() => Array.from({ length: units }, () => 0));
  const rows: number[][] = [];
  window.forEach((observed, step) => {
    const x = [...observed, ...embedding];
    let state: number[] = [];
    cells.forEach(({ integrated, u, w }, layer) => {
      const before = states[layer]!;
      const below = layer === 0 ? x : state;
      const gate = (index: number, read: readonly number[]): number =>
        integrated(index, dot(w[index]!, below), dot(u[index]!, read));
      const update = before.map((_, unit) => sigmoid(gate(unit, before)));
      const reset = before.map((value, unit) => sigmoid(gate(units + unit, before)) * value);
      state = before.map((value, unit) => {
        const candidate = Math.tanh(gate(2 * units + unit, reset));
        const next = (1 - update[unit]!) * value + update[unit]! * candidate;
        return ternary ? Math.round(next * 127) / 127 : next;
      });
      states[layer] = state;
    });
    if (step < scoredFrom) return;
    const mask = dropout?.[step - scoredFrom];
    const read = [...state.map((value, unit) => value * (mask?.[unit] ?? 1)), ...x];
    const hidden = Array.from({ length: shape.headUnits }, (_, unit) =>
      Math.max(
        0,
        dot(columnOf(parameters.hiddenWeights, shape.headUnits, unit), read) + parameters.hiddenBias[unit]!,
      ),
    );
    rows.push(
      Array.from(
        { length: shape.outputs },
        (_, output) =>
          dot(columnOf(parameters.outputWeights, shape.outputs, output), hidden) +
          dot(columnOf(parameters.skipWeights, shape.outputs, output), read) +
          parameters.outputBias[output]!,
      ),
    );
  });
  return rows;
};
