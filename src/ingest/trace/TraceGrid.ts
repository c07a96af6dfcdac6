import type { TraceBatch, TraceFile, TraceReading } from "./TraceFile.ts";

/** A stretch of a trace on its grid; the object is reused, read it before the next. */
export interface TraceWindow {
  /** Layout channels x sensors x steps, time fastest; NaN where missing. */
  readonly values: Float64Array;
  /** Step of the trace that the window begins with, and how many steps it has. */
  readonly first: number;
  readonly steps: number;
  /** Steps from `from` to `to` (exclusive) are to be judged: what lies around them is what judging them reads. */
  readonly from: number;
  readonly to: number;
}

export interface TraceGridOptions {
  readonly trace: TraceFile;
  readonly reading: TraceReading;
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  /** Share of a step that a stamp may lie beside its step. */
  readonly tolerance: number;
  readonly channelCount: number;
  readonly sensorCount: number;
  /** Channel and sensor of each of `layout.values`, where the header names them; -1 where the row does. */
  readonly channelOf: (signal: number) => number;
  /** Sensor by its number in the file; -1 where it is none of the site's. */
  readonly sensorOf: (sensor: number) => number;
  /** Channel of a signal that a row names; -1 where rules do not read it. */
  readonly namedChannel: (signal: number) => number;
  readonly signalName: (signal: number) => string;
  /** Steps before and past a step that judging it reads. */
  readonly historySteps: number;
  readonly horizonSteps: number;
  /** Steps to judge at a time; at least one. */
  readonly blockSteps: number;
  /** Channels whose last reading is held without limit: it is carried into the window. */
  readonly heldChannels: readonly number[];
}

/**
 * Puts the rows of a trace on its grid and cuts it into windows that overlap by what a rule reads, so that memory
 * does not grow with the file. Rows must come in the order of time, unless one block holds the whole trace.
 */
export class TraceGrid {
  readonly #options: TraceGridOptions;
  readonly #series: number;
  #values: Float64Array;
  #seen: Uint8Array;
  #capacity: number;
  #first = 0;
  /** The next step to be judged. */
  #next = 0;
  #emptyRun = 0;
  /** Last reading of each series of a held channel before the window. */
  readonly #held: Float64Array;

