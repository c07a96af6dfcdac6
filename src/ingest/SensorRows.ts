import { CellReader } from "./CellReader.ts";
import type { ReadingContext, ReadingFile, RecordReader } from "./CsvReader.ts";
import type { CsvRecords } from "./CsvRecords.ts";
import { addClockTally } from "./LongRows.ts";
import { ReadingBatch, type Readings } from "./ReadingBatch.ts";
import { rowCalendar } from "./RowCalendar.ts";
import { fileChannel, sensorNames } from "./sensorNames.ts";
import { noteShortFile } from "./WideRows.ts";
import { ZoneClock } from "./ZoneClock.ts";

/** One sensor a row, one step a column, no header; all cells one channel. */
export class SensorRows implements RecordReader {
  readonly batch: ReadingBatch;
  readonly full: Readings[] = [];
  readonly #context: ReadingContext;
  readonly #file: ReadingFile;
  readonly #clock: ZoneClock;
  readonly #cell: CellReader;
  #instants = new Float64Array(0);
  #names: readonly string[] = [];
  #rows = 0;

  constructor(context: ReadingContext, file: ReadingFile) {
    const { layout, zone } = context.card;
    this.#context = context;
    this.#file = file;
    this.#clock = new ZoneClock(zone, layout.time.clock);
    this.#cell = new CellReader(fileChannel(context.card, file), layout);
    this.batch = new ReadingBatch([this.#cell.channel.name], context.sensors);
  }

  header(columns: readonly string[], records: CsvRecords): boolean {
    const { layout, stepMs } = this.#context.card;
    const calendar = rowCalendar(layout.time, stepMs, this.#clock);
    if (columns.length > calendar.rows) {
      this.#report(
        records,
        calendar.rows,
        `a row has ${columns.length} steps, \`layout.time.days\` allows ${calendar.rows}; mend the card.`,
      );
      return false;
    }
    this.#names = sensorNames(this.#context);
    this.#instants = Float64Array.from(columns, (_, step) => calendar.instantMs(step));
    noteShortFile(this.#context, this.#file, calendar, columns.length);
    return true;
  }

  record(records: CsvRecords, index: number): void {
    const name = this.#names[index];
    if (name === undefined) {
      this.#report(
        records,
        0,
        `row ${index + 1} has no sensor: the card names ${this.#names.length}; mend it.`,
      );
      return;
    }
    const sensor = this.#context.sensors.indexOf(name);
    const { batch } = this;
    for (let step = 0; step < this.#instants.length; step++) {
      const value = this.#cell.read(records, step);
      if (this.#cell.faulty) this.#report(records, step, this.#cell.complaint(records.text(step)));
      const instant = this.#instants[step]!;
      if (Number.isNaN(instant)) continue;
      batch.values[0]![batch.rows] = value;
      if (batch.commit(sensor, instant)) this.full.push(batch.take());
    }
  }

  countTimes(): void {
    // Its times are of the columns, read once: every row has them.
    addClockTally(this.#context, this.#clock, this.#rows);
  }

  end(records: number): void {
    this.#rows = records;
    if (records < this.#names.length) {
      const { tally } = this.#context;
      tally.shortFiles.push(`${this.#file.path}: ${records} of ${this.#names.length} sensors`);
    }
  }

  #report(records: CsvRecords, field: number, message: string): void {
    this.#context.problems.add({ file: this.#file.path, ...records.place(field), message });
  }
}
