import type { Data as ArrowData, Float64, RecordBatch, Vector } from "apache-arrow";
import { columnInstants, doublesOf, instantAt } from "./batchColumns.ts";
import type { Conflict } from "./IntakeReport.ts";
import { SENSOR_COLUMN } from "./ReadingBatch.ts";

const KEPT_CONFLICTS = 5;
/** More steps than this between two readings mean a wrong time, not a long recording. */
const MOST_STEPS = 20_000_000;

/** Set in `seen`: a row of this step and channel has arrived. */
const SEEN = 1;

/** The readings of one sensor on the grid, growing at both ends. */
interface SensorTrack {
  /** Step of index 0, counted from the epoch. */
  firstStep: number;
  capacity: number;
  /** [channel][index]; NaN where missing. */
  values: Float64Array[];
  seen: Uint8Array[];
  latestMs: number;
}

export interface AssemblyOptions {
  readonly channels: readonly string[];
  readonly stepMs: number;
  /** Distance of the grid from the epoch, 0..stepMs. */
  readonly phaseMs: number | ((firstInstantMs: number) => number);
  readonly fromMs: number;
  readonly toMs: number;
  /** Sensors to keep; all where undefined. */
  readonly sensors: ReadonlySet<string> | undefined;
}

/** Counts of a finished assembly; see `IntakeReport`. */
export interface AssemblyCounts {
  rows: number;
  unselectedRows: number;
  missingCells: number;
  identical: number;
  completing: number;
  conflicting: number;
  outOfOrder: number;
  offGrid: number;
  offGridExample: { sensor: string; instantMs: number } | undefined;
  outsideSpan: number;
}

/**
 * Puts readings on the grid as they arrive, keyed by (sensor, instant), and counts what is odd.
 *
 * Of several rows with one key the first value of each channel stays. Rows may come in any order.
 */
export class PanelAssembly {
  readonly counts: AssemblyCounts = {
    rows: 0,
    unselectedRows: 0,
    missingCells: 0,
    identical: 0,
    completing: 0,
    conflicting: 0,
    outOfOrder: 0,
    offGrid: 0,
    offGridExample: undefined,
    outsideSpan: 0,
  };
  readonly conflicts: Conflict[] = [];
  /** Sensors in the order in which they first appeared. */
  readonly sensors: string[] = [];
  readonly #options: AssemblyOptions;
  readonly #tracks: SensorTrack[] = [];
  readonly #trackByName = new Map<string, number>();
  #phaseMs = NaN;
  #firstStep = Infinity;
  #lastStep = -Infinity;
  /** Track by number in the batch's dictionary; -1 for sensors not asked for. */
  #tracksOfBatch: number[] = [];
  #dictionary: Vector | undefined;

  constructor(options: AssemblyOptions) {
    this.#options = options;
  }

