import {
  checkRecurrentCall,
  gatesOf,
  type RecurrentCall,
  type RecurrentSizes,
  type StateQuantiser,
} from "./RecurrentCall.ts";
import { RecurrentCallError } from "./RecurrentCallError.ts";
import {
  carriedStates,
  layOutRecurrent,
  type RecurrentLayout,
  type RecurrentTiling,
  paddedRows,
  slotBytesOf,
} from "./RecurrentLayout.ts";
import { RecurrentWorkspace } from "./RecurrentWorkspace.ts";

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
   * Gradients from dL/dh of all steps, [steps][batch][units]. May be called more than once.
   *
   * @throws RecurrentCallError when the length does not fit or the tape was released.
   */
  backward(stateGradient: Float32Array, wantInputGradient: boolean): RecurrentGradients;
  /** Gives the memory to the next run. */
  release(): void;
}

export interface RecurrentKernel {
  /** Hidden states [steps][batch][units] of a run; the memory used does not grow with steps x batch. */
  forward(call: RecurrentCall): Float32Array;
  /** The same, with a tape for the reverse pass; the arrays of the call must not change while it lives. */
  record(call: RecurrentCall): { readonly states: Float32Array; readonly tape: RecurrentTape };
}

export interface RecurrentKernelOptions {
  /** Largest memory of a tape, in bytes; beyond it, the reverse pass runs each chunk forward again. */
  readonly tapeBytes?: number;
}

/** Rows that are run together: their share of a step stays in the second-level cache. */
const CHUNK_ROWS = 32;
const FORWARD_STEPS = 64;
const SMALLEST_CHUNK_ROWS = 4;
const IDLE_WORKSPACES = 2;
/** Kind and levels of each quantiser, as the assembly numbers them. */
const QUANTISERS: Readonly<Record<StateQuantiser, readonly [kind: number, levels: number]>> = {
  none: [0, 1],
  int8: [1, 127],
  ternary: [2, 1],
  uniform: [3, 3],
};

interface Run {
  readonly call: RecurrentCall;
  readonly workspace: RecurrentWorkspace;
  readonly layout: RecurrentLayout;
  readonly tiling: RecurrentTiling;
}

/** Rows [row, row + rows) of the batch at steps [step, step + steps). */
interface Tile {
  readonly row: number;
  readonly rows: number;
  readonly step: number;
  readonly steps: number;
}

const evenRows = (batch: number, most: number): number =>
  Math.min(batch, paddedRows(Math.ceil(batch / Math.ceil(batch / most))));

const forwardTiling = ({ batch, steps }: RecurrentSizes): RecurrentTiling => ({
  rows: evenRows(batch, CHUNK_ROWS),
  steps: Math.min(steps, FORWARD_STEPS),
  slots: 1,
  recorded: false,
});

/** Tiling of a recorded run; fewer slots than chunks mean that the tape does not fit. */
const recordTiling = ({ cell, sizes }: RecurrentCall, tapeBytes: number): RecurrentTiling => {
  const tilingOf = (most: number): RecurrentTiling => ({
    rows: evenRows(sizes.batch, most),
    steps: sizes.steps,
    slots: 1,
    recorded: true,
  });
  let most = CHUNK_ROWS;
  while (most > SMALLEST_CHUNK_ROWS && slotBytesOf(cell, sizes, tilingOf(most)) > tapeBytes) most /= 2;
  const tiling = tilingOf(most);
  const chunks = Math.ceil(sizes.batch / tiling.rows);
  return chunks * slotBytesOf(cell, sizes, tiling) <= tapeBytes ? { ...tiling, slots: chunks } : tiling;
};

