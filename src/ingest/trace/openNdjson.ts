import { Effect, FileSystem, Stream } from "effect";
import { abbreviate } from "../CellReader.ts";
import { fileBytes } from "../csvSource.ts";
import { SourceError } from "../Source.ts";
import type { TraceNames } from "./BatchBuilder.ts";
import { parseJsonRow } from "./parseJsonRow.ts";
import { textBatches } from "./textBatches.ts";
import type { TraceBatch, TraceFile, TraceReading } from "./TraceFile.ts";
import { ValueRows } from "./ValueRows.ts";

/** Lines whose keys are the columns. */
const HEADER_LINES = 100;

/** Splits chunks of bytes into lines, each with its number. */
class Lines {
  #rest = "";
  #line = 0;
  readonly #decoder = new TextDecoder();

  push(chunk: Uint8Array): (readonly [number, string])[] {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#rest = parts.pop() ?? "";
    return parts.map((text) => [++this.#line, text] as const);
  }

  end(): (readonly [number, string])[] {
    const last = this.#rest + this.#decoder.decode();
    return last.trim() === "" ? [] : [[++this.#line, last]];
  }
}

class NdjsonRows {
  readonly #lines = new Lines();
  readonly #rows: ValueRows;
  readonly #reading: TraceReading;
  readonly #columns: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #place: (line: number) => string;

  constructor(
    reading: TraceReading,
    columns: readonly string[],
    place: (line: number) => string,
    names: TraceNames,
  ) {
    this.#reading = reading;
    this.#columns = columns;
    this.#known = new Set(columns);
    this.#place = place;
    this.#rows = new ValueRows(reading, place, names);
  }

  push(chunk: Uint8Array, done: number): TraceBatch[] {
    this.#take(this.#lines.push(chunk), done);
    return this.#rows.full();
  }

  end(): TraceBatch[] {
    this.#take(this.#lines.end(), 1);
    return this.#rows.end();
  }

  #take(lines: readonly (readonly [number, string])[], done: number): void {
    for (const [line, text] of lines) {
      if (text.trim() === "") continue;
      const row = parseJsonRow(text);
      if (row === undefined) {
        const message = `"${abbreviate(text.trim())}" is no JSON object`;
        this.#reading.findings.add("badRecord", () => this.#place(line), message);
        continue;
      }
      for (const key of Object.keys(row)) {
        if (!this.#known.has(key)) {
          this.#reading.findings.add("lateKey", () => this.#place(line), JSON.stringify(key));
        }
      }
      this.#rows.row(line, done, (column) => row[this.#columns[column]!]);
    }
  }
}

/** Opens a trace of one JSON object a line; the keys of the first lines are its columns. */
export const openNdjson = Effect.fn("openNdjson")(function* (
  file: string,
  path: string,
  suffix: string,
  names: TraceNames,
) {
  const files = yield* FileSystem.FileSystem;
  const { size } = yield* files
    .stat(file)
    .pipe(Effect.mapError((cause) => new SourceError({ place: path, reason: cause.message })));
  const [first = new Uint8Array(0)] = yield* fileBytes(file).pipe(Stream.take(1), Stream.runCollect);
  const lines = new Lines();
  const head = lines.push(first);
  const columns = new Set<string>();
  for (const [, text] of (head.length === 0 ? lines.end() : head).slice(0, HEADER_LINES)) {
    for (const key of Object.keys(parseJsonRow(text) ?? {})) columns.add(key);
  }
  if (columns.size === 0) {
    return yield* new SourceError({
      place: `${path}:1`,
      reason:
        'the first lines hold no JSON object with keys; write one object a line, such as {"time": "2026-03-01T06:30", "speed": 52}.',
    });
  }
  const list = Array.from(columns);
  const place = (line: number): string => `${path}:${line}`;
  const trace: TraceFile = {
    path,
    format: `NDJSON${suffix}`,
    columns: list,
    header: `${path}:1`,
    place,
    batches: (reading) =>
      textBatches(file, size, suffix !== "", () => new NdjsonRows(reading, list, place, names)),
  };
  return trace;
});
