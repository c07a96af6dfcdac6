import { RecurrentCallError } from "./RecurrentCallError.ts";
import { RecurrentWorkspace } from "./RecurrentWorkspace.ts";

/** A softmax over the products of states with one vector a class, and the class that came; matrices row-major. */
export interface SoftmaxCall {
  readonly positions: number;
  readonly classes: number;
  readonly units: number;
  /** [positions][units] */
  readonly states: Float32Array;
  /** [classes][units] */
  readonly vectors: Float32Array;
  /** [classes] */
  readonly biases: Float32Array;
  /** [positions], 0 to classes - 1 */
  readonly targets: Int32Array;
}

export interface SoftmaxGradients {
  /** Sum over the positions of -log of the probability of the target, in nats. */
  readonly loss: number;
  /** [positions][units] */
  readonly states: Float32Array;
  /** [classes][units] */
  readonly vectors: Float32Array;
  /** [classes] */
  readonly biases: Float32Array;
}

/** Cross-entropy of large softmaxes: logits live by tiles of positions and never leave the wasm memory. */
export interface SoftmaxKernel {
  /** Sum over the positions of -log of the probability of the target, in nats. */
  loss(call: SoftmaxCall): number;
  /** The loss, and the gradients of `weight` times it. */
  gradients(call: SoftmaxCall, weight: number): SoftmaxGradients;
}

const FLOAT_BYTES = 4;
const BLOCK = 8;
const FACT_BYTES = 48;
/** Positions whose logits are alive at once: at 20,000 classes 32 of them take 2.5 MB. */
const TILE = 32;
const paddedTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple;

const checkSoftmaxCall = (call: SoftmaxCall): void => {
  const { biases, classes, positions, states, targets, units, vectors } = call;
  const problems: string[] = [];
  for (const [name, value] of Object.entries({ positions, classes, units })) {
    if (!Number.isSafeInteger(value) || value < 1)
      problems.push(`${name} is ${value}: give a whole number of at least 1`);
  }
  const expected = (name: string, length: number, shape: string, needed: number): void => {
    if (length !== needed) problems.push(`${name} has ${length} values: ${shape} needs ${needed}`);
  };
  expected("states", states.length, `[${positions}][${units}]`, positions * units);
  expected("vectors", vectors.length, `[${classes}][${units}]`, classes * units);
  expected("biases", biases.length, `[${classes}]`, classes);
  expected("targets", targets.length, `[${positions}]`, positions);
  const unfit = targets.findIndex((target) => !(target >= 0 && target < classes));
  if (unfit >= 0)
    problems.push(`target ${unfit} is ${targets[unfit]}: give a class from 0 to ${classes - 1}`);
  if (problems.length > 0) throw new RecurrentCallError(problems);
};

/** Where things lie in memory; vectors and what is blocked in blocks of eight columns. */
interface Places {
  readonly plain: number;
  readonly packedTransposed: number;
  readonly packed: number;
  readonly biases: number;
  readonly vectorGradient: number;
  readonly biasGradient: number;
  readonly states: number;
  readonly packedStates: number;
  readonly targets: number;
  readonly facts: number;
  readonly targetLogits: number;
  readonly logits: number;
  readonly stateGradient: number;
}

/**
 * Makes the softmax of many classes on the wasm module of the recurrent cell. Sums over classes are in float64, in a fixed
 * order: equal calls give equal bytes. A NaN in a state or vector shows in the loss.
 *
 * @throws RecurrentCallError from its calls, naming every size or target that does not fit
 * @example
 * const call = { positions: 1, classes: 2, units: 1, states: Float32Array.of(0), vectors: Float32Array.of(1, 2) };
 * const half = { ...call, biases: new Float32Array(2), targets: Int32Array.of(1) };
 * createSoftmaxKernel().loss(half) === Math.log(2); // => true
 * createSoftmaxKernel().gradients(half, 1).biases; // => Float32Array [ 0.5, -0.5 ]
 */
