import type { ColumnMetaData, Compressors, SchemaElement } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { readPlain } from "hyparquet/src/plain.js";

/** Where the values of a column go, in the order of the rows. */
export interface ChunkTarget {
  /** Numbers of a dictionary page, remembered: later `chosen` refers to them. */
  readonly dictionary: (values: ArrayLike<unknown>) => void;
  /** Values `indices[i]` of the dictionary for the rows `rows[i]`. */
  readonly chosen: (indices: Int32Array, rows: Rows) => void;
  /** Values themselves. */
  readonly plain: (values: ArrayLike<unknown>, rows: Rows) => void;
}

/** Which rows of the chunk have a value: all of a stretch, or those that are listed. */
export interface Rows {
  readonly first: number;
  readonly count: number;
  /** Rows with a value; undefined where all of the stretch have one. */
  readonly present: Int32Array | undefined;
}

type Reader = { view: DataView; offset: number };

const readerOf = (bytes: Uint8Array): Reader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

/** Encodings of pages that are read here. */
const READ_HERE: ReadonlySet<string> = new Set([
  "PLAIN",
  "PLAIN_DICTIONARY",
  "RLE_DICTIONARY",
  "RLE",
  "BIT_PACKED",
  "DELTA_BINARY_PACKED",
]);

/** Whether a column chunk is flat, and of encodings that `readChunk` knows. */
export const isReadHere = (element: SchemaElement, meta: ColumnMetaData): boolean =>
  meta.path_in_schema.length === 1 &&
  element.repetition_type !== "REPEATED" &&
  ["DOUBLE", "FLOAT", "INT32", "INT64", "BYTE_ARRAY"].includes(meta.type) &&
  meta.encodings.every((encoding) => READ_HERE.has(encoding));

/**
 * Reads the pages of a flat column chunk into a target, whole pages at a time: typed arrays throughout, no object and no
 * null a value (Apache Parquet format: data pages 1 and 2, plain, dictionary and delta encodings).
 */
export const readChunk = (
  bytes: Uint8Array,
  element: SchemaElement,
  meta: ColumnMetaData,
  compressors: Compressors,
  target: ChunkTarget,
): void => {
  const reader = readerOf(bytes);
  const optional = element.repetition_type === "OPTIONAL";
  const rowCount = Number(meta.num_values);
  let first = 0;
  while (first < rowCount) {
    const header = parquetHeader(reader);
    const start = reader.offset;
    const packed = bytes.subarray(start, start + header.compressed_page_size);
    reader.offset = start + header.compressed_page_size;
    const unpack = (part: Uint8Array, size: number): Uint8Array =>
      decompressPage(part, size, meta.codec, compressors);
    if (header.type === "DICTIONARY_PAGE") {
      const page = readerOf(unpack(packed, header.uncompressed_page_size));
      const count = header.dictionary_page_header!.num_values;
      target.dictionary(readPlain(page, meta.type, count, element.type_length) as ArrayLike<unknown>);
      continue;
    }
    const one = header.data_page_header;
    const two = header.data_page_header_v2;
    if (one !== undefined) {
      const page = readerOf(unpack(packed, header.uncompressed_page_size));
      const rows = presentRows(page, first, one.num_values, optional, undefined);
      readValues(page, one.encoding, meta, element, rows, target);
      first += one.num_values;
    } else if (two !== undefined) {
      const levels = two.repetition_levels_byte_length + two.definition_levels_byte_length;
      const head = readerOf(packed);
      head.offset = two.repetition_levels_byte_length;
      const rows = presentRows(head, first, two.num_values, optional, two.definition_levels_byte_length);
      const rest = packed.subarray(levels);
      const size = header.uncompressed_page_size - levels;
      const page = readerOf(two.is_compressed === false ? rest : unpack(rest, size));
      readValues(page, two.encoding, meta, element, rows, target);
      first += two.num_values;
    } else throw new Error(`a page of type ${header.type} where data belongs`);
  }
};

/** Reads which rows of a page have a value. */
const presentRows = (
  page: Reader,
  first: number,
  count: number,
  optional: boolean,
  length: number | undefined,
): Rows => {
  if (!optional) return { first, count, present: undefined };
  const levels = new Uint8Array(count);
  readRleBitPackedHybrid(page, 1, levels, length);
  let values = 0;
  for (let row = 0; row < count; row++) values += levels[row]!;
  if (values === count) return { first, count, present: undefined };
  const present = new Int32Array(values);
  let at = 0;
  for (let row = 0; row < count; row++) if (levels[row] === 1) present[at++] = first + row;
  return { first, count, present };
};

const readValues = (
  page: Reader,
  encoding: string,
  meta: ColumnMetaData,
  element: SchemaElement,
  rows: Rows,
  target: ChunkTarget,
): void => {
  const count = rows.present?.length ?? rows.count;
  if (count === 0) return;
  if (encoding === "PLAIN") {
    target.plain(readPlain(page, meta.type, count, element.type_length) as ArrayLike<unknown>, rows);
  } else if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    const indices = new Int32Array(count);
    const width = page.view.getUint8(page.offset++);
    if (width > 0) readRleBitPackedHybrid(page, width, indices, page.view.byteLength - page.offset);
    target.chosen(indices, rows);
  } else if (encoding === "DELTA_BINARY_PACKED") {
    const values = meta.type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(page, count, values);
    target.plain(values, rows);
  } else throw new Error(`the encoding ${encoding} is not understood`);
};
