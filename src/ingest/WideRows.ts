import { abbreviate, CellReader } from "./CellReader.ts";
import type { ReadingContext, ReadingFile, RecordReader } from "./CsvReader.ts";
import type { CsvRecords } from "./CsvRecords.ts";
import { findColumns } from "./findColumns.ts";
import { addClockTally } from "./LongRows.ts";
import { ReadingBatch, type Readings } from "./ReadingBatch.ts";
import { type RowCalendar, rowCalendar } from "./RowCalendar.ts";
import { fileChannel, sensorNames } from "./sensorNames.ts";
import { TimeReader } from "./TimeReader.ts";
import { ZoneClock } from "./ZoneClock.ts";

/** Wide layout: a row is one time, a column one sensor, all cells one channel. */
export class WideRows implements RecordReader {
  readonly batch: ReadingBatch;
  readonly full: Readings[] = [];
  readonly #context: ReadingContext;
  readonly #file: ReadingFile;
  readonly #clock: ZoneClock;
  readonly #time: TimeReader | undefined;
  readonly #calendar: RowCalendar | undefined;
  readonly #cell: CellReader;
  #fields: readonly number[] = [];
  #sensors: readonly number[] = [];

  constructor(context: ReadingContext, file: ReadingFile) {
    const { layout, zone, stepMs } = context.card;
    const { time } = layout;
    this.#context = context;
    this.#file = file;
    this.#clock = new ZoneClock(zone, time.clock);
    const hasColumns = time.column !== undefined || time.parts !== undefined;
    this.#time = hasColumns ? new TimeReader(time, this.#clock) : undefined;
    this.#calendar = hasColumns ? undefined : rowCalendar(time, stepMs, this.#clock);
    this.#cell = new CellReader(fileChannel(context.card, file), layout);
    this.batch = new ReadingBatch([this.#cell.channel.name], context.sensors);
  }

  header(names: readonly string[], records: CsvRecords): boolean {
    const { layout } = this.#context.card;
    const timeColumns = this.#time?.columns ?? [];
    const timeFields = findColumns(this.#context, this.#file, names, timeColumns, names, records);
    if (timeFields === undefined) return false;
    this.#time?.place(timeFields);
    const apart = new Set([...timeColumns, ...(layout.ignore ?? [])]);
    this.#fields = names.flatMap((name, field) => (apart.has(name) ? [] : [field]));
    const listed = layout.header === false ? sensorNames(this.#context) : undefined;
    const sensors = listed ?? this.#fields.map((field) => names[field]!);
    if (sensors.length !== this.#fields.length) {
      this.#report(
        records,
        0,
        `the file has ${this.#fields.length} columns of readings, the card names ${sensors.length} sensors; ` +
          "mend `layout.sensors` or take the right file.",
      );
      return false;
    }
    const twice = sensors.findIndex((name, index) => sensors.indexOf(name) !== index);
    if (twice >= 0) {
      this.#report(
        records,
        this.#fields[twice]!,
        `the sensor "${sensors[twice]}" has two columns; rename one.`,
      );
      return false;
    }
    this.#sensors = sensors.map((name) => this.#context.sensors.indexOf(name));
    return true;
  }

  record(records: CsvRecords, index: number): void {
    const instant = this.#instantMs(records, index);
    const cell = this.#cell;
    const { batch } = this;
    let values = batch.values[0]!;
    for (let i = 0; i < this.#fields.length; i++) {
      const field = this.#fields[i]!;
      const value = cell.read(records, field);
      if (cell.faulty) this.#report(records, field, cell.complaint(records.text(field)));
      // oxlint-disable-next-line no-self-compare -- NaN is the only value that differs from itself
      if (instant !== instant) continue;
      values[batch.rows] = value;
      if (batch.commit(this.#sensors[i]!, instant)) {
        this.full.push(batch.take());
        values = batch.values[0]!;
      }
    }
  }

  #instantMs(records: CsvRecords, index: number): number {
    if (this.#calendar !== undefined) {
      if (index < this.#calendar.rows) return this.#calendar.instantMs(index);
      this.#report(
        records,
        0,
        `row ${index + 1} is one more than the ${this.#calendar.rows} that \`layout.time.days\` allows; mend the card.`,
      );
      return NaN;
    }
    const instant = this.#time!.instantMs(records, -1);
    const field = this.#time!.faultyField;
    if (field >= 0) this.#report(records, field, this.#time!.complaint(abbreviate(records.text(field))));
    return instant;
  }

  countTimes(): void {
    addClockTally(this.#context, this.#clock, this.#fields.length);
  }

  end(records: number): void {
    noteShortFile(this.#context, this.#file, this.#calendar, records);
  }

  #report(records: CsvRecords, field: number, message: string): void {
    this.#context.problems.add({ file: this.#file.path, ...records.place(field), message });
  }
}

/** Notes where a file ends before its calendar does. */
export const noteShortFile = (
  { tally }: ReadingContext,
  file: ReadingFile,
  calendar: RowCalendar | undefined,
  steps: number,
): void => {
  if (calendar !== undefined && Number.isFinite(calendar.rows) && steps < calendar.rows) {
    tally.shortFiles.push(`${file.path}: ${steps} of ${calendar.rows} steps`);
  }
};
