import type { TernaryCell, TernaryModel } from "../edge/TernaryModel.ts";
import { invertTransform, transformReading } from "../series/transform.ts";

/**
 * Forecasts one sensor with a ternary model in float64, as {@link TernaryModel} states it: the median in the channels'
 * units, [target][lead], within the readouts' ranges and not rounded to quanta.
 *
 * `features` are [step][input], `baselines` readings [target][lead].
 */
export type RealForecaster = (features: ArrayLike<number>, baselines: ArrayLike<number>) => Float64Array;

const STATE_ONE = 127;

/** Makes the forecaster of a model. */
export const createRealForecaster = (model: TernaryModel): RealForecaster => {
  const { head, horizonSteps, inputs, targets, units } = model;
  const cells: readonly TernaryCell[] = [model, ...model.upper];
  const columnsOf = (cell: number): number => (cell === 0 ? inputs : units);
  const products = new Float64Array(3 * units);
  const gated = new Float64Array(units);
  const update = new Float64Array(units);
  const x = new Float64Array(inputs);
  const mixed = new Float64Array(units + inputs);
  const hidden = new Float64Array(head.hiddenUnits);

  const gate = (cell: TernaryCell, row: number, state: Float64Array): number => {
    const p = products[row]!;
    const q = dot(cell.stateCodes, row, state);
    return cell.alpha[row]! * p * q + cell.beta1[row]! * q + cell.beta2[row]! * p + cell.bias[row]!;
  };

  const advance = (cell: TernaryCell, columns: number, input: Float64Array, state: Float64Array): void => {
    for (let row = 0; row < 3 * units; row++) products[row] = dot(cell.inputCodes, row, input, columns);
    for (let unit = 0; unit < units; unit++) {
      update[unit] = sigmoid(gate(cell, unit, state));
      gated[unit] = sigmoid(gate(cell, units + unit, state)) * state[unit]!;
    }
    for (let unit = 0; unit < units; unit++) {
      const candidate = Math.tanh(gate(cell, 2 * units + unit, gated));
      const next = state[unit]! + update[unit]! * (candidate - state[unit]!);
      state[unit] = Math.round(next * STATE_ONE) / STATE_ONE;
    }
  };

  return (features, baselines) => {
    const states = cells.map(() => new Float64Array(units));
    for (let from = 0; from < features.length; from += inputs) {
      for (let input = 0; input < inputs; input++) x[input] = features[from + input]!;
      cells.forEach((cell, index) =>
        advance(cell, columnsOf(index), index === 0 ? x : states[index - 1]!, states[index]!),
      );
    }
    mixed.set(states.at(-1)!);
    mixed.set(x, units);
    for (let row = 0; row < hidden.length; row++) {
      hidden[row] = Math.max(0, dot(head.hidden, row, mixed) + head.hiddenBias[row]!);
    }
    return Float64Array.from({ length: targets.length * horizonSteps }, (_, row) => {
      const y = dot(head.skip, row, mixed) + dot(head.output, row, hidden) + head.outputBias[row]!;
      const { gain, maximum, minimum, transform } = targets[Math.floor(row / horizonSteps)]!;
      const value = invertTransform(transform, transformReading(transform, baselines[row]!) + gain * y);
      return Math.min(maximum, Math.max(minimum, value));
    });
  };
};

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

const dot = (
  matrix: ArrayLike<number>,
  row: number,
  vector: Float64Array,
  columns: number = vector.length,
): number => {
  let sum = 0;
  const at = row * columns;
  for (let column = 0; column < columns; column++) sum += matrix[at + column]! * vector[column]!;
  return sum;
};
