import { Effect, Stream } from "effect";
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { SourceError } from "../Source.ts";
import type { TraceNames } from "./BatchBuilder.ts";
import type { TraceBatch, TraceFile, TraceReading } from "./TraceFile.ts";
import { ValueRows } from "./ValueRows.ts";

/** Codecs of Parquet beside Snappy that the runtime unpacks by itself. */
const compressors = {
  GZIP: (input: Uint8Array): Uint8Array => gunzipSync(input),
  BROTLI: (input: Uint8Array): Uint8Array => brotliDecompressSync(input),
};

const damaged = (path: string, cause: unknown): SourceError => {
  const words = cause instanceof Error ? cause.message : String(cause);
  const codec = /unsupported compression codec: (\w+)/i.exec(words)?.[1];
  return new SourceError({
    place: path,
    reason:
      codec === undefined
        ? `the Parquet file is damaged or cut short (${words}); get it again.`
        : `its columns are packed with ${codec}, which is not understood; write it with snappy, gzip or brotli.`,
  });
};

async function* traceBatches(
  file: string,
  columns: readonly string[],
  reading: TraceReading,
  rows: ValueRows,
): AsyncGenerator<TraceBatch> {
  const { layout, stampsOnly } = reading;
  const fields = [layout.time, layout.sensor, layout.signal].filter((field) => field !== undefined);
  if (!stampsOnly || fields.length === 0) fields.push(...layout.values.map(({ column }) => column));
  const wanted = fields.map((field) => columns[field]!);
  const scan = await parquetScan({ file: await asyncBufferFromFile(file), columns: wanted, compressors });
  const total = Number(scan.metadata.num_rows);
  for (const { rowStart, rowEnd } of scan.ranges) {
    const data: (ArrayLike<unknown> | undefined)[] = columns.map(() => undefined);
    for (const field of fields) {
      data[field] = await scan.readColumn({ column: columns[field]!, rowStart, rowEnd });
    }
    for (let row = rowStart; row < rowEnd; row++) {
      rows.row(row + 1, (row + 1) / total, (column) => data[column]?.[row - rowStart]);
    }
    yield* rows.full();
  }
  yield* rows.end();
}

/** Opens a Parquet trace; one row group at a time is in memory. */
export const openParquet = Effect.fn("openParquet")(function* (
  file: string,
  path: string,
  suffix: string,
  names: TraceNames,
) {
  const columns = yield* Effect.tryPromise({
    try: async () => {
      const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file));
      return parquetSchema(metadata).children.map((child) => child.element.name);
    },
    catch: (cause) => damaged(path, cause),
  });
  const place = (line: number): string => `${path}, row ${line}`;
  const trace: TraceFile = {
    path,
    format: `Parquet${suffix}`,
    columns,
    header: path,
    place,
    batches: (reading) =>
      Stream.suspend(() =>
        Stream.fromAsyncIterable(
          traceBatches(file, columns, reading, new ValueRows(reading, place, names)),
          (cause) => damaged(path, cause),
        ),
      ),
  };
  return trace;
});
