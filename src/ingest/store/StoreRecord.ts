import { ReadingRows } from "./ReadingRows.ts";

/** What one sensor added on one UTC day; counts add up, instants are the earliest and the latest. */
export interface SensorDelta {
  /** Index into the names of the record. */
  readonly sensor: number;
  /** UTC days since 1970. */
  readonly day: number;
  /** Rows that were kept. */
  readonly kept: number;
  /** Counts in the order of `FAULT_KINDS`. */
  readonly faults: readonly number[];
  /** Grid steps that have their first reading now. */
  readonly filled: number;
  /** Instants of the earliest and the latest reading kept; 0 and -1 where none was. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** How far a source has been read: put on disk together with its readings, so that none is read twice or never. */
export interface SourceMark {
  readonly source: string;
  readonly position: string;
}

/** What one append puts on disk: the rows that were kept, what was odd, and how far the source has been read. */
export interface StoreRecord {
  readonly names: readonly string[];
  /** Sensor numbers are indices into `names`. */
  readonly rows: ReadingRows;
  readonly deltas: readonly SensorDelta[];
  readonly marks: readonly SourceMark[];
}

interface Head {
  readonly rows: number;
  readonly channels: number;
  readonly names: readonly string[];
  readonly deltas: readonly (readonly number[])[];
  readonly marks: readonly SourceMark[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** A record as bytes: length of the head, the head as JSON, then the columns, each at a multiple of 8 bytes. */
export const encodeRecord = (record: StoreRecord): Uint8Array => {
  const { rows } = record.rows;
  const head: Head = {
    rows,
    channels: record.rows.values.length,
    names: record.names,
    deltas: record.deltas.map((delta) => [
      delta.sensor,
      delta.day,
      delta.kept,
      delta.filled,
      delta.firstMs,
      delta.lastMs,
      ...delta.faults,
    ]),
    marks: record.marks,
  };
  const headBytes = encoder.encode(JSON.stringify(head));
  const columnsAt = padded(4 + headBytes.length);
  const instantsAt = columnsAt + padded(4 * rows);
  const bytes = new Uint8Array(instantsAt + 8 * rows * (1 + record.rows.values.length));
  new DataView(bytes.buffer).setUint32(0, headBytes.length, true);
  bytes.set(headBytes, 4);
  new Uint32Array(bytes.buffer, columnsAt, rows).set(record.rows.sensors.subarray(0, rows));
  for (const [index, column] of [record.rows.instants, ...record.rows.values].entries()) {
    new Float64Array(bytes.buffer, instantsAt + 8 * rows * index, rows).set(column.subarray(0, rows));
  }
  return bytes;
};

/** The record of a frame's payload. */
export const decodeRecord = (payload: Uint8Array): StoreRecord => {
  // The columns are read in place, for which the payload has to begin at a multiple of 8 bytes.
  const bytes = payload.byteOffset % 8 === 0 ? payload : new Uint8Array(payload);
  const { buffer, byteOffset } = bytes;
  const headLength = new DataView(buffer, byteOffset).getUint32(0, true);
  const head = JSON.parse(decoder.decode(bytes.subarray(4, 4 + headLength))) as Head;
  const columnsAt = byteOffset + padded(4 + headLength);
  const instantsAt = columnsAt + padded(4 * head.rows);
  const rows = new ReadingRows(0);
  rows.rows = head.rows;
  rows.sensors = new Uint32Array(buffer as ArrayBuffer, columnsAt, head.rows);
  const column = (index: number) =>
    new Float64Array(buffer as ArrayBuffer, instantsAt + 8 * head.rows * index, head.rows);
  rows.instants = column(0);
  rows.values = Array.from({ length: head.channels }, (_, index) => column(index + 1));
  const deltas = head.deltas.map(([sensor, day, kept, filled, firstMs, lastMs, ...faults]): SensorDelta => ({
    sensor: sensor!,
    day: day!,
    kept: kept!,
    filled: filled!,
    firstMs: firstMs!,
    lastMs: lastMs!,
    faults,
  }));
  return { names: head.names, rows, deltas, marks: head.marks };
};