  /** Takes a batch as a `Source` makes it. */
  add(batch: RecordBatch): void {
    const sensorColumn = batch.getChild(SENSOR_COLUMN)!.data[0]!;
    const instants = columnInstants(batch);
    const keys = sensorColumn.values as Int32Array;
    const columns = this.#options.channels.flatMap((channel, index) => {
      const data = batch.getChild(channel)?.data[0] as ArrowData<Float64> | undefined;
      return data === undefined ? [] : [{ index, values: doublesOf(data) }];
    });
    this.#readDictionary(sensorColumn.dictionary as Vector);
    const { stepMs, fromMs, toMs } = this.#options;
    const { counts } = this;
    counts.rows += batch.numRows;
    for (let row = 0; row < batch.numRows; row++) {
      const trackNumber = this.#tracksOfBatch[keys[row]!]!;
      if (trackNumber < 0) {
        counts.unselectedRows++;
        continue;
      }
      const track = this.#tracks[trackNumber]!;
      const instant = instantAt(instants, row);
      if (instant < track.latestMs) counts.outOfOrder++;
      else track.latestMs = instant;
      if (instant < fromMs || instant >= toMs) {
        counts.outsideSpan++;
        continue;
      }
      if (Number.isNaN(this.#phaseMs)) this.#setPhase(instant);
      const step = (instant - this.#phaseMs) / stepMs;
      if (!Number.isInteger(step)) {
        counts.offGrid++;
        counts.offGridExample ??= { sensor: this.sensors[trackNumber]!, instantMs: instant };
        continue;
      }
      if (step < this.#firstStep) this.#firstStep = step;
      if (step > this.#lastStep) this.#lastStep = step;
      if (this.#lastStep - this.#firstStep > MOST_STEPS) throw this.#tooLong();
      let at = step - track.firstStep;
      if (!(at >= 0 && at < track.capacity)) {
        growTrack(track, step);
        at = step - track.firstStep;
      }
      this.#put(trackNumber, track, at, instant, columns, row);
    }
  }

  #put(
    trackNumber: number,
    track: SensorTrack,
    at: number,
    instantMs: number,
    columns: readonly { readonly index: number; readonly values: Float64Array }[],
    row: number,
  ): void {
    let repeated = false;
    let completing = false;
    let conflicting = false;
    for (let c = 0; c < columns.length; c++) {
      const { index, values } = columns[c]!;
      const value = values[row]!;
      const channelValues = track.values[index]!;
      const seen = track.seen[index]!;
      const missing = Number.isNaN(value);
      if (missing) this.counts.missingCells++;
      if (seen[at] !== SEEN) {
        seen[at] = SEEN;
        channelValues[at] = value;
        continue;
      }
      repeated = true;
      const kept = channelValues[at]!;
      if (missing || kept === value) continue;
      if (Number.isNaN(kept)) {
        channelValues[at] = value;
        completing = true;
        continue;
      }
      conflicting = true;
      if (this.conflicts.length < KEPT_CONFLICTS) {
        const sensor = this.sensors[trackNumber]!;
        this.conflicts.push({
          sensor,
          channel: this.#options.channels[index]!,
          instantMs,
          kept,
          refused: value,
        });
      }
    }
    if (conflicting) this.counts.conflicting++;
    else if (completing) this.counts.completing++;
    else if (repeated) this.counts.identical++;
  }

  #tooLong(): Error {
    const [first, last] = [this.#firstStep, this.#lastStep].map((step) =>
      new Date(step * this.#options.stepMs + this.#phaseMs).toISOString(),
    );
    return new Error(
      `the readings reach from ${first} to ${last}, more than ${MOST_STEPS} steps; one of the two is a wrong time, ` +
        "or `step` in the card is too small.",
    );
  }

  #setPhase(instant: number): void {
    const { phaseMs, stepMs } = this.#options;
    const phase = typeof phaseMs === "number" ? phaseMs : phaseMs(instant);
    this.#phaseMs = ((phase % stepMs) + stepMs) % stepMs;
  }

  #readDictionary(dictionary: Vector): void {
    if (dictionary === this.#dictionary) return;
    const wanted = this.#options.sensors;
    this.#tracksOfBatch = Array.from(dictionary as Iterable<string>, (name) =>
      wanted === undefined || wanted.has(name) ? this.trackOf(name) : -1,
    );
    this.#dictionary = dictionary;
  }

  /** Number of a sensor among `sensors`; a sensor that is named here stands in the panel, readings or not. */
  trackOf(name: string): number {
    const known = this.#trackByName.get(name);
    if (known !== undefined) return known;
    const track = this.#tracks.length;
    const channels = this.#options.channels.map(() => new Float64Array(0));
    this.#tracks.push({
      firstStep: 0,
      capacity: 0,
      values: channels,
      seen: channels.map(() => new Uint8Array(0)),
      latestMs: -Infinity,
    });
    this.#trackByName.set(name, track);
    this.sensors.push(name);
    return track;
  }

  /** Grid of what has arrived; `steps` is 0 where nothing has. */
  grid(): { startMs: number; steps: number } {
    if (this.#firstStep > this.#lastStep) return { startMs: 0, steps: 0 };
    return {
      startMs: this.#firstStep * this.#options.stepMs + this.#phaseMs,
      steps: this.#lastStep - this.#firstStep + 1,
    };
  }

  /** The values in the order of a Panel: channels x sensors x steps. */
  panelValues(): Float64Array {
    const { steps } = this.grid();
    const { channels } = this.#options;
    const values = new Float64Array(channels.length * this.sensors.length * steps).fill(NaN);
    for (let channel = 0; channel < channels.length; channel++) {
      for (const [sensor, track] of this.#tracks.entries()) {
        const offset = (channel * this.sensors.length + sensor) * steps;
        // A track may have room before the first step that arrived.
        const from = Math.max(0, this.#firstStep - track.firstStep);
        const to = Math.min(track.capacity, this.#lastStep + 1 - track.firstStep);
        if (to > from) {
          const target = offset + track.firstStep + from - this.#firstStep;
          values.set(track.values[channel]!.subarray(from, to), target);
        }
      }
    }
    return values;
  }
}

const growTrack = (track: SensorTrack, step: number): void => {
  const empty = track.capacity === 0;
  const first = empty ? step : Math.min(track.firstStep, step);
  const last = empty ? step : Math.max(track.firstStep + track.capacity - 1, step);
  const span = last - first + 1;
  const capacity = Math.max(256, span, Math.min(2 * track.capacity, 2 * span));
  // Room is left on the side on which the track just grew.
  const firstStep = !empty && step < track.firstStep ? last + 1 - capacity : first;
  const shift = track.firstStep - firstStep;
  track.values = track.values.map((values) => {
    const grown = new Float64Array(capacity).fill(NaN);
    if (!empty) grown.set(values, shift);
    return grown;
  });
  track.seen = track.seen.map((seen) => {
    const grown = new Uint8Array(capacity);
    if (!empty) grown.set(seen, shift);
    return grown;
  });
  track.firstStep = firstStep;
  track.capacity = capacity;
};
