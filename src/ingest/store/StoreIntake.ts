import type { RecordBatch, Vector } from "apache-arrow";
import type { Conflict } from "../IntakeReport.ts";
import { columnInstants, doublesOf, instantAt } from "../batchColumns.ts";
import { SENSOR_COLUMN } from "../ReadingBatch.ts";
import { SensorTable } from "../SensorTable.ts";
import { zoneOffsetMs } from "../zoneOffsetMs.ts";
import { DayIndex } from "./DayIndex.ts";
import { FAULT_KINDS, type FaultCounts, namedFaults } from "./Faults.ts";
import { ReadingRows } from "./ReadingRows.ts";
import { stepOf } from "./ResampleRule.ts";
import type { StoreCard } from "./StoreCard.ts";
import { MS_PER_DAY } from "./StoreFolder.ts";
import type { SensorDelta, SourceMark, StoreRecord } from "./StoreRecord.ts";

const KEPT_CONFLICTS = 5;
const MS_PER_HOUR = 3_600_000;
/** Bytes of days that are kept in memory beside those of the batch at hand. */
const MOST_BYTES = 64 << 20;

const [LATE, REPEATED, CONFLICTING, OUT_OF_ORDER, IMPOSSIBLE, OFF_GRID, BLANK] = FAULT_KINDS.keys();

/** What became of the rows of one append. */
export interface AppendTally {
  readonly rows: number;
  /** Rows that brought something new. */
  readonly kept: number;
  readonly faults: FaultCounts;
  /** The first contradictions. */
  readonly conflicts: readonly Conflict[];
}

export interface AppendOptions {
  /** When the readings arrived; where left out none is late (a file of last year is not). */
  readonly arrivedMs?: number;
  /** How far their source has been read with them. */
  readonly mark?: SourceMark;
}

type MutableDelta = { -readonly [Key in keyof SensorDelta]: SensorDelta[Key] } & { faults: number[] };

/** Holds the days at hand in memory and tells, row by row, what a batch brings that is new. */
export class StoreIntake {
  readonly card: StoreCard;
  /** Numbers of sensors in memory; another run may number them otherwise. */
  readonly sensors = new SensorTable();
  /** Latest instant by sensor number, rows not yet on disk included. */
  readonly #latest: number[] = [];
  readonly #days = new Map<number, DayIndex>();
  readonly #row: Float64Array;
  #dictionary: Vector | undefined;
  #numbers = new Uint32Array(0);
  readonly #latestKnown: (name: string) => number;

  /** @param latestKnown latest instant of a sensor that is on disk */
  constructor(card: StoreCard, latestKnown: (name: string) => number) {
    this.card = card;
    this.#row = new Float64Array(card.channels.length);
    this.#latestKnown = latestKnown;
  }

  /** UTC days that the rows of a batch fall into. */
  daysOf(batch: RecordBatch): number[] {
    const instants = columnInstants(batch);
    const days = new Set<number>();
    let last = NaN;
    for (let row = 0; row < batch.numRows; row++) {
      const day = Math.floor(instantAt(instants, row) / MS_PER_DAY);
      if (day !== last) days.add(day);
      last = day;
    }
    return Array.from(days);
  }

  has(day: number): boolean {
    return this.#days.has(day);
  }

