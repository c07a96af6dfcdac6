import { DataType, DateUnit, Precision, type RecordBatch, type Vector } from "apache-arrow";
import type { FeedSourceFile } from "../feed/FeedFile.ts";
import type { Readings } from "../ReadingBatch.ts";
import type { SensorTable } from "../SensorTable.ts";
import { SourceError } from "../Source.ts";
import { damagedArrow, recordBatches } from "../trace/openArrow.ts";
import { columnFault } from "./columnFault.ts";
import type { ColumnRows, StampColumn } from "./ColumnRows.ts";

const TWO_TO_32 = 4_294_967_296;
/** Milliseconds of a second, millisecond, microsecond and nanosecond, as Arrow numbers its units. */
const UNIT_MS = [1000, 1, 1e-3, 1e-6];

/** Reads an Arrow IPC file or stream; one record batch at a time is in memory. */
export async function* arrowRows(
  path: string,
  source: FeedSourceFile,
  rows: ColumnRows,
): AsyncGenerator<Readings> {
  let firstRow = 1;
  try {
    for await (const batch of recordBatches(path)) {
      const names = batch.schema.fields.map(({ name }) => name);
      const wanted = [
        source.time.column,
        ...(source.sensor?.column === undefined ? [] : [source.sensor.column]),
        ...rows.columns.map(({ column }) => column),
      ];
      const fault = columnFault(wanted, names);
      if (fault !== undefined) throw new SourceError({ place: path, reason: fault });
      const raw = {
        rows: batch.numRows,
        stamps: stampsOf(batch.getChild(source.time.column)!, rows.msPerCount(path)),
        sensors: sensorsOf(batch, source, rows.sensors),
        values: rows.columns.map(({ column }) => numbersOf(batch.getChild(column)!)),
      };
      yield* rows.batches(raw, path, firstRow);
      firstRow += batch.numRows;
    }
  } catch (cause) {
    throw cause instanceof SourceError ? cause : damagedArrow(path, cause);
  }
}

const stampsOf = (vector: Vector, msPerCount: () => number): StampColumn => {
  const { type } = vector as Vector<DataType>;
  if (DataType.isUtf8(type) || DataType.isDictionary(type) || DataType.isLargeUtf8(type)) {
    return {
      kind: "texts",
      values: Array.from({ length: vector.length }, (_, row) => vector.get(row) as string | null),
    };
  }
  const values = numbersOf(vector);
  const factor = DataType.isTimestamp(type)
    ? UNIT_MS[type.unit]!
    : DataType.isDate(type)
      ? type.unit === DateUnit.DAY
        ? 86_400_000
        : 1
      : msPerCount();
  if (factor !== 1) {
    for (let row = 0; row < values.length; row++) values[row] = Math.round(values[row]! * factor);
  }
  return { kind: "instants", values };
};

const sensorsOf = (batch: RecordBatch, { sensor }: FeedSourceFile, sensors: SensorTable): Int32Array => {
  const numbers = new Int32Array(batch.numRows);
  if (sensor?.column === undefined) return numbers.fill(sensors.indexOf(sensor!.name!));
  const vector = batch.getChild(sensor.column)!;
  const numberOf = (name: string | number | bigint | null): number =>
    name === null || name === "" ? -1 : sensors.indexOf(String(name));
  const [data] = vector.data;
  const dictionary = data?.dictionary;
  if (DataType.isDictionary(vector.type) && dictionary !== undefined && vector.data.length === 1) {
    const known = Int32Array.from({ length: dictionary.length }, (_, index) =>
      numberOf(dictionary.get(index) as string | null),
    );
    const keys = data!.values as Int32Array;
    for (let row = 0; row < numbers.length; row++) {
      numbers[row] = vector.nullCount > 0 && !vector.isValid(row) ? -1 : known[keys[row]!]!;
    }
    return numbers;
  }
  for (let row = 0; row < numbers.length; row++) numbers[row] = numberOf(vector.get(row) as string | null);
  return numbers;
};

/** Numbers of any width as doubles of their own, NaN where the validity says null. */
const numbersOf = (vector: Vector): Float64Array => {
  const numbers = new Float64Array(vector.length);
  let at = 0;
  for (const data of vector.data) {
    const values: unknown = data.values;
    const part = numbers.subarray(at, at + data.length);
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
      for (let row = 0; row < part.length; row++) {
        part[row] = halves[2 * row + 1]! * TWO_TO_32 + (halves[2 * row]! >>> 0);
      }
    } else if (DataType.isFloat(data.type) && data.type.precision === Precision.HALF) {
      for (let row = 0; row < part.length; row++) part[row] = Number(vector.get(at + row) ?? NaN);
    } else part.set((values as Float64Array).subarray(0, data.length));
    at += data.length;
  }
  if (vector.nullCount > 0) {
    for (let row = 0; row < numbers.length; row++) if (!vector.isValid(row)) numbers[row] = NaN;
  }
  return numbers;
};
