import { type Cell, gatesOf, type RecurrentSizes } from "./RecurrentCall.ts";

const FLOAT_BYTES = 4;
const BLOCK = 8;

/** State sizes of a record: the state before the step (and the cell of the LSTM), p, q and the gates, and its tanh. */
const recordStates: Readonly<Record<Cell, number>> = { rnn: 4, lstm: 15, gru: 10 };
/** State sizes that a step hands on to the next. */
export const carriedStates: Readonly<Record<Cell, number>> = { rnn: 1, lstm: 2, gru: 1 };
/** What the reverse pass of a step needs: dh, for the LSTM dc, for the GRU d(r h) and r h; dq and dp of the gates. */
const scratchStates: Readonly<Record<Cell, number>> = { rnn: 3, lstm: 10, gru: 9 };

/** How a run is cut up: chunks of batch rows, so many steps at a time, so many chunks kept at once. */
export interface RecurrentTiling {
  readonly rows: number;
  readonly steps: number;
  readonly slots: number;
  /** How many chunks are run at the same time, each in a place of its own. */
  readonly lanes: number;
  /** Whether every step leaves its record for a reverse pass, or one record is used over and over. */
  readonly recorded: boolean;
}

/** Byte addresses of what one chunk needs while it runs. */
export interface RecurrentLane {
  /** dw, du, dmi of one chunk, one after the other in blocked form; `sums` of the same size over those of the lane. */
  readonly chunkSums: number;
  readonly sums: number;
  readonly resetState: number;
  readonly scratch: number;
  readonly initialState: number;
  /** States on the way out, or their gradients on the way in: [steps][rows][units]. */
  readonly states: number;
  readonly dx: number;
}

/** Byte addresses of everything a run keeps in the kernel's memory; blocked forms are padded to eight columns. */
export interface RecurrentLayout {
  readonly w: number;
  readonly u: number;
  readonly mi: number;
  readonly packedW: number;
  readonly packedU: number;
  readonly packedMi: number;
  readonly transposedW: number;
  readonly transposedU: number;
  readonly sumFloats: number;
  readonly duOffset: number;
  readonly dmiOffset: number;
  readonly lanes: readonly RecurrentLane[];
  /** The first slot: x of a chunk, then its records at `recordOffset`. */
  readonly slots: number;
  readonly slotBytes: number;
  readonly recordOffset: number;
  readonly recordBytes: number;
  readonly end: number;
}

/** Rows as the kernel stores them: tiles are four rows high. */
export const paddedRows = (rows: number): number => Math.ceil(rows / 4) * 4;

const inputFloats = ({ rows, steps }: RecurrentTiling, inputs: number): number =>
  steps * rows * inputs + 3 * inputs + BLOCK;

/** Bytes of one slot: x of a chunk with room for the reads of the last tile beyond its end, and the records. */
export const slotBytesOf = (cell: Cell, sizes: RecurrentSizes, tiling: RecurrentTiling): number => {
  const state = paddedRows(tiling.rows) * Math.ceil(sizes.units / BLOCK) * BLOCK;
  const records = tiling.recorded
    ? tiling.steps * recordStates[cell] + carriedStates[cell]
    : recordStates[cell];
  return (Math.ceil(inputFloats(tiling, sizes.inputs) / 16) * 16 + records * state) * FLOAT_BYTES;
};

/** Lays a run out in memory from byte `start` on. */
export const layOutRecurrent = (
  cell: Cell,
  sizes: RecurrentSizes,
  tiling: RecurrentTiling,
  start: number,
): RecurrentLayout => {
  const { inputs, units } = sizes;
  const { rows, steps, slots, lanes, recorded } = tiling;
  const blockedUnits = Math.ceil(units / BLOCK) * BLOCK;
  const blockedInputs = Math.ceil(inputs / BLOCK) * BLOCK;
  const gates = gatesOf[cell] * blockedUnits;
  const columns = gatesOf[cell] * units;
  const state = paddedRows(rows) * blockedUnits;
  const forReverse = recorded ? 1 : 0;

  let next = Math.ceil(start / 64) * 64;
  const take = (floats: number): number => {
    const address = next;
    next += Math.ceil(floats / 16) * 16 * FLOAT_BYTES;
    return address;
  };

  const duOffset = gates * Math.ceil(inputs / 4) * 4;
  const dmiOffset = duOffset + gates * Math.ceil(units / 4) * 4;
  const sumFloats = dmiOffset + 4 * gates;
  const slotBytes = slotBytesOf(cell, sizes, tiling);
  const layout = {
    w: take(inputs * columns),
    u: take(units * columns),
    mi: take(4 * columns),
    packedW: take(gates * inputs),
    packedU: take(gates * units),
    packedMi: take(gates * 4),
    transposedW: take(forReverse * blockedInputs * columns),
    transposedU: take(forReverse * blockedUnits * columns),
    lanes: Array.from({ length: lanes }, () => ({
      chunkSums: take(forReverse * sumFloats),
      sums: take(forReverse * sumFloats),
      resetState: take(state),
      scratch: take(forReverse * (scratchStates[cell] * state + paddedRows(rows) * blockedInputs)),
      initialState: take(paddedRows(rows) * units),
      states: take(steps * rows * units + BLOCK),
      dx: take(forReverse * steps * rows * inputs),
    })),
    slots: next,
  };
  return {
    ...layout,
    sumFloats,
    duOffset: duOffset * FLOAT_BYTES,
    dmiOffset: dmiOffset * FLOAT_BYTES,
    slotBytes,
    recordOffset: Math.ceil(inputFloats(tiling, inputs) / 16) * 16 * FLOAT_BYTES,
    recordBytes: recorded ? recordStates[cell] * state * FLOAT_BYTES : 0,
    end: layout.slots + slots * slotBytes,
  };
};