  constructor(options: TraceGridOptions) {
    this.#options = options;
    this.#series = options.channelCount * options.sensorCount;
    this.#capacity = Math.min(
      options.steps,
      options.historySteps + options.blockSteps + options.horizonSteps,
    );
    this.#values = new Float64Array(this.#series * this.#capacity).fill(NaN);
    this.#seen = new Uint8Array(this.#capacity);
    this.#held = new Float64Array(this.#series).fill(NaN);
  }

  /** Takes rows; gives the windows that they complete to `judge`. */
  push(batch: TraceBatch, judge: (window: TraceWindow) => void): void {
    const { layout, findings } = this.#options.reading;
    const { channelOf, namedChannel, sensorOf, signalName, startMs, stepMs, tolerance, trace } =
      this.#options;
    const timed = layout.time !== undefined;
    for (let row = 0; row < batch.rows; row++) {
      const line = batch.lines[row]!;
      const exact = timed ? (batch.instants[row]! - startMs) / stepMs : batch.instants[row]!;
      const step = Math.round(exact);
      if (step !== exact) {
        // A millisecond is the grain of the stamps themselves.
        const beside = Math.abs(exact - step);
        if (beside > tolerance && beside * stepMs > 1) {
          findings.add("offGrid", () => trace.place(line), new Date(batch.instants[row]!).toISOString());
          continue;
        }
        if (beside * stepMs > 1) {
          findings.add("moved", () => trace.place(line), new Date(batch.instants[row]!).toISOString());
        }
      }
      while (step >= this.#first + this.#capacity) this.#emit(judge, false);
      const at = step - this.#first;
      this.#seen[at] = 1;
      const rowSensor = batch.sensors === undefined ? -1 : sensorOf(batch.sensors[row]!);
      if (batch.sensors !== undefined && rowSensor < 0) continue;
      const rowChannel = batch.signals === undefined ? -1 : namedChannel(batch.signals[row]!);
      if (batch.signals !== undefined && rowChannel < 0) {
        findings.add("unknownSignal", () => trace.place(line), signalName(batch.signals[row]!));
        continue;
      }
      for (let k = 0; k < layout.values.length; k++) {
        const column = layout.values[k]!;
        const channel = column.signal < 0 ? rowChannel : channelOf(column.signal);
        const sensor = column.sensor < 0 ? rowSensor : column.sensor;
        this.#put(channel, sensor, at, batch.values[k]![row]!, line);
      }
    }
  }

  #put(channel: number, sensor: number, at: number, value: number, line: number): void {
    if (channel < 0 || sensor < 0 || Number.isNaN(value)) return;
    const index = (channel * this.#options.sensorCount + sensor) * this.#capacity + at;
    const known = this.#values[index]!;
    if (Number.isNaN(known)) {
      this.#values[index] = value;
      return;
    }
    const { reading, trace } = this.#options;
    if (known === value) reading.findings.add("repeated", () => trace.place(line));
    else reading.findings.add("conflicting", () => trace.place(line), `${value}, the first ${known}`);
  }

  /** The trace has ended: gives the windows that are left. */
  end(judge: (window: TraceWindow) => void): void {
    while (this.#next < this.#options.steps) {
      this.#emit(judge, this.#first + this.#capacity >= this.#options.steps);
    }
    this.#endGap(this.#options.steps);
  }

  #emit(judge: (window: TraceWindow) => void, last: boolean): void {
    const { horizonSteps, historySteps, steps } = this.#options;
    const length = Math.min(this.#capacity, steps - this.#first);
    const to = last ? steps : this.#first + length - horizonSteps;
    if (length < this.#capacity) this.#tighten(length);
    judge({ values: this.#values, first: this.#first, steps: length, from: this.#next, to });
    this.#next = to;
    const begin = Math.max(0, to - historySteps);
    this.#advance(last ? steps - this.#first : begin - this.#first, length);
    this.#first = last ? steps : begin;
  }

  /** The last window may be shorter: its series are moved together. */
  #tighten(length: number): void {
    const values = new Float64Array(this.#series * length);
    for (let series = 0; series < this.#series; series++) {
      const from = series * this.#capacity;
      values.set(this.#values.subarray(from, from + length), series * length);
    }
    this.#values = values;
    this.#seen = this.#seen.slice(0, length);
    this.#capacity = length;
  }

  /** Forgets the first `count` steps of the window. */
  #advance(count: number, length: number): void {
    const { heldChannels, sensorCount } = this.#options;
    for (let at = 0; at < count; at++) {
      if (this.#seen[at] === 1) this.#endGap(this.#first + at);
      else this.#emptyRun++;
    }
    this.#seen.copyWithin(0, count, length);
    this.#seen.fill(0, length - count);
    for (const channel of heldChannels) {
      for (let sensor = 0; sensor < sensorCount; sensor++) this.#carry(channel * sensorCount + sensor, count);
    }
    for (let series = 0; series < this.#series; series++) {
      const start = series * this.#capacity;
      this.#values.copyWithin(start, start + count, start + length);
      this.#values.fill(NaN, start + length - count, start + this.#capacity);
    }
    for (const channel of heldChannels) {
      for (let sensor = 0; sensor < sensorCount; sensor++) {
        const series = channel * sensorCount + sensor;
        const start = series * this.#capacity;
        if (count < length && Number.isNaN(this.#values[start])) this.#values[start] = this.#held[series]!;
      }
    }
  }

  #carry(series: number, count: number): void {
    const start = series * this.#capacity;
    for (let at = count - 1; at >= 0; at--) {
      const value = this.#values[start + at]!;
      if (Number.isNaN(value)) continue;
      this.#held[series] = value;
      return;
    }
  }

  #endGap(step: number): void {
    if (this.#emptyRun === 0) return;
    const { findings } = this.#options.reading;
    const { startMs, stepMs } = this.#options;
    findings.emptySteps += this.#emptyRun;
    findings.gaps++;
    if (this.#emptyRun > findings.longestGap.steps) {
      findings.longestGap = { steps: this.#emptyRun, fromMs: startMs + (step - this.#emptyRun) * stepMs };
    }
    this.#emptyRun = 0;
  }
}