const begin = (call: RecurrentCall, tiling: RecurrentTiling, workspace: RecurrentWorkspace): Run => {
  const { inputs, units } = call.sizes;
  const layout = layOutRecurrent(call.cell, call.sizes, tiling, workspace.start);
  const { wasm } = workspace;
  workspace.reserve(layout.end);
  workspace.write(layout.w, call.w);
  workspace.write(layout.u, call.u);
  // sigmoid(slope a) is sigmoid(a) of coefficients as much larger.
  workspace.writeScaled(layout.mi, call.mi, call.slope ?? 1);
  const gates = gatesOf[call.cell];
  const blocks = Math.ceil(units / 8);
  for (let gate = 0; gate < gates; gate++) {
    const column = gate * units * 4;
    const block = gate * blocks * 32;
    wasm.packColumns(layout.w + column, gates * units, inputs, units, layout.packedW + block * inputs);
    wasm.packColumns(layout.u + column, gates * units, units, units, layout.packedU + block * units);
    wasm.packColumns(layout.mi + column, gates * units, 4, units, layout.packedMi + block * 4);
  }
  return { call, workspace, layout, tiling };
};

/** Copies a tile of an array [steps][batch][width] into memory, row-major without gaps. */
const writeRows = (
  { call, workspace }: Run,
  values: Float32Array,
  width: number,
  to: number,
  { row, rows, step, steps }: Tile,
): void => {
  const { batch } = call.sizes;
  if (rows === batch) {
    workspace.write(to, values.subarray(step * batch * width, (step + steps) * batch * width));
    return;
  }
  for (let i = 0; i < steps; i++) {
    const first = ((step + i) * batch + row) * width;
    workspace.write(to + i * rows * width * 4, values.subarray(first, first + rows * width));
  }
};

/** The reverse of `writeRows`. */
const readRows = (
  { call, workspace }: Run,
  from: number,
  width: number,
  values: Float32Array,
  { row, rows, step, steps }: Tile,
): void => {
  const { batch } = call.sizes;
  if (rows === batch) {
    values.set(workspace.view(from, steps * batch * width), step * batch * width);
    return;
  }
  for (let i = 0; i < steps; i++) {
    values.set(workspace.view(from + i * rows * width * 4, rows * width), ((step + i) * batch + row) * width);
  }
};

const slotOf = ({ layout, tiling }: Run, row: number): number =>
  layout.slots + (tiling.slots === 1 ? 0 : (row / tiling.rows) * layout.slotBytes);

const eachChunk = ({ call, tiling }: Run, visit: (row: number, rows: number) => void): void => {
  const { batch } = call.sizes;
  for (let row = 0; row < batch; row += tiling.rows) visit(row, Math.min(tiling.rows, batch - row));
};

/** Runs one chunk of rows through all steps, from its initial state on. */
const runChunk = (run: Run, row: number, rows: number, states: Float32Array | undefined): void => {
  const { call, workspace, layout, tiling } = run;
  const { batch, steps, inputs, units } = call.sizes;
  const slot = slotOf(run, row);
  const record = slot + layout.recordOffset;
  workspace.clear(record, carriedStates[call.cell] * paddedRows(rows) * 8 * Math.ceil(units / 8));
  if (call.initialState) {
    workspace.write(layout.initialState, call.initialState.subarray(row * units, (row + rows) * units));
    workspace.wasm.packColumns(layout.initialState, units, paddedRows(rows), units, record);
  }
  const [kind, levels] = QUANTISERS[call.stateQuantiser];
  const forward = workspace.wasm[`${call.cell}Forward`];
  for (let step = 0; step < steps; step += tiling.steps) {
    const tile = { row, rows, step, steps: Math.min(tiling.steps, steps - step) };
    writeRows(run, call.x, inputs, slot, tile);
    forward(
      slot,
      layout.packedW,
      layout.packedU,
      layout.packedMi,
      record,
      layout.recordBytes,
      layout.resetState,
      layout.states,
      rows,
      tile.steps,
      inputs,
      units,
      kind,
      levels,
      call.stateNoise?.share ?? 0,
      call.stateNoise?.seed ?? 0,
      step * batch + row,
      batch,
      call.slope ?? 1,
    );
    if (states) readRows(run, layout.states, units, states, tile);
  }
};

