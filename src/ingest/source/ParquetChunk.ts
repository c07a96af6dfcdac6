import type { ColumnMetaData, Compressors, SchemaElement } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readPlain } from "hyparquet/src/plain.js";
import { type PageReader, readHybrid } from "./readHybrid.ts";

/** Where the values of a column go, in the order of the rows. */
export interface ChunkTarget {
  /** Values of a dictionary page, remembered: later `chosen` refers to them. */
  readonly dictionary: (values: ArrayLike<unknown>) => void;
  /** The values `indices[i]` of the dictionary for the rows that have one, in their order. */
  readonly chosen: (indices: Int32Array, rows: Rows) => void;
  /** The values themselves, of the rows that have one, in their order. */
  readonly plain: (values: ArrayLike<unknown>, rows: Rows) => void;
}

/** A stretch of rows of the chunk, and which of them have a value. */
export interface Rows {
  readonly first: number;
  readonly count: number;
  /** 1 where a row has a value, else 0, from `first` on; undefined where all of them have one. */
  readonly present: Uint8Array | undefined;
}

const readerOf = (bytes: Uint8Array): PageReader => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

/** Widest index of a dictionary that `readHybrid` takes. */
const WIDEST_INDEX = 24;

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

/** Reads which rows of a page have a value; `length` in bytes where the page's header says it. */
const presentRows = (
  page: PageReader,
  first: number,
  count: number,
  optional: boolean,
  length: number | undefined,
): Rows & { readonly values: number } => {
  if (!optional) return { first, count, present: undefined, values: count };
  const bytes = length ?? page.view.getUint32(page.offset, true);
  if (length === undefined) page.offset += 4;
  const end = page.offset + bytes;
  const present = new Uint8Array(count);
  readHybrid(page, 1, present);
  page.offset = end;
  let values = 0;
  for (let row = 0; row < count; row++) values += present[row]!;
  return { first, count, present: values === count ? undefined : present, values };
};

const readValues = (
  page: PageReader,
  encoding: string,
  meta: ColumnMetaData,
  element: SchemaElement,
  rows: Rows & { readonly values: number },
  target: ChunkTarget,
): void => {
  const count = rows.values;
  if (encoding === "PLAIN" || count === 0) {
    target.plain(readPlain(page, meta.type, count, element.type_length) as ArrayLike<unknown>, rows);
  } else if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    const indices = new Int32Array(count);
    const width = page.bytes[page.offset++]!;
    if (width > WIDEST_INDEX) throw new Error(`a dictionary of 2^${width} values is not understood`);
    if (width > 0) readHybrid(page, width, indices);
    target.chosen(indices, rows);
  } else if (encoding === "DELTA_BINARY_PACKED") {
    const values = meta.type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(page, count, values);
    target.plain(values, rows);
  } else throw new Error(`the encoding ${encoding} is not understood`);
};
