import { Effect, Stream } from "effect";
import { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } from "hyparquet";
import { damagedParquet, parquetCompressors } from "../parquetCodecs.ts";
import type { TraceNames } from "./BatchBuilder.ts";
import type { TraceBatch, TraceFile, TraceReading } from "./TraceFile.ts";
import { ValueRows } from "./ValueRows.ts";

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
  const scan = await parquetScan({
    file: await asyncBufferFromFile(file),
    columns: wanted,
    compressors: parquetCompressors,
  });
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
    catch: (cause) => damagedParquet(path, cause),
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
          (cause) => damagedParquet(path, cause),
        ),
      ),
  };
  return trace;
});
