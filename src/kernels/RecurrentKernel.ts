import type { KernelThread } from "./KernelThread.ts";
import { checkRecurrentCall, gatesOf, type RecurrentCall, type StateQuantiser } from "./RecurrentCall.ts";
import { RecurrentCallError } from "./RecurrentCallError.ts";
import { carriedStates, paddedRows } from "./RecurrentLayout.ts";
import {
  beginRun,
  eachRound,
  readRows,
  type RecurrentChunk,
  type RecurrentRun,
  type RecurrentTile,
  runTogether,
  writeRows,
} from "./RecurrentRun.ts";
import { forwardTiling, recordTiling, TAPE_BYTES } from "./recurrentTiling.ts";
import { type KernelCall, RecurrentWorkspace } from "./RecurrentWorkspace.ts";

/** Gradients of a loss; shapes as in `RecurrentCall`. */
export interface RecurrentGradients {
  readonly w: Float32Array;
  readonly u: Float32Array;
  readonly mi: Float32Array;
  readonly initialState: Float32Array;
  /** Only when asked for. */
  readonly x?: Float32Array;
}

/** What a recorded run keeps for its reverse pass; holds memory until released or collected. */
export interface RecurrentTape {
  /**
   * Gradients from dL/dh of the steps from `readFrom` on, [steps - readFrom][batch][units]. May be called more than once.
   *
   * @throws RecurrentCallError when the length does not fit or the tape was released.
   */
  backward(stateGradient: Float32Array, wantInputGradient: boolean): RecurrentGradients;
  /** Gives the memory to the next run. */
  release(): void;
}

export interface RecurrentKernel {
  /** Hidden states [steps - readFrom][batch][units] of a run; the memory used does not grow with steps x batch. */
  forward(call: RecurrentCall): Float32Array;
  /** The same, with a tape for the reverse pass; the arrays of the call must not change while it lives. */
  record(call: RecurrentCall): { readonly states: Float32Array; readonly tape: RecurrentTape };
}

export interface RecurrentKernelOptions {
  /** Largest memory of a tape, in bytes; beyond it, the reverse pass runs each chunk forward again. */
  readonly tapeBytes?: number;
  /** Runs a half of each recorded run large enough for it; the bytes of the results are the same without. */
  readonly thread?: KernelThread;
}

/** Runs alive at once: the layers of a stacked cell. */
const IDLE_WORKSPACES = 4;
/** Kind and levels of each quantiser, as the assembly numbers them. */
const QUANTISERS: Readonly<Record<StateQuantiser, readonly [kind: number, levels: number]>> = {
  none: [0, 1],
  int8: [1, 127],
  ternary: [2, 1],
  uniform: [3, 3],
};

/** Writes the initial state of a chunk to where its first step looks for it. */
const writeInitialState = (
  { call, layout, workspace }: RecurrentRun,
  { lane, row, rows, slot }: RecurrentChunk,
): void => {
  const { units } = call.sizes;
  const record = slot + layout.recordOffset;
  workspace.wasm.clear(record, carriedStates[call.cell] * paddedRows(rows) * 8 * Math.ceil(units / 8));
  if (call.initialState) {
    workspace.write(lane.initialState, call.initialState.subarray(row * units, (row + rows) * units));
    workspace.wasm.packColumns(lane.initialState, units, paddedRows(rows), units, record);
  }
};

const forwardCall = (
  { call, layout }: RecurrentRun,
  { lane, row, rows, slot }: RecurrentChunk,
  { step, steps }: RecurrentTile,
): KernelCall => {
  const { batch, inputs, units } = call.sizes;
  const [kind, levels] = QUANTISERS[call.stateQuantiser];
  return [
    `${call.cell}Forward`,
    slot,
    layout.packedW,
    layout.packedU,
    layout.packedMi,
    slot + layout.recordOffset,
    layout.recordBytes,
    lane.resetState,
    lane.states,
    rows,
    steps,
    inputs,
    units,
    kind,
    levels,
    call.stateNoise?.share ?? 0,
    call.stateNoise?.seed ?? 0,
    step * batch + row,
    batch,
    call.slope ?? 1,
  ];
};

