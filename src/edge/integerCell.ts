import { FEATURE_MAXIMUM, STATE_ONE } from "./fixedPoint.ts";
import type { IntegerModel } from "./IntegerModel.ts";
import { createIntegerStep } from "./integerStep.ts";

/** The recurrent cells in integers, in two halves: what a step contributes, and the walk over a window. */
export interface IntegerCell {
  /** Hidden states (one = 127) that the last walk left, each of length units, the lowest cell first. */
  readonly states: readonly Float64Array[];
  /**
   * Slope and offset of all gate rows of the lowest cell for `count` feature vectors (int16, one = 1024), each
   * [vector][3 units]. They are the same for every window that contains the step.
   */
  readonly project: (features: Int16Array, count: number, slopes: Int32Array, offsets: Int32Array) => void;
  /** Walks `steps` projected vectors from the one at index `first`, all cells starting from the zero state. */
  readonly walk: (slopes: Int32Array, offsets: Int32Array, first: number, steps: number) => void;
}

/** Makes the cells of a model: at each step the lowest moves on, then each above it by the new state of the one below. */
export const createIntegerCell = (model: IntegerModel): IntegerCell => {
  const { inputs, tanh, units } = model;
  const rows = 3 * units;
  const lowest = createIntegerStep(model, tanh, inputs, FEATURE_MAXIMUM, units);
  const upper = model.upper.map((weights) => createIntegerStep(weights, tanh, units, STATE_ONE, units));
  const vector = new Float64Array(inputs);
  const lowestState = new Float64Array(units);
  const states = [lowestState, ...upper.map(() => new Float64Array(units))];
  const upperSlopes = new Int32Array(rows);
  const upperOffsets = new Int32Array(rows);

  const project: IntegerCell["project"] = (features, count, slopes, offsets) => {
    for (let index = 0; index < count; index++) {
      for (let input = 0; input < inputs; input++) vector[input] = features[index * inputs + input]!;
      lowest.project(vector, slopes, offsets, index * rows);
    }
  };

  const walk: IntegerCell["walk"] = (slopes, offsets, first, steps) => {
    for (const state of states) state.fill(0);
    for (let step = first; step < first + steps; step++) {
      lowest.advance(slopes, offsets, step * rows, lowestState);
      for (let cell = 0; cell < upper.length; cell++) {
        upper[cell]!.project(states[cell]!, upperSlopes, upperOffsets, 0);
        upper[cell]!.advance(upperSlopes, upperOffsets, 0, states[cell + 1]!);
      }
    }
  };
  return { states, project, walk };
};