  /** Begins a day from what is stored of it. */
  loadDay(day: number, records: Iterable<StoreRecord>): void {
    const index = new DayIndex(day, this.card.channels.length, this.#gridOn(day));
    for (const { names, rows } of records) {
      const numbers = names.map((name) => this.#number(name));
      for (let row = 0; row < rows.rows; row++) {
        const instant = rows.instants[row]!;
        if (Math.floor(instant / MS_PER_DAY) !== day) continue;
        const sensor = numbers[rows.sensors[row]!]!;
        for (let channel = 0; channel < this.#row.length; channel++) {
          this.#row[channel] = rows.values[channel]![row]!;
        }
        index.offer(sensor, instant, this.#row);
        const step = stepOf(this.card.resample, index.grid, instant);
        if (!Number.isNaN(step)) index.fill(sensor, step);
      }
    }
    this.#days.set(day, index);
  }

  /** Lets days go that were not needed for longest, but for those named. */
  forgetOldDays(needed: readonly number[]): void {
    for (const day of needed) {
      const index = this.#days.get(day)!;
      this.#days.delete(day);
      this.#days.set(day, index);
    }
    let bytes = 0;
    for (const index of this.#days.values()) bytes += index.bytes;
    for (const [day, index] of this.#days) {
      if (bytes <= MOST_BYTES || this.#days.size <= needed.length) return;
      bytes -= index.bytes;
      this.#days.delete(day);
    }
  }

  /** Takes back what `take` put in memory: the append failed, so the disk says what is known. */
  forget(days: readonly number[], names: readonly string[]): void {
    for (const day of days) this.#days.delete(day);
    for (const name of names) this.#latest[this.sensors.indexOf(name)] = this.#latestKnown(name);
  }

  /** Whole steps after local midnight; the same all year where the step divides an hour. */
  #gridOn(day: number) {
    const { stepMs, zone } = this.card;
    const at = MS_PER_HOUR % stepMs === 0 ? 0 : day * MS_PER_DAY + MS_PER_DAY / 2;
    const offset = zoneOffsetMs(zone, at);
    return { stepMs, phaseMs: ((-offset % stepMs) + stepMs) % stepMs };
  }

  #number(name: string): number {
    const number = this.sensors.indexOf(name);
    if (number === this.#latest.length) this.#latest.push(this.#latestKnown(name));
    return number;
  }

  #readDictionary(dictionary: Vector): void {
    if (dictionary === this.#dictionary) return;
    this.#numbers = Uint32Array.from(dictionary as Iterable<string>, (name) => this.#number(name));
    this.#dictionary = dictionary;
  }

  /** Sorts a batch, whose days are loaded, into what is to be written and what is only counted. */
  take(
    batch: RecordBatch,
    options: AppendOptions,
  ): { readonly record: StoreRecord; readonly tally: AppendTally } {
    const { card } = this;
    const sensorData = batch.getChild(SENSOR_COLUMN)!.data[0]!;
    this.#readDictionary(sensorData.dictionary as Vector);
    const keys = sensorData.values as Int32Array;
    const instants = columnInstants(batch);
    const columns = card.channels.map(({ name }) => {
      const data = batch.getChild(name)?.data[0];
      return data === undefined ? undefined : doublesOf(data as never);
    });
    const lows = card.channels.map(({ possible }) => possible?.[0] ?? -Infinity);
    const highs = card.channels.map(({ possible }) => possible?.[1] ?? Infinity);
    const names: string[] = [];
    const localOf = new Int32Array(this.sensors.names.length).fill(-1);
    const deltas: MutableDelta[] = [];
    const deltasOfDay = new Map<number, (MutableDelta | undefined)[]>();
    let ofDay: (MutableDelta | undefined)[] = [];
    const rows = new ReadingRows(card.channels.length);
    const conflicts: Conflict[] = [];
    let kept = 0;
    let lastDay = NaN;
    let index!: DayIndex;
    const row = this.#row;
    for (let at = 0; at < batch.numRows; at++) {
      const sensor = this.#numbers[keys[at]!]!;
      const instant = instantAt(instants, at);
      const day = Math.floor(instant / MS_PER_DAY);
      if (day !== lastDay) {
        ofDay = deltasOfDay.get(day) ?? [];
        deltasOfDay.set(day, ofDay);
        index = this.#days.get(day)!;
        lastDay = day;
      }
      let local = localOf[sensor]!;
      if (local < 0) {
        local = names.push(this.sensors.names[sensor]!) - 1;
        localOf[sensor] = local;
      }
      let delta = ofDay[local];
      if (delta === undefined) {
        delta = emptyDelta(local, day);
        ofDay[local] = delta;
        deltas.push(delta);
      }
      const { faults } = delta;
      let values = 0;
      let impossible = 0;
      for (let channel = 0; channel < row.length; channel++) {
        let value = columns[channel]?.[at] ?? NaN;
        if (value < lows[channel]! || value > highs[channel]!) {
          impossible++;
          value = NaN;
        } else if (!Number.isNaN(value)) values++;
        // Of minus zero and zero, which are the same reading, one is kept whichever comes first.
        row[channel] = value + 0;
      }
      faults[IMPOSSIBLE!]! += impossible;
      if (values === 0) {
        if (impossible === 0) faults[BLANK!]!++;
        continue;
      }
      const offer = index.offer(sensor, instant, row);
      if (offer === "conflicting") {
        faults[CONFLICTING!]!++;
        if (conflicts.length < KEPT_CONFLICTS) {
          const { channel, ...values } = index.conflict;
          conflicts.push({
            sensor: this.sensors.names[sensor]!,
            channel: card.channels[channel]!.name,
            instantMs: instant,
            ...values,
          });
        }
      }
      if (offer === "repeated") faults[REPEATED!]!++;
      const { fresh } = index;
      if (offer !== "new" && fresh.every(Number.isNaN)) continue;
      const written = rows.add(delta.sensor, instant);
      for (let channel = 0; channel < fresh.length; channel++) {
        rows.values[channel]![written] = fresh[channel]!;
      }
      if (offer !== "new") continue;
      kept++;
      delta.kept++;
      if (delta.kept === 1 || instant < delta.firstMs) delta.firstMs = instant;
      if (delta.kept === 1 || instant > delta.lastMs) delta.lastMs = instant;
      if (instant < this.#latest[sensor]!) faults[OUT_OF_ORDER!]!++;
      else this.#latest[sensor] = instant;
      if (options.arrivedMs !== undefined && options.arrivedMs - instant > card.lateAfterMs) faults[LATE!]!++;
      const step = stepOf(card.resample, index.grid, instant);
      if (Number.isNaN(step)) faults[OFF_GRID!]!++;
      else if (index.fill(sensor, step)) delta.filled++;
    }
    const sums = FAULT_KINDS.map(() => 0);
    for (const { faults } of deltas) faults.forEach((count, kind) => (sums[kind]! += count));
    return {
      record: {
        names,
        rows,
        deltas,
        marks: options.mark === undefined ? [] : [options.mark],
      },
      tally: { rows: batch.numRows, kept, faults: namedFaults(sums), conflicts },
    };
  }
}

const emptyDelta = (sensor: number, day: number): MutableDelta => ({
  sensor,
  day,
  kept: 0,
  faults: FAULT_KINDS.map(() => 0),
  filled: 0,
  firstMs: 0,
  lastMs: -1,
});
