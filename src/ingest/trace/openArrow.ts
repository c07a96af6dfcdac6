import { type RecordBatch, RecordBatchReader } from "apache-arrow";
import { Effect, Stream } from "effect";
import { open } from "node:fs/promises";
import { SourceError } from "../Source.ts";
import type { TraceNames } from "./BatchBuilder.ts";
import type { TraceBatch, TraceFile } from "./TraceFile.ts";
import { ValueRows } from "./ValueRows.ts";

/** What is wrong with an Arrow file that could not be read. */
export const damagedArrow = (path: string, cause: unknown): SourceError =>
  new SourceError({
    place: path,
    // Of a file that breaks off the reader tells no more than where it stumbled itself.
    reason:
      cause instanceof Error && !(cause instanceof TypeError)
        ? `the Arrow file is damaged or cut short (${cause.message}); get it again.`
        : "the Arrow file is damaged or cut short; get it again.",
  });

/** Walks the record batches of an Arrow IPC file or stream; the file is closed at the end. */
export async function* recordBatches(file: string): AsyncGenerator<RecordBatch> {
  const handle = await open(file);
  try {
    const reader = await RecordBatchReader.from(handle);
    for await (const batch of reader) yield batch;
  } finally {
    await handle.close();
  }
}

async function* traceBatches(
  file: string,
  rowCount: number,
  columns: readonly string[],
  rows: ValueRows,
): AsyncGenerator<TraceBatch> {
  let line = 0;
  for await (const batch of recordBatches(file)) {
    const vectors = columns.map((name) => batch.getChild(name));
    for (let row = 0; row < batch.numRows; row++) {
      line++;
      rows.row(line, rowCount === 0 ? 1 : line / rowCount, (column) => vectors[column]?.get(row) as unknown);
    }
    yield* rows.full();
  }
  yield* rows.end();
}

/** Opens an Arrow IPC trace, file or stream; one record batch at a time is in memory. */
export const openArrow = Effect.fn("openArrow")(function* (
  file: string,
  path: string,
  suffix: string,
  names: TraceNames,
) {
  // Counting the rows also finds a file that is cut short before anything is judged.
  const { columns, rowCount } = yield* Effect.tryPromise({
    try: async () => {
      const handle = await open(file);
      try {
        const reader = await (await RecordBatchReader.from(handle)).open();
        const fields = reader.schema.fields.map(({ name }) => name);
        let count = 0;
        for await (const batch of reader) count += batch.numRows;
        return { columns: fields, rowCount: count };
      } finally {
        await handle.close();
      }
    },
    catch: (cause) => damagedArrow(path, cause),
  });
  const place = (line: number): string => `${path}, row ${line}`;
  const trace: TraceFile = {
    path,
    format: `Arrow${suffix}`,
    columns,
    header: path,
    place,
    batches: (reading) =>
      Stream.suspend(() =>
        Stream.fromAsyncIterable(
          traceBatches(file, rowCount, columns, new ValueRows(reading, place, names)),
          (cause) => damagedArrow(path, cause),
        ),
      ),
  };
  return trace;
});
