import { abbreviate } from "../CellReader.ts";
import { BatchBuilder, meansMissing, type TraceNames } from "./BatchBuilder.ts";
import type { TraceBatch, TraceReading } from "./TraceFile.ts";

/** Reads rows whose cells are values of a program: of NDJSON, Arrow and Parquet. */
export class ValueRows {
  readonly #reading: TraceReading;
  readonly #builder: BatchBuilder;
  readonly #place: (line: number) => string;
  readonly #full: TraceBatch[] = [];

  constructor(reading: TraceReading, place: (line: number) => string, names: TraceNames) {
    this.#reading = reading;
    this.#builder = new BatchBuilder(reading, place, names);
    this.#place = place;
  }

  /** Takes a row; `cell` gives the value of a column, null or undefined where there is none. */
  row(line: number, done: number, cell: (column: number) => unknown): void {
    const builder = this.#builder;
    const { findings, layout, stamps, stampsOnly } = this.#reading;
    const { rows } = builder;
    let sensor = -1;
    if (layout.sensor !== undefined) {
      const name = cell(layout.sensor);
      if (name === null || name === undefined || name === "") {
        findings.rows++;
        findings.add("unknownSensor", () => this.#place(line));
        return;
      }
      sensor = builder.sensors.indexOf(textOf(name));
      builder.sensorOf[rows] = sensor;
    }
    if (layout.signal !== undefined) {
      builder.signalOf[rows] = builder.signals.indexOf(textOf(cell(layout.signal)));
    }
    const stamp = layout.time === undefined ? undefined : cell(layout.time);
    const instant = layout.time === undefined ? 0 : stamps.value(stamp, sensor);
    if (!stampsOnly) {
      for (let k = 0; k < layout.values.length; k++) {
        builder.values[k]![rows] = this.#number(cell(layout.values[k]!.column), line);
      }
    }
    if (builder.commit(line, instant, () => shown(stamp))) this.#full.push(builder.take(done));
  }

  /** The batches that are full. */
  full(): TraceBatch[] {
    return this.#full.splice(0);
  }

  /** The batches that are full, and the last one. */
  end(): TraceBatch[] {
    const batches = this.full();
    if (this.#builder.rows > 0) batches.push(this.#builder.take(1));
    return batches;
  }

  #number(value: unknown, line: number): number {
    const { findings } = this.#reading;
    findings.cells++;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "bigint") return Number(value);
    if (typeof value === "string" && !meansMissing(value)) {
      const number = Number(value);
      if (Number.isFinite(number)) return number;
    }
    findings.missingCells++;
    const missing =
      value === null ||
      value === undefined ||
      Number.isNaN(value) ||
      (typeof value === "string" && meansMissing(value));
    if (!missing) findings.add("unreadableCell", () => this.#place(line), shown(value));
    return NaN;
  }
}

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "number" || typeof value === "bigint"
      ? String(value)
      : shown(value);

const shown = (value: unknown): string =>
  abbreviate(typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "nothing"));
