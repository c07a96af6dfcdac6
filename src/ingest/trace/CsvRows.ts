import { abbreviate } from "../CellReader.ts";
import { CsvRecords } from "../CsvRecords.ts";
import { parseNumber } from "../parseNumber.ts";
import { BatchBuilder, meansMissing, type TraceNames } from "./BatchBuilder.ts";
import type { TraceBatch, TraceReading } from "./TraceFile.ts";

const POINT = 46;
const COMMA = 44;

/** Reads the rows of a CSV trace from chunks of bytes; the header is passed over. */
export class CsvRows {
  readonly #reading: TraceReading;
  readonly #records: CsvRecords;
  readonly #builder: BatchBuilder;
  readonly #place: (line: number) => string;
  readonly #width: number;
  /** Numbers with a decimal comma are understood where the comma is not the delimiter. */
  readonly #commaToo: boolean;
  #headerPassed = false;
  #done = 0;

  constructor(
    reading: TraceReading,
    delimiter: string,
    width: number,
    place: (line: number) => string,
    names: TraceNames,
  ) {
    this.#reading = reading;
    this.#records = new CsvRecords(delimiter);
    this.#builder = new BatchBuilder(reading, place, names);
    this.#place = place;
    this.#width = width;
    this.#commaToo = delimiter !== ",";
  }

  /** Takes a chunk; `done` is the share of the file up to its end. */
  push(chunk: Uint8Array, done: number): TraceBatch[] {
    this.#done = done;
    this.#records.push(chunk);
    return this.#drain();
  }

  end(): TraceBatch[] {
    this.#records.end();
    const batches = this.#drain();
    if (this.#builder.rows > 0) batches.push(this.#builder.take(1));
    return batches;
  }

  #drain(): TraceBatch[] {
    const records = this.#records;
    const { findings } = this.#reading;
    const batches: TraceBatch[] = [];
    while (records.next()) {
      const blank = records.fieldCount === 1 && records.starts[0] === records.ends[0];
      if (blank && this.#width !== 1) continue;
      if (!this.#headerPassed) {
        this.#headerPassed = true;
        continue;
      }
      const { line } = records;
      if (records.fault !== "none") {
        findings.add("badQuote", () => this.#place(line));
        continue;
      }
      if (records.fieldCount !== this.#width) {
        const found = `the row has ${records.fieldCount} ${records.fieldCount === 1 ? "field" : "fields"}, the header ${this.#width}`;
        findings.add("fieldCount", () => this.#place(line), found);
        continue;
      }
      if (this.#row(line)) batches.push(this.#builder.take(this.#done));
    }
    return batches;
  }

  #row(line: number): boolean {
    const records = this.#records;
    const builder = this.#builder;
    const { findings, layout, stamps, stampsOnly } = this.#reading;
    const { bytes, ends, starts } = records;
    const { rows } = builder;
    let sensor = -1;
    if (layout.sensor !== undefined) {
      const start = starts[layout.sensor]!;
      const end = ends[layout.sensor]!;
      if (start === end) {
        findings.rows++;
        findings.add("unknownSensor", () => this.#place(line));
        return false;
      }
      sensor = builder.sensors.indexOfBytes(bytes, start, end);
      builder.sensorOf[rows] = sensor;
    }
    if (layout.signal !== undefined) {
      builder.signalOf[rows] = builder.signals.indexOfBytes(
        bytes,
        starts[layout.signal]!,
        ends[layout.signal]!,
      );
    }
    const { time } = layout;
    const instant = time === undefined ? 0 : stamps.bytes(bytes, starts[time]!, ends[time]!, sensor);
    if (!stampsOnly) {
      for (let k = 0; k < layout.values.length; k++) {
        builder.values[k]![rows] = this.#cell(layout.values[k]!.column, line);
      }
    }
    return builder.commit(line, instant, () => `"${abbreviate(records.text(time ?? 0))}"`);
  }

  #cell(field: number, line: number): number {
    const records = this.#records;
    const { findings } = this.#reading;
    const start = records.starts[field]!;
    const end = records.ends[field]!;
    findings.cells++;
    let value = parseNumber(records.bytes, start, end, POINT);
    if (!Number.isNaN(value)) return value;
    if (start < end && this.#commaToo) value = parseNumber(records.bytes, start, end, COMMA);
    if (!Number.isNaN(value)) return value;
    findings.missingCells++;
    const text = start === end ? "" : records.text(field);
    if (meansMissing(text)) return NaN;
    const { column } = records.place(field);
    findings.add("unreadableCell", () => `${this.#place(line)}:${column}`, `"${abbreviate(text)}"`);
    return NaN;
  }
}
