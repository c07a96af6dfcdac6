import type { RecurrentGradients, RecurrentKernel } from "../kernels/RecurrentKernel.ts";
import type { StateNoise } from "../kernels/RecurrentCall.ts";
import type { ForecasterOptions } from "./ForecasterRun.ts";
import { integrationOf, storedIntegrationGradient } from "./integrationOf.ts";
import { type LayeredName, layerRows, rowsOf } from "./layerRows.ts";
import { cellOf, type ForecasterShape, gateColumns, type Parameters } from "./Parameters.ts";
import { quantisedMatrix } from "./quantiseWeights.ts";

/** Gradients of the cell's parameters, one block a layer, and of its input where that was asked for. */
export type CellGradients = Readonly<Record<LayeredName, Float32Array>> & Pick<RecurrentGradients, "x">;

export interface CellRun {
  /** States of the top layer from the step `readFrom` on, [steps - readFrom][batch][units]. */
  readonly states: Float32Array;
  /** Gradients from that of the states, of the same layout; it gives the memory back. */
  readonly backward: (stateGradient: Float32Array, wantInputGradient: boolean) => CellGradients;
  /** Gives the memory back where no gradient is wanted. */
  readonly release: () => void;
}

/** Odd, with a high bit: chance at the same place of two layers never comes from the same counter. */
const SEED_OF_LAYER = 0x9e3779b9;

const noiseOfLayer = ({ seed, share }: StateNoise, layer: number): StateNoise => ({
  share,
  seed: (seed ^ Math.imul(layer, SEED_OF_LAYER)) >>> 0,
});

/**
 * Runs the layers of the recurrent cell one after the other by the fused kernel, each over the whole sequence: the
 * states of a layer are what the next reads, and the gradient of what it reads is that of the states below.
 *
 * @param x [steps][batch][inputs]
 */
export const runCellLayers = (
  kernel: RecurrentKernel,
  parameters: Parameters,
  shape: ForecasterShape,
  x: Float32Array,
  sizes: { readonly batch: number; readonly steps: number; readonly readFrom: number },
  { stateNoise, ternary }: Pick<ForecasterOptions, "stateNoise" | "ternary">,
): CellRun => {
  const { batch, readFrom, steps } = sizes;
  const { units } = shape;
  const choice = cellOf(shape);
  const columns = gateColumns(shape);
  const layers = layerRows(shape);
  const block = (name: LayeredName, layer: number): Float32Array =>
    rowsOf(parameters[name], columns, layers[layer]![name]);
  const weights = (name: "inputWeights" | "stateWeights", layer: number): Float32Array =>
    ternary
      ? quantisedMatrix(choice.weights, block(name, layer), layers[layer]![name][1], columns)
      : block(name, layer);

  let states = x;
  const tapes = layers.map(({ inputWeights: [, inputs] }, layer) => {
    const recorded = kernel.record({
      cell: choice.cell,
      slope: choice.slope,
      sizes: { batch, steps, inputs, units },
      x: states,
      w: weights("inputWeights", layer),
      u: weights("stateWeights", layer),
      readFrom: layer === layers.length - 1 ? readFrom : 0,
      mi: integrationOf(choice, block("integration", layer), ternary),
      stateQuantiser: ternary ? choice.state : "none",
      ...(ternary &&
        choice.state === "ternary" &&
        stateNoise && { stateNoise: noiseOfLayer(stateNoise, layer) }),
    });
    states = recorded.states;
    return recorded.tape;
  });
  const release = (): void => tapes.forEach((tape) => tape.release());

  const backward: CellRun["backward"] = (stateGradient, wantInputGradient) => {
    const gradients: Record<LayeredName, Float32Array> = {
      inputWeights: new Float32Array(parameters.inputWeights.length),
      stateWeights: new Float32Array(parameters.stateWeights.length),
      integration: new Float32Array(parameters.integration.length),
    };
    let gradient: Float32Array | undefined = stateGradient;
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const cell: RecurrentGradients = tapes[layer]!.backward(gradient!, layer > 0 || wantInputGradient);
      const put = (name: LayeredName, values: Float32Array): void =>
        rowsOf(gradients[name], columns, layers[layer]![name]).set(values);
      put("inputWeights", cell.w);
      put("stateWeights", cell.u);
      put("integration", storedIntegrationGradient(choice, cell.mi));
      gradient = cell.x;
    }
    release();
    return { ...gradients, ...(gradient && { x: gradient }) };
  };
  return { states, backward, release };
};
