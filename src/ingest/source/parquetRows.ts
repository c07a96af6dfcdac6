import {
  asyncBufferFromFile,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type RowGroup,
  type SchemaElement,
} from "hyparquet";
import { type FileHandle, open } from "node:fs/promises";
import type { FeedSourceFile } from "../feed/FeedFile.ts";
import { damagedParquet, parquetCompressors } from "../parquetCodecs.ts";
import type { Readings } from "../ReadingBatch.ts";
import { SourceError } from "../Source.ts";
import type { ColumnRows, StampColumn } from "./ColumnRows.ts";
import { columnFault } from "./columnFault.ts";
import { type ChunkTarget, isReadHere, readChunk } from "./ParquetChunk.ts";
import { NumberTarget, SensorTarget, TextTarget } from "./parquetTargets.ts";

/** Milliseconds of one unit of a time column, by what the file says of it; undefined where it is a text. */
const msPerUnit = (element: SchemaElement, ofItself: () => number): number | undefined => {
  const { converted_type: converted, logical_type: logical, type } = element;
  if (type === "BYTE_ARRAY") return undefined;
  if (logical?.type === "TIMESTAMP") return { MILLIS: 1, MICROS: 1e-3, NANOS: 1e-6 }[logical.unit];
  if (converted === "TIMESTAMP_MILLIS") return 1;
  if (converted === "TIMESTAMP_MICROS") return 1e-3;
  if (converted === "DATE" || logical?.type === "DATE") return 86_400_000;
  return ofItself();
};

/** Reads a Parquet file row group by row group; one group of the wanted columns at a time is in memory. */
export async function* parquetRows(
  path: string,
  source: FeedSourceFile,
  rows: ColumnRows,
): AsyncGenerator<Readings> {
  const handle = await open(path);
  try {
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    const elements = new Map(parquetSchema(metadata).children.map(({ element }) => [element.name, element]));
    const wanted = [
      source.time.column,
      ...(source.sensor?.column === undefined ? [] : [source.sensor.column]),
      ...rows.columns.map(({ column }) => column),
    ];
    const fault = columnFault(wanted, [...elements.keys()]);
    if (fault !== undefined) throw new SourceError({ place: path, reason: fault });
    const group = new GroupReader(path, handle, metadata, elements);
    let firstRow = 1;
    for (const rowGroup of metadata.row_groups) {
      const count = Number(rowGroup.num_rows);
      const raw = {
        rows: count,
        stamps: await group.stamps(rowGroup, source.time.column, firstRow - 1, rows.msPerCount(path)),
        sensors: await group.sensors(rowGroup, source, firstRow - 1, rows),
        values: [] as Float64Array[],
      };
      for (const { column } of rows.columns) {
        const target = new NumberTarget(count);
        await group.read(rowGroup, column, firstRow - 1, target);
        raw.values.push(target.values);
      }
      yield* rows.batches(raw, path, firstRow);
      firstRow += count;
    }
  } catch (cause) {
    throw cause instanceof SourceError ? cause : damagedParquet(path, cause);
  } finally {
    await handle.close();
  }
}

class GroupReader {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #metadata: FileMetaData;
  readonly #elements: ReadonlyMap<string, SchemaElement>;

  constructor(
    path: string,
    handle: FileHandle,
    metadata: FileMetaData,
    elements: ReadonlyMap<string, SchemaElement>,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#metadata = metadata;
    this.#elements = elements;
  }

  async stamps(
    group: RowGroup,
    column: string,
    firstRow: number,
    ofItself: () => number,
  ): Promise<StampColumn> {
    const factor = msPerUnit(this.#elements.get(column)!, ofItself);
    const count = Number(group.num_rows);
    if (factor === undefined) {
      const target = new TextTarget(count);
      await this.read(group, column, firstRow, target);
      return { kind: "texts", values: target.values };
    }
    const target = new NumberTarget(count, factor);
    await this.read(group, column, firstRow, target);
    const { values } = target;
    if (factor < 1) for (let row = 0; row < values.length; row++) values[row] = Math.round(values[row]!);
    return { kind: "instants", values };
  }

  async sensors(
    group: RowGroup,
    { sensor }: FeedSourceFile,
    firstRow: number,
    rows: ColumnRows,
  ): Promise<Int32Array> {
    const target = new SensorTarget(Number(group.num_rows), rows.sensors);
    if (sensor?.column === undefined) return target.values.fill(rows.sensors.indexOf(sensor!.name!));
    await this.read(group, sensor.column, firstRow, target);
    return target.values;
  }

  /** Reads one column of a row group into a target. */
  async read(group: RowGroup, column: string, firstRow: number, target: ChunkTarget): Promise<void> {
    const element = this.#elements.get(column)!;
    const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === column)?.meta_data;
    if (meta !== undefined && isReadHere(element, meta) && !isScaled(element)) {
      readChunk(await this.#bytes(meta), element, meta, parquetCompressors, target);
      return;
    }
    // Decimals, old 96-bit times and other encodings: value by value, as the library gives them.
    const rowEnd = firstRow + Number(group.num_rows);
    const file = await asyncBufferFromFile(this.#path);
    const scan = await parquetScan({
      file,
      metadata: this.#metadata,
      columns: [column],
      compressors: parquetCompressors,
    });
    const values = await scan.readColumn({ column, rowStart: firstRow, rowEnd });
    const present = new Uint8Array(values.length);
    const given: unknown[] = [];
    const encoder = new TextEncoder();
    for (let row = 0; row < values.length; row++) {
      const value: unknown = values[row];
      if (value === null || value === undefined) continue;
      present[row] = 1;
      if (value instanceof Date) given.push(value.getTime() / (msPerUnit(element, () => 1) ?? 1));
      else given.push(typeof value === "string" ? encoder.encode(value) : Number(value));
    }
    target.plain(given, { first: 0, count: values.length, present });
  }

  async #bytes(meta: ColumnMetaData): Promise<Uint8Array> {
    const dictionary = Number(meta.dictionary_page_offset ?? 0);
    const data = Number(meta.data_page_offset);
    const start = dictionary > 0 ? Math.min(dictionary, data) : data;
    const bytes = Buffer.allocUnsafeSlow(Number(meta.total_compressed_size));
    await this.#handle.read(bytes, 0, bytes.length, start);
    return bytes;
  }
}

/** Numbers that do not stand for themselves. */
const isScaled = ({ converted_type, logical_type }: SchemaElement): boolean =>
  converted_type === "DECIMAL" ||
  logical_type?.type === "DECIMAL" ||
  converted_type === "UINT_64" ||
  converted_type === "UINT_32" ||
  logical_type?.type === "FLOAT16";