/** Runs the chunks of a round through all steps, from their initial states on. */
const runChunks = (
  run: RecurrentRun,
  chunks: readonly RecurrentChunk[],
  states: Float32Array | undefined,
): void => {
  const { call, tiling } = run;
  const { inputs, steps, units } = call.sizes;
  const { readFrom = 0 } = call;
  for (const chunk of chunks) writeInitialState(run, chunk);
  for (let step = 0; step < steps; step += tiling.steps) {
    const tiles = chunks.map((chunk) => ({ ...chunk, step, steps: Math.min(tiling.steps, steps - step) }));
    for (const tile of tiles) writeRows(run, call.x, inputs, tile.slot, tile);
    runTogether(
      run,
      tiles.map((tile) => [forwardCall(run, tile, tile)]),
    );
    if (states === undefined) continue;
    for (const tile of tiles) {
      const unread = Math.max(0, readFrom - step);
      if (unread >= tile.steps) continue;
      readRows(run, tile.lane.states + unread * tile.rows * units * 4, units, states, {
        ...tile,
        step: step + unread - readFrom,
        steps: tile.steps - unread,
      });
    }
  }
};

const statesOf = (run: RecurrentRun): Float32Array => {
  const { readFrom = 0, sizes } = run.call;
  const { batch, steps, units } = sizes;
  const states = new Float32Array((steps - readFrom) * batch * units);
  eachRound(run, (chunks) => runChunks(run, chunks, states));
  return states;
};

const packTransposedWeights = (
  { call, workspace, layout }: RecurrentRun,
  wantInputGradient: boolean,
): void => {
  const { inputs, units } = call.sizes;
  const { wasm } = workspace;
  const columns = gatesOf[call.cell] * units;
  // The candidate of the GRU has a recurrent input of its own.
  const together = call.cell === "gru" ? 2 * units : columns;
  wasm.packTransposed(layout.u, columns, units, together, layout.transposedU);
  if (together < columns) {
    const candidate = layout.transposedU + Math.ceil(units / 8) * together * 32;
    wasm.packTransposed(layout.u + together * 4, columns, units, units, candidate);
  }
  if (wantInputGradient) wasm.packTransposed(layout.w, columns, inputs, columns, layout.transposedW);
};

/** The blocked sums of one matrix [rows][gates units], each gate padded by itself, as a plain matrix. */
const readSums = ({ call, workspace, layout }: RecurrentRun, offset: number, rows: number): Float32Array => {
  const { units } = call.sizes;
  const storedRows = Math.ceil(rows / 4) * 4;
  const blocks = Math.ceil(units / 8);
  const gates = gatesOf[call.cell];
  // The chunk sums have been added up, so their place can take the unpacked matrix.
  const { chunkSums, sums } = layout.lanes[0]!;
  for (let gate = 0; gate < gates; gate++) {
    workspace.wasm.unpackColumns(
      sums + offset + gate * blocks * storedRows * 32,
      storedRows * 32,
      rows,
      units,
      chunkSums + gate * units * 4,
      gates * units,
    );
  }
  return workspace.read(chunkSums, rows * gates * units);
};

const backwardCalls = (
  { call, layout }: RecurrentRun,
  { lane, rows, slot }: RecurrentChunk,
  wantInputGradient: boolean,
): readonly KernelCall[] => {
  const { inputs, steps, units } = call.sizes;
  return [
    ["clear", lane.chunkSums, layout.sumFloats],
    [
      `${call.cell}Backward`,
      slot,
      layout.packedMi,
      layout.transposedU,
      layout.transposedW,
      slot + layout.recordOffset,
      layout.recordBytes,
      lane.scratch,
      lane.states,
      lane.chunkSums,
      lane.chunkSums + layout.duOffset,
      lane.chunkSums + layout.dmiOffset,
      wantInputGradient ? lane.dx : 0,
      lane.initialState,
      rows,
      steps,
      inputs,
      units,
      call.slope ?? 1,
    ],
    ["addInto", lane.sums, lane.chunkSums, layout.sumFloats],
  ];
};

