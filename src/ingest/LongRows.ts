import { abbreviate, CellReader } from "./CellReader.ts";
import type { ReadingContext, ReadingFile, RecordReader } from "./CsvReader.ts";
import type { CsvRecords } from "./CsvRecords.ts";
import { findColumns } from "./findColumns.ts";
import { ReadingBatch, type Readings } from "./ReadingBatch.ts";
import { TimeReader } from "./TimeReader.ts";
import { ZoneClock } from "./ZoneClock.ts";

/** Long layout: a row is one sensor at one time, with one column a channel. */
export class LongRows implements RecordReader {
  readonly batch: ReadingBatch;
  readonly full: Readings[] = [];
  readonly #context: ReadingContext;
  readonly #file: ReadingFile;
  readonly #clock: ZoneClock;
  readonly #time: TimeReader;
  readonly #cells: readonly CellReader[];
  #cellFields: readonly number[] = [];
  #sensorField = -1;
  #fixedSensor = -1;

  constructor(context: ReadingContext, file: ReadingFile) {
    const { layout, zone } = context.card;
    this.#context = context;
    this.#file = file;
    this.#clock = new ZoneClock(zone, layout.time.clock);
    this.#time = new TimeReader(layout.time, this.#clock);
    this.#cells = layout.channels
      .filter((channel) => context.channels.includes(channel.name))
      .map((channel) => new CellReader(channel, layout));
    this.batch = new ReadingBatch(
      this.#cells.map((cell) => cell.channel.name),
      context.sensors,
    );
    if (file.sensor !== undefined) this.#fixedSensor = context.sensors.indexOf(file.sensor);
  }

  header(names: readonly string[], records: CsvRecords): boolean {
    const { layout } = this.#context.card;
    const all = layout.channels.map((channel) => channel.column ?? channel.name);
    const sensorColumn = this.#file.sensor === undefined ? [layout.sensor!] : [];
    const wanted = [
      ...this.#time.columns,
      ...sensorColumn,
      ...this.#cells.map((cell) => cell.channel.column ?? cell.channel.name),
    ];
    const known = [...all, ...(layout.ignore ?? []), ...(layout.sensor === undefined ? [] : [layout.sensor])];
    const fields = findColumns(this.#context, this.#file, names, wanted, known, records);
    if (fields === undefined) return false;
    const times = this.#time.columns.length;
    this.#time.place(fields.slice(0, times));
    if (sensorColumn.length > 0) this.#sensorField = fields[times]!;
    this.#cellFields = fields.slice(times + sensorColumn.length);
    return true;
  }

  record(records: CsvRecords): void {
    let sensor = this.#fixedSensor;
    if (sensor < 0) {
      const field = this.#sensorField;
      const start = records.starts[field]!;
      const end = records.ends[field]!;
      if (start === end) {
        this.#report(records, field, "the sensor is empty; name the sensor of this row.");
        return;
      }
      sensor =
        records.escaped[field] === 1
          ? this.#context.sensors.indexOf(records.text(field))
          : this.#context.sensors.indexOfBytes(records.bytes, start, end);
    }
    const instant = this.#time.instantMs(records, sensor);
    const { batch } = this;
    const row = batch.rows;
    for (let i = 0; i < this.#cells.length; i++) {
      const cell = this.#cells[i]!;
      const field = this.#cellFields[i]!;
      batch.values[i]![row] = cell.read(records, field);
      if (cell.faulty) this.#report(records, field, cell.complaint(records.text(field)));
    }
    // oxlint-disable-next-line no-self-compare -- NaN is the only value that differs from itself
    if (instant !== instant) {
      const field = this.#time.faultyField;
      if (field >= 0) this.#report(records, field, this.#time.complaint(abbreviate(records.text(field))));
      return;
    }
    if (batch.commit(sensor, instant)) this.full.push(batch.take());
  }

  end(): void {}

  countTimes(): void {
    addClockTally(this.#context, this.#clock, 1);
  }

  #report(records: CsvRecords, field: number, message: string): void {
    this.#context.problems.add({ file: this.#file.path, ...records.place(field), message });
  }
}

/** Moves what a clock met to the tally, each of its readings standing for so many rows. */
export const addClockTally = ({ tally }: ReadingContext, clock: ZoneClock, rows: number): void => {
  tally.nonexistentLocal += clock.tally.nonexistent * rows;
  tally.ambiguousLocal += clock.tally.ambiguous * rows;
  tally.repeatedLocal += clock.tally.repeated * rows;
  Object.assign(clock.tally, { nonexistent: 0, ambiguous: 0, repeated: 0 });
};
