import { CsvRecords } from "./CsvRecords.ts";
import type { DatasetCard } from "./DatasetCard.ts";
import type { IntakeTally } from "./IntakeTally.ts";
import type { ProblemLog } from "./IntakeProblem.ts";
import { LongRows } from "./LongRows.ts";
import type { ReadingBatch, Readings } from "./ReadingBatch.ts";
import { SensorRows } from "./SensorRows.ts";
import type { SensorTable } from "./SensorTable.ts";
import { WideRows } from "./WideRows.ts";

/** What the readers of all files of a data set share. */
export interface ReadingContext {
  readonly card: DatasetCard;
  /** Channels wanted, of those of the card. */
  readonly channels: readonly string[];
  readonly sensors: SensorTable;
  readonly problems: ProblemLog;
  readonly tally: IntakeTally;
  /** Sensor names in the order of the positions file, where the card refers to it. */
  readonly positionNames: readonly string[];
}

/** One file to read. */
export interface ReadingFile {
  readonly path: string;
  readonly sensor?: string;
  readonly channel?: string;
}

/** Turns the records of one layout into readings. */
export interface RecordReader {
  /** Takes the names of the columns; false where the file cannot be read on. */
  readonly header: (names: readonly string[], records: CsvRecords) => boolean;
  readonly record: (records: CsvRecords, index: number) => void;
  /** The file has ended after so many records. */
  readonly end: (records: number) => void;
  /** Adds what the clock met since the last call to the tally. */
  readonly countTimes: () => void;
  readonly batch: ReadingBatch;
  /** Batches that are full. */
  readonly full: Readings[];
}

/** How far a file has been read. */
export interface FileProgress {
  /** Bytes up to the end of the last record that was taken. */
  readonly taken: number;
  /** Line on which the next record begins, counted from 1. */
  readonly line: number;
  /** Bytes up to the end of the header. */
  readonly header: number;
}

/**
 * Reads one CSV file chunk by chunk into record batches.
 *
 * Problems go to the log with file, line and column; a record with a problem gives no reading, and a load
 * with problems fails when all files are read.
 */
export class CsvReader {
  readonly #context: ReadingContext;
  readonly #file: ReadingFile;
  readonly #records: CsvRecords;
  readonly #reader: RecordReader;
  #headerDone: boolean;
  #stopped = false;
  #width = -1;
  #index = 0;
  #headerEnd = 0;

  constructor(context: ReadingContext, file: ReadingFile) {
    const { layout } = context.card;
    this.#context = context;
    this.#file = file;
    this.#records = new CsvRecords(layout.delimiter ?? ",");
    this.#headerDone = layout.header === false || layout.kind === "sensor-rows";
    const kinds = { long: LongRows, wide: WideRows, "sensor-rows": SensorRows };
    this.#reader = new kinds[layout.kind as keyof typeof kinds](context, file);
  }

  /** Takes a chunk of the file; returns the batches that it filled. */
  push(chunk: Uint8Array): Readings[] {
    this.#records.push(chunk);
    return this.#drain();
  }

  get progress(): FileProgress {
    return { taken: this.#records.taken, line: this.#records.nextLine, header: this.#headerEnd };
  }

  /** Goes on where another reader of the same file stopped; its header has been pushed, and nothing else. */
  goOn({ line, taken }: FileProgress): void {
    this.#records.goOn(taken, line);
  }

  /** The rows gathered so far, full batch or not: the file may grow later on. */
  rest(): Readings[] {
    const batches = this.#reader.full.splice(0);
    if (this.#reader.batch.rows > 0) batches.push(this.#reader.batch.take());
    this.#reader.countTimes();
    return batches;
  }

  /** The file has ended; returns what is left. */
  end(): Readings[] {
    this.#records.end();
    const batches = this.#drain();
    if (!this.#headerDone && !this.#stopped) {
      this.#report(1, 1, "the file is empty; it should begin with a line of column names.");
    } else if (!this.#stopped) {
      this.#reader.end(this.#index);
    }
    batches.push(...this.rest());
    return batches;
  }

  #drain(): Readings[] {
    const records = this.#records;
    const { tally } = this.#context;
    while (!this.#stopped && records.next()) {
      if (records.fault !== "none") this.#reportFault();
      const blank = records.fieldCount === 1 && records.starts[0] === records.ends[0];
      if (blank && this.#width !== 1) {
        tally.blankLines++;
        continue;
      }
      if (!this.#headerDone) {
        this.#headerDone = true;
        this.#headerEnd = records.taken;
        this.#width = records.fieldCount;
        this.#stopped = !this.#reader.header(
          records.texts().map((text) => text.trim()),
          records,
        );
        continue;
      }
      if (this.#width < 0) {
        this.#width = records.fieldCount;
        const names = Array.from({ length: this.#width }, (_, column) => String(column + 1));
        this.#stopped = !this.#reader.header(names, records);
        if (this.#stopped) break;
      }
      if (records.fieldCount !== this.#width) {
        const { line } = records.place(0);
        const found = `${records.fieldCount} ${records.fieldCount === 1 ? "field" : "fields"}`;
        this.#report(
          line,
          1,
          `this row has ${found}, the first row ${this.#width}; mend the row, or quote the field that holds a "${
            this.#context.card.layout.delimiter ?? ","
          }".`,
        );
        this.#index++;
        continue;
      }
      tally.records++;
      this.#reader.record(records, this.#index++);
    }
    return this.#reader.full.splice(0);
  }

  #reportFault(): void {
    const { line, column } = this.#records.place(this.#records.fieldCount - 1);
    const message =
      this.#records.fault === "unclosed quote"
        ? "a quote opens here and never closes; close it, or double the quotes that belong to the text."
        : "text follows a closing quote; double the quotes that belong to the text.";
    this.#report(line, column, message);
  }

  #report(line: number, column: number, message: string): void {
    this.#context.problems.add({ file: this.#file.path, line, column, message });
  }
}