const reverse = (
  run: RecurrentRun,
  stateGradient: Float32Array,
  wantInputGradient: boolean,
): RecurrentGradients => {
  const { call, workspace, layout, tiling } = run;
  const { readFrom = 0, sizes } = call;
  const { batch, steps, inputs, units } = sizes;
  const { wasm } = workspace;
  const x = wantInputGradient ? new Float32Array(call.x.length) : undefined;
  const initialState = new Float32Array(batch * units);
  const recordsAreLost = tiling.slots * tiling.rows < batch;
  packTransposedWeights(run, wantInputGradient);
  for (const { sums } of layout.lanes) wasm.clear(sums, layout.sumFloats);
  eachRound(run, (chunks) => {
    if (recordsAreLost) runChunks(run, chunks, undefined);
    const tiles = chunks.map((chunk) => ({ ...chunk, step: 0, steps }));
    for (const tile of tiles) {
      const unread = readFrom * tile.rows * units;
      wasm.clear(tile.lane.states, paddedRows(unread));
      const scored = { ...tile, steps: steps - readFrom };
      writeRows(run, stateGradient, units, tile.lane.states + unread * 4, scored);
    }
    runTogether(
      run,
      tiles.map((tile) => backwardCalls(run, tile, wantInputGradient)),
    );
    for (const tile of tiles) {
      const { lane, row, rows } = tile;
      initialState.set(workspace.view(lane.initialState, rows * units), row * units);
      if (x) readRows(run, lane.dx, inputs, x, tile);
    }
  });
  const [first, ...others] = layout.lanes;
  for (const { sums } of others) wasm.addInto(first!.sums, sums, layout.sumFloats);
  const slope = call.slope ?? 1;
  const mi = readSums(run, layout.dmiOffset, 4);
  return {
    w: readSums(run, 0, inputs),
    u: readSums(run, layout.duOffset, units),
    mi: slope === 1 ? mi : mi.map((value) => slope * value),
    initialState,
    ...(x && { x }),
  };
};

/**
 * A recurrent cell over whole sequences as one operator, forward and reverse, in float32 wasm with SIMD.
 *
 * Any sizes of at least 1. Equal calls give equal bytes, on one thread or two: the batch is cut and summed in a fixed order.
 * A NaN in a row of the batch makes that row's later states NaN and, in the reverse pass, all weight gradients.
 *
 * @throws RecurrentCallError naming every size or length that does not fit.
 * @throws KernelThreadError when the second thread fails or does not answer.
 * @example
 * const { states, tape } = createRecurrentKernel().record({
 *   cell: "gru", sizes: { batch: 1, steps: 1, inputs: 1, units: 1 },
 *   x: Float32Array.of(0), w: new Float32Array(3), u: new Float32Array(3), mi: new Float32Array(12),
 *   stateQuantiser: "none", initialState: Float32Array.of(1),
 * });
 * states; // => Float32Array [ 0.5 ]
 * tape.backward(Float32Array.of(1), false).initialState; // => Float32Array [ 0.5 ]
 */
export const createRecurrentKernel = ({
  tapeBytes = TAPE_BYTES,
  thread,
}: RecurrentKernelOptions = {}): RecurrentKernel => {
  const idle: RecurrentWorkspace[] = [];
  const giveBack = (workspace: RecurrentWorkspace): void => {
    if (idle.length < IDLE_WORKSPACES) idle.push(workspace);
  };

  const tapeOf = (run: RecurrentRun): RecurrentTape => {
    let released = false;
    return {
      backward: (stateGradient, wantInputGradient) => {
        const { readFrom = 0, sizes } = run.call;
        const { batch, units } = sizes;
        const steps = sizes.steps - readFrom;
        const length = steps * batch * units;
        if (released) throw new RecurrentCallError(["the tape was released: record the run again"]);
        if (stateGradient.length !== length) {
          throw new RecurrentCallError([
            `the gradient has ${stateGradient.length} values: [${steps}][${batch}][${units}] needs ${length}`,
          ]);
        }
        return reverse(run, stateGradient, wantInputGradient);
      },
      release: () => {
        if (!released) giveBack(run.workspace);
        released = true;
      },
    };
  };

  return {
    forward: (call) => {
      checkRecurrentCall(call);
      const workspace = idle.pop() ?? new RecurrentWorkspace();
      const states = statesOf(beginRun(call, forwardTiling(call.sizes), workspace));
      giveBack(workspace);
      return states;
    },
    record: (call) => {
      checkRecurrentCall(call);
      const workspace = idle.pop() ?? new RecurrentWorkspace();
      const run = beginRun(call, recordTiling(call, tapeBytes), workspace, thread);
      return { states: statesOf(run), tape: tapeOf(run) };
    },
  };
};
