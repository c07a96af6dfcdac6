import { SensorTable } from "../SensorTable.ts";
import { BATCH_ROWS, type TraceBatch, type TraceReading } from "./TraceFile.ts";

/** Texts that say that there is no reading, in lower case. */
const missingTexts = new Set(["", "na", "n/a", "nan", "null", "none"]);

/** Whether a cell says that there is no reading. */
export const meansMissing = (text: string): boolean => missingTexts.has(text.trim().toLowerCase());

/** Collects the rows of a trace into batches; the same for every format. */
export class BatchBuilder {
  readonly reading: TraceReading;
  readonly place: (line: number) => string;
  /** Names met in the sensor and signal columns, by index. */
  readonly sensors: SensorTable;
  readonly signals: SensorTable;
  instants = new Float64Array(BATCH_ROWS);
  sensorOf = new Int32Array(BATCH_ROWS);
  signalOf = new Int32Array(BATCH_ROWS);
  values: Float64Array[];
  lines = new Float64Array(BATCH_ROWS);
  rows = 0;
  /** Rows of the whole file so far: the instant where there is no time column. */
  #index = 0;
  #skippedTimes = 0;
  #ambiguousTimes = 0;

  constructor(reading: TraceReading, place: (line: number) => string, names: TraceNames) {
    this.reading = reading;
    this.place = place;
    this.sensors = names.sensors;
    this.signals = names.signals;
    this.values = this.#columns();
  }

  #columns(): Float64Array[] {
    const { layout, stampsOnly } = this.reading;
    return stampsOnly ? [] : layout.values.map(() => new Float64Array(BATCH_ROWS));
  }

  /**
   * Closes a row whose values, sensor and signal stand; one without a readable stamp is left out.
   *
   * @param stamp what the stamp says, for the report
   */
  commit(line: number, instant: number, stamp: () => string): boolean {
    const { findings, layout, stamps } = this.reading;
    findings.rows++;
    const row = this.rows;
    const own = layout.time === undefined ? this.#index : instant;
    this.#index++;
    const { clockTally } = stamps;
    const place = (): string => this.place(line);
    if (clockTally.ambiguous > this.#ambiguousTimes) {
      this.#ambiguousTimes = clockTally.ambiguous;
      findings.add("ambiguousTime", place, stamp());
    }
    if (Number.isNaN(own)) {
      const skipped = clockTally.nonexistent > this.#skippedTimes;
      this.#skippedTimes = clockTally.nonexistent;
      findings.add(skipped ? "nonexistentTime" : "unreadableStamp", place, stamp());
      return false;
    }
    this.instants[row] = own;
    this.lines[row] = line;
    this.rows++;
    return this.rows === BATCH_ROWS;
  }

  /** Hands over the rows so far. */
  take(done: number): TraceBatch {
    const { layout } = this.reading;
    const batch: TraceBatch = {
      rows: this.rows,
      instants: this.instants,
      sensors: layout.sensor === undefined ? undefined : this.sensorOf,
      signals: layout.signal === undefined ? undefined : this.signalOf,
      values: this.values,
      lines: this.lines,
      done,
    };
    this.instants = new Float64Array(BATCH_ROWS);
    this.sensorOf = new Int32Array(BATCH_ROWS);
    this.signalOf = new Int32Array(BATCH_ROWS);
    this.values = this.#columns();
    this.lines = new Float64Array(BATCH_ROWS);
    this.rows = 0;
    return batch;
  }
}

/** Names that rows give their sensors and signals, numbered as they are met; one table for all passes. */
export interface TraceNames {
  readonly sensors: SensorTable;
  readonly signals: SensorTable;
}

export const emptyNames = (): TraceNames => ({ sensors: new SensorTable(), signals: new SensorTable() });
