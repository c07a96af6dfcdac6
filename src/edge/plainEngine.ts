import type { IntegerEngine } from "./IntegerEngine.ts";
import { createIntegerCell } from "./integerCell.ts";
import { createIntegerHead, decode } from "./integerHead.ts";
import type { IntegerModel } from "./IntegerModel.ts";

/** The engine in plain JavaScript, which shows its states too. */
export interface PlainEngine extends IntegerEngine {
  /** Hidden states (one = 127) after the last forecast, each of length units, the lowest cell first. */
  readonly states: readonly Float64Array[];
}

/** Makes the engine in plain JavaScript: the reference that fixes every rounding. */
export const createPlainEngine = (model: IntegerModel): PlainEngine => {
  const { horizonSteps, inputs, readouts, units } = model;
  const rows = 3 * units;
  const cell = createIntegerCell(model);
  const head = createIntegerHead(model);
  const state = cell.states.at(-1)!;
  const outputs = new Float64Array(model.head.skip.rows);
  const width = readouts.length * horizonSteps;

  const project: IntegerEngine["project"] = (features, count) => {
    const slopes = new Int32Array(count * rows);
    const offsets = new Int32Array(count * rows);
    cell.project(features, count, slopes, offsets);
    return {
      forecast: (first, steps, baselines, quanta) => {
        cell.walk(slopes, offsets, first, steps);
        head(state, features, (first + steps - 1) * inputs, outputs);
        for (let row = 0; row < outputs.length; row++) {
          const index = row % width;
          const readout = readouts[Math.floor(index / horizonSteps)]!;
          quanta[row] = decode(readout, model.powers, baselines[index]!, outputs[row]!);
        }
      },
      release: () => undefined,
    };
  };
  return { stepBytes: 2 * rows * Int32Array.BYTES_PER_ELEMENT, states: cell.states, project };
};
