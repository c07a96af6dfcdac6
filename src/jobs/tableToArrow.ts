import {
  type Data,
  Dictionary,
  Float64,
  Int32,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import type { ColumnTable, TableColumn } from "./ColumnTable.ts";

/** The table as an Arrow IPC file; the same table gives the same bytes. */
export const tableToArrow = (table: ColumnTable): Uint8Array =>
  tableToIPC(
    new Table(
      Object.fromEntries(table.map((column, place) => [column.name, makeVector(dataOf(column, place))])),
    ),
    "file",
  );

const dataOf = (column: TableColumn, place: number): Data => {
  if ("codes" in column) {
    const { codes, names } = column;
    return makeData({
      // Numbered here: by itself Arrow counts dictionaries up, and the same table would have other bytes.
      type: new Dictionary(new Utf8(), new Int32(), place),
      length: codes.length,
      nullCount: 0,
      data: codes,
      dictionary: vectorFromArray([...names], new Utf8()),
    });
  }
  if ("numbers" in column) {
    const { numbers } = column;
    return makeData({ type: new Float64(), data: numbers, ...validity(numbers, column.nullable) });
  }
  const { instants } = column;
  const type = new TimestampMillisecond();
  return makeData({ type, data: wholeMs(instants), ...validity(instants, column.nullable) });
};

/** Which values are there: a bit a value where any is null. */
const validity = (values: Float64Array, nullable: true | undefined) => {
  const { length } = values;
  const nullBitmap = new Uint8Array(Math.ceil(length / 64) * 8);
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    if (Number.isFinite(values[row])) nullBitmap[row >> 3]! |= 1 << (row & 7);
    else nullCount++;
  }
  return nullable === undefined || nullCount === 0
    ? { length, nullCount: 0 }
    : { length, nullCount, nullBitmap };
};

const TWO_TO_32 = 4_294_967_296;

/** Instants as 64-bit integers, written by halves: a BigInt a value would cost more than all the rest. */
const wholeMs = (instants: Float64Array): BigInt64Array => {
  const halves = new Int32Array(2 * instants.length);
  for (let row = 0; row < instants.length; row++) {
    const instant = Math.round(instants[row]!);
    if (!Number.isFinite(instant)) continue;
    const high = Math.floor(instant / TWO_TO_32);
    halves[2 * row] = instant - high * TWO_TO_32;
    halves[2 * row + 1] = high;
  }
  return new BigInt64Array(halves.buffer);
};
