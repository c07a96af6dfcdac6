import type { RecurrentCall, RecurrentSizes } from "./RecurrentCall.ts";
import { layOutRecurrent, paddedRows, type RecurrentTiling, slotBytesOf } from "./RecurrentLayout.ts";

/** Rows that are run together: their share of a step stays in the second-level cache. */
const CHUNK_ROWS = 32;
const FORWARD_STEPS = 64;
const SMALLEST_CHUNK_ROWS = 4;
/** Chunks that may run at the same time, on as many threads as there are. */
const LANES = 2;
/**
 * From this batch on, a recorded run is cut in two. Halves of 16 rows cost one thread 4 % where the default training
 * was measured (batch 32, 144 steps, 60 inputs, 32 units) and make two 1.8 times as fast; smaller ones cost up to 12 %.
 */
const SMALLEST_SPLIT_BATCH = 32;
/** Largest memory of a tape where the caller sets none. */
export const TAPE_BYTES = 2 ** 29;

const evenRows = (batch: number, chunks: number): number =>
  Math.min(batch, paddedRows(Math.ceil(batch / chunks)));

/** Tiling of a run without a tape. */
export const forwardTiling = ({ batch, steps }: RecurrentSizes): RecurrentTiling => ({
  rows: evenRows(batch, Math.ceil(batch / CHUNK_ROWS)),
  steps: Math.min(steps, FORWARD_STEPS),
  slots: 1,
  lanes: 1,
  recorded: false,
});

/**
 * Tiling of a recorded run; fewer slots than chunks mean that the tape does not fit. It is the same for any number of
 * threads, and so are the sums.
 */
export const recordTiling = (
  { cell, sizes }: Pick<RecurrentCall, "cell" | "sizes">,
  tapeBytes: number,
): RecurrentTiling => {
  const { batch, steps } = sizes;
  const lanes = batch < SMALLEST_SPLIT_BATCH ? 1 : LANES;
  const tilingOf = (most: number): RecurrentTiling => ({
    rows: evenRows(batch, lanes * Math.ceil(batch / (lanes * most))),
    steps,
    slots: lanes,
    lanes,
    recorded: true,
  });
  let most = CHUNK_ROWS;
  while (most > SMALLEST_CHUNK_ROWS && lanes * slotBytesOf(cell, sizes, tilingOf(most)) > tapeBytes)
    most /= 2;
  const tiling = tilingOf(most);
  const chunks = Math.ceil(batch / tiling.rows);
  return chunks * slotBytesOf(cell, sizes, tiling) <= tapeBytes ? { ...tiling, slots: chunks } : tiling;
};

/** Bytes of wasm memory, counted from `start`, that a recorded run of a call needs. */
export const recordBytes = (call: Pick<RecurrentCall, "cell" | "sizes">, start: number): number =>
  layOutRecurrent(call.cell, call.sizes, recordTiling(call, TAPE_BYTES), start).end;
