import type { MiGruSizes } from "./MiGruCall.ts";

const FLOAT_BYTES = 4;
const BLOCK = 8;
/** p, q and the gates take three state sizes each, the state before the step one. */
const RECORD_STATES = 10;
/** dh, d(r h), r h, then dq and dp of three gates. */
const SCRATCH_STATES = 9;

/** How a run is cut up: chunks of batch rows, so many steps at a time, so many chunks kept at once. */
export interface MiGruTiling {
  readonly rows: number;
  readonly steps: number;
  readonly slots: number;
  /** Whether every step leaves its record for a reverse pass, or one record is used over and over. */
  readonly recorded: boolean;
}

/** Byte addresses of everything a run keeps in the kernel's memory; blocked forms are padded to eight columns. */
export interface MiGruLayout {
  readonly w: number;
  readonly u: number;
  readonly mi: number;
  readonly packedW: number;
  readonly packedU: number;
  readonly packedMi: number;
  readonly transposedW: number;
  readonly transposedU: number;
  /** dw, du, dmi of one chunk, one after the other in blocked form; `sums` of the same size over all chunks. */
  readonly chunkSums: number;
  readonly sums: number;
  readonly sumFloats: number;
  readonly duOffset: number;
  readonly dmiOffset: number;
  readonly resetState: number;
  readonly scratch: number;
  readonly initialState: number;
  /** States on the way out, or their gradients on the way in: [steps][rows][units]. */
  readonly states: number;
  readonly dx: number;
  /** The first slot: x of a chunk, then its records at `recordOffset`. */
  readonly slots: number;
  readonly slotBytes: number;
  readonly recordOffset: number;
  readonly recordBytes: number;
  readonly end: number;
}

/** Rows as the kernel stores them: tiles are four rows high. */
export const paddedRows = (rows: number): number => Math.ceil(rows / 4) * 4;

const inputFloats = ({ rows, steps }: MiGruTiling, inputs: number): number =>
  steps * rows * inputs + 3 * inputs + BLOCK;

/** Bytes of one slot: x of a chunk with room for the reads of the last tile beyond its end, and the records. */
export const slotBytesOf = (sizes: MiGruSizes, tiling: MiGruTiling): number => {
  const state = paddedRows(tiling.rows) * Math.ceil(sizes.units / BLOCK) * BLOCK;
  const records = tiling.recorded ? tiling.steps * RECORD_STATES + 1 : RECORD_STATES;
  return (Math.ceil(inputFloats(tiling, sizes.inputs) / 16) * 16 + records * state) * FLOAT_BYTES;
};

/** Lays a run out in memory from byte `start` on. */
export const layOutMiGru = (sizes: MiGruSizes, tiling: MiGruTiling, start: number): MiGruLayout => {
  const { inputs, units } = sizes;
  const { rows, steps, slots, recorded } = tiling;
  const blockedUnits = Math.ceil(units / BLOCK) * BLOCK;
  const blockedInputs = Math.ceil(inputs / BLOCK) * BLOCK;
  const gates = 3 * blockedUnits;
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
  const slotBytes = slotBytesOf(sizes, tiling);
  const layout = {
    w: take(inputs * 3 * units),
    u: take(units * 3 * units),
    mi: take(12 * units),
    packedW: take(gates * inputs),
    packedU: take(gates * units),
    packedMi: take(gates * 4),
    transposedW: take(forReverse * blockedInputs * 3 * units),
    transposedU: take(forReverse * blockedUnits * 3 * units),
    chunkSums: take(forReverse * sumFloats),
    sums: take(forReverse * sumFloats),
    resetState: take(state),
    scratch: take(forReverse * (SCRATCH_STATES * state + paddedRows(rows) * blockedInputs)),
    initialState: take(paddedRows(rows) * units),
    states: take(steps * rows * units + BLOCK),
    dx: take(forReverse * steps * rows * inputs),
    slots: next,
  };
  return {
    ...layout,
    sumFloats,
    duOffset: duOffset * FLOAT_BYTES,
    dmiOffset: dmiOffset * FLOAT_BYTES,
    slotBytes,
    recordOffset: Math.ceil(inputFloats(tiling, inputs) / 16) * 16 * FLOAT_BYTES,
    recordBytes: recorded ? RECORD_STATES * state * FLOAT_BYTES : 0,
    end: layout.slots + slots * slotBytes,
  };
};
