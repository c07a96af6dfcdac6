import {
  Dictionary,
  Float64,
  Int32,
  makeVector,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";

/** A column of text, of instants in ms since 1970, or of numbers; infinite instants and numbers are null in the files. */
export type EventColumn =
  | { readonly name: string; readonly text: readonly string[] }
  | { readonly name: string; readonly instants: readonly number[] }
  | { readonly name: string; readonly numbers: Float64Array };

/** Columns of one length, in order. */
export type EventTable = readonly EventColumn[];

const dates = (instants: readonly number[]): (Date | null)[] =>
  instants.map((instant) => (Number.isFinite(instant) ? new Date(Math.round(instant)) : null));

/** The table as an Arrow IPC file. */
export const eventTableToArrow = (table: EventTable): Uint8Array => {
  const vectorOf = (column: EventColumn, place: number) => {
    if ("text" in column) {
      // Numbered here: by itself Arrow counts dictionaries up, and the same table would have other bytes.
      return vectorFromArray([...column.text], new Dictionary(new Utf8(), new Int32(), place));
    }
    if ("instants" in column) return vectorFromArray(dates(column.instants), new TimestampMillisecond());
    return column.numbers.every(Number.isFinite)
      ? makeVector(column.numbers)
      : vectorFromArray(
          Array.from(column.numbers, (value) => (Number.isFinite(value) ? value : null)),
          new Float64(),
        );
  };
  return tableToIPC(
    new Table(Object.fromEntries(table.map((column, place) => [column.name, vectorOf(column, place)]))),
    "file",
  );
};

/** The same table as a Parquet file. */
export const eventTableToParquet = (table: EventTable): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: table.map((column) => {
        const { name } = column;
        if ("text" in column) return { name, data: [...column.text], type: "STRING" as const };
        if ("instants" in column) {
          return { name, data: dates(column.instants), type: "TIMESTAMP" as const, nullable: true };
        }
        const data = Array.from(column.numbers, (value) => (Number.isFinite(value) ? value : null));
        return { name, data, type: "DOUBLE" as const, nullable: true };
      }),
    }),
  );
