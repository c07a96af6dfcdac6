import { abbreviate } from "../CellReader.ts";
import type { FileProgress } from "../CsvReader.ts";
import type { Readings } from "../ReadingBatch.ts";
import { parseJsonRow } from "../trace/parseJsonRow.ts";
import type { JsonRows } from "./JsonRows.ts";

const LINE_FEED = 10;
/** A line longer than this is no object of a reading. */
const LONGEST_LINE_BYTES = 1 << 24;

const decoder = new TextDecoder();

/** Reads NDJSON chunk by chunk: one JSON object a line. */
export class NdjsonReader {
  readonly #rows: JsonRows;
  readonly #path: string;
  /** The beginning of a line whose end has not come yet. */
  #rest = new Uint8Array(0);
  #taken = 0;
  #line = 1;

  constructor(path: string, rows: JsonRows) {
    this.#path = path;
    this.#rows = rows;
  }

  get progress(): FileProgress {
    return { taken: this.#taken, line: this.#line, header: 0 };
  }

  goOn({ line, taken }: FileProgress): void {
    this.#taken = taken;
    this.#line = line;
  }

  /** Takes a chunk of the file; returns the batches that it filled. */
  push(chunk: Uint8Array): Readings[] {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end < 0) break;
      const line = chunk.subarray(start, end);
      if (this.#rest.length === 0) this.#take(line, 1);
      else {
        const whole = joined(this.#rest, line);
        this.#rest = new Uint8Array(0);
        this.#take(whole, 1);
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#rest = joined(this.#rest, chunk.subarray(start));
    if (this.#rest.length > LONGEST_LINE_BYTES) {
      this.#take(this.#rest, 0);
      this.#rest = new Uint8Array(0);
    }
    return this.#rows.full.splice(0);
  }

  #take(bytes: Uint8Array, terminator: number): void {
    const line = this.#line++;
    this.#taken += bytes.length + terminator;
    const text = decoder.decode(bytes).trim();
    if (text === "") return;
    const place = () => ({ file: this.#path, line });
    const row = parseJsonRow(text);
    if (row === undefined) {
      this.#rows.refuse(place, `"${abbreviate(text)}" is no JSON object; write one object a line.`);
    } else this.#rows.row(row, place);
  }

  rest(): Readings[] {
    return this.#rows.rest();
  }

  /** The file has ended: what stands behind the last line break is a line. */
  end(): Readings[] {
    if (this.#rest.length > 0) this.#take(this.#rest, 0);
    this.#rest = new Uint8Array(0);
    return this.rest();
  }
}

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
};