export const createSoftmaxKernel = (): SoftmaxKernel => {
  const workspace = new RecurrentWorkspace();
  const { wasm } = workspace;

  const layOut = ({ classes, units }: SoftmaxCall): Places => {
    const blocks = Math.ceil(classes / BLOCK);
    const unitBlocks = Math.ceil(units / BLOCK);
    let next = paddedTo(workspace.start, 64);
    const room = (bytes: number): number => {
      const address = next;
      next += paddedTo(bytes, 64);
      return address;
    };
    const floats = (count: number): number => room(count * FLOAT_BYTES);
    const places: Places = {
      plain: floats(classes * units),
      packedTransposed: floats(blocks * units * BLOCK),
      packed: floats(unitBlocks * classes * BLOCK),
      biases: floats(blocks * BLOCK),
      vectorGradient: floats(unitBlocks * paddedTo(classes, 4) * BLOCK),
      biasGradient: floats(blocks * BLOCK),
      // The last tile of a row-major matrix reads three rows and a block further.
      states: floats((TILE + 3) * units + BLOCK),
      packedStates: floats(unitBlocks * TILE * BLOCK),
      targets: floats(TILE),
      facts: room(TILE * FACT_BYTES),
      targetLogits: floats(TILE),
      logits: floats(blocks * TILE * BLOCK),
      stateGradient: floats(unitBlocks * TILE * BLOCK),
    };
    workspace.reserve(next);
    return places;
  };

  /** Visits tiles whose logits have become exp(logit - largest); the sum of the losses. */
  const eachTile = (
    call: SoftmaxCall,
    places: Places,
    visit: (first: number, rows: number, blockBytes: number) => void,
  ): number => {
    const { biases, classes, positions, states, targets, units, vectors } = call;
    const blocks = Math.ceil(classes / BLOCK);
    workspace.write(places.plain, vectors);
    wasm.packTransposed(places.plain, units, classes, units, places.packedTransposed);
    workspace.view(places.biases, blocks * BLOCK).fill(-Infinity);
    workspace.write(places.biases, biases);
    let loss = 0;
    for (let first = 0; first < positions; first += TILE) {
      const rows = Math.min(TILE, positions - first);
      const padded = paddedTo(rows, 4);
      const blockBytes = padded * BLOCK * FLOAT_BYTES;
      workspace.write(places.states, states.subarray(first * units, (first + rows) * units));
      workspace.writeWhole(places.targets, targets.subarray(first, first + rows));
      wasm.multiplyRowMajor(
        places.states,
        places.packedTransposed,
        places.logits,
        blockBytes,
        padded,
        blocks,
        units,
      );
      wasm.softmaxMaxima(
        places.logits,
        blockBytes,
        places.biases,
        places.targets,
        rows,
        blocks,
        places.facts,
        places.targetLogits,
      );
      wasm.softmaxSums(places.logits, blockBytes, rows, blocks, places.facts);
      const floats = workspace.view(places.facts, (rows * FACT_BYTES) / FLOAT_BYTES);
      const sums = workspace.doubles(places.facts, (rows * FACT_BYTES) / 8);
      const wanted = workspace.view(places.targetLogits, rows);
      for (let row = 0; row < rows; row++)
        loss += floats[row * 12]! - wanted[row]! + Math.log(sums[row * 6 + 2]!);
      visit(first, rows, blockBytes);
    }
    return loss;
  };

  return {
    loss: (call) => {
      checkSoftmaxCall(call);
      return eachTile(call, layOut(call), () => undefined);
    },
    gradients: (call, weight) => {
      checkSoftmaxCall(call);
      const { classes, positions, units } = call;
      const places = layOut(call);
      const blocks = Math.ceil(classes / BLOCK);
      const unitBlocks = Math.ceil(units / BLOCK);
      const paddedClasses = paddedTo(classes, 4);
      workspace.write(places.plain, call.vectors);
      wasm.packColumns(places.plain, units, classes, units, places.packed);
      wasm.clear(places.vectorGradient, unitBlocks * paddedClasses * BLOCK);
      wasm.clear(places.biasGradient, blocks * BLOCK);
      const ofStates = new Float32Array(positions * units);
      const loss = eachTile(call, places, (first, rows, blockBytes) => {
        wasm.softmaxGradient(
          places.logits,
          blockBytes,
          places.targets,
          rows,
          blocks,
          places.facts,
          weight,
          places.biasGradient,
        );
        const padded = paddedTo(rows, 4);
        wasm.softmaxStates(
          places.logits,
          places.packed,
          places.stateGradient,
          blockBytes,
          padded,
          classes,
          unitBlocks,
        );
        wasm.packColumns(places.states, units, rows, units, places.packedStates);
        wasm.multiplyTransposed(
          places.logits,
          blockBytes,
          BLOCK * FLOAT_BYTES,
          places.packedStates,
          places.vectorGradient,
          rows * BLOCK * FLOAT_BYTES,
          rows,
          unitBlocks,
          classes,
        );
        wasm.unpackColumns(places.stateGradient, blockBytes, rows, units, places.states, units);
        ofStates.set(workspace.view(places.states, rows * units), first * units);
      });
      wasm.unpackColumns(
        places.vectorGradient,
        paddedClasses * BLOCK * FLOAT_BYTES,
        classes,
        units,
        places.plain,
        units,
      );
      return {
        loss,
        states: ofStates,
        vectors: workspace.read(places.plain, classes * units),
        biases: workspace.read(places.biasGradient, classes),
      };
    },
  };
};
