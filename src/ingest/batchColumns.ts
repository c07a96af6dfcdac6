import type { Data as ArrowData, Float64, RecordBatch } from "apache-arrow";
import { INSTANT_COLUMN } from "./ReadingBatch.ts";

const TWO_TO_32 = 4_294_967_296;

/** The instants as pairs of 32-bit halves, low first. */
export const columnInstants = (batch: RecordBatch): Int32Array => {
  const data = batch.getChild(INSTANT_COLUMN)!.data[0]!;
  const whole = data.values as unknown as BigInt64Array;
  return new Int32Array(whole.buffer, whole.byteOffset, whole.length * 2);
};

/** The values with NaN where the validity says null: Arrow leaves anything at all in the place of a null. */
export const doublesOf = (data: ArrowData<Float64>): Float64Array => {
  const { nullBitmap, offset, length } = data;
  if (data.nullCount === 0 || nullBitmap === undefined) return data.values;
  const values = data.values.slice(0, length);
  for (let row = 0; row < length; row++) {
    const bit = row + offset;
    if ((nullBitmap[bit >> 3]! & (1 << (bit & 7))) === 0) values[row] = NaN;
  }
  return values;
};

/** The instant of a row in ms, from the pairs of `columnInstants`. */
export const instantAt = (instants: Int32Array, row: number): number =>
  instants[2 * row + 1]! * TWO_TO_32 + (instants[2 * row]! >>> 0);