const statesOf = (run: Run): Float32Array => {
  const { batch, steps, units } = run.call.sizes;
  const states = new Float32Array(steps * batch * units);
  eachChunk(run, (row, rows) => runChunk(run, row, rows, states));
  return states;
};

const packTransposedWeights = ({ call, workspace, layout }: Run, wantInputGradient: boolean): void => {
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
const readSums = ({ call, workspace, layout }: Run, offset: number, rows: number): Float32Array => {
  const { units } = call.sizes;
  const storedRows = Math.ceil(rows / 4) * 4;
  const blocks = Math.ceil(units / 8);
  const gates = gatesOf[call.cell];
  // The chunk sums have been added up, so their place can take the unpacked matrix.
  for (let gate = 0; gate < gates; gate++) {
    workspace.wasm.unpackColumns(
      layout.sums + offset + gate * blocks * storedRows * 32,
      storedRows * 32,
      rows,
      units,
      layout.chunkSums + gate * units * 4,
      gates * units,
    );
  }
  return workspace.view(layout.chunkSums, rows * gates * units).slice();
};

const reverse = (run: Run, stateGradient: Float32Array, wantInputGradient: boolean): RecurrentGradients => {
  const { call, workspace, layout, tiling } = run;
  const { batch, steps, inputs, units } = call.sizes;
  const { wasm } = workspace;
  const x = wantInputGradient ? new Float32Array(call.x.length) : undefined;
  const initialState = new Float32Array(batch * units);
  const recordsAreLost = tiling.slots * tiling.rows < batch;
  packTransposedWeights(run, wantInputGradient);
  workspace.clear(layout.sums, layout.sumFloats);
  eachChunk(run, (row, rows) => {
    const slot = slotOf(run, row);
    const tile = { row, rows, step: 0, steps };
    if (recordsAreLost) runChunk(run, row, rows, undefined);
    writeRows(run, stateGradient, units, layout.states, tile);
    workspace.clear(layout.chunkSums, layout.sumFloats);
    wasm[`${call.cell}Backward`](
      slot,
      layout.packedMi,
      layout.transposedU,
      layout.transposedW,
      slot + layout.recordOffset,
      layout.recordBytes,
      layout.scratch,
      layout.states,
      layout.chunkSums,
      layout.chunkSums + layout.duOffset,
      layout.chunkSums + layout.dmiOffset,
      x ? layout.dx : 0,
      layout.initialState,
      rows,
      steps,
      inputs,
      units,
      call.slope ?? 1,
    );
    wasm.addInto(layout.sums, layout.chunkSums, layout.sumFloats);
    initialState.set(workspace.view(layout.initialState, rows * units), row * units);
    if (x) readRows(run, layout.dx, inputs, x, tile);
  });
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
 * Any sizes of at least 1. Equal calls give equal bytes: the batch is cut and summed in a fixed order.
 * A NaN in a row of the batch makes that row's later states NaN and, in the reverse pass, all weight gradients.
 *
 * @throws RecurrentCallError naming every size or length that does not fit.
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
  tapeBytes = 2 ** 29,
}: RecurrentKernelOptions = {}): RecurrentKernel => {
  const idle: RecurrentWorkspace[] = [];
  const giveBack = (workspace: RecurrentWorkspace): void => {
    if (idle.length < IDLE_WORKSPACES) idle.push(workspace);
  };

  const tapeOf = (run: Run): RecurrentTape => {
    let released = false;
    return {
      backward: (stateGradient, wantInputGradient) => {
        const { batch, steps, units } = run.call.sizes;
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
      const states = statesOf(begin(call, forwardTiling(call.sizes), workspace));
      giveBack(workspace);
      return states;
    },
    record: (call) => {
      checkRecurrentCall(call);
      const workspace = idle.pop() ?? new RecurrentWorkspace();
      const run = begin(call, recordTiling(call, tapeBytes), workspace);
      return { states: statesOf(run), tape: tapeOf(run) };
    },
  };
};
