import { abbreviate } from "../CellReader.ts";
import type { FeedSourceFile } from "../feed/FeedFile.ts";
import { InstantReader, isInstant } from "../InstantReader.ts";
import { BATCH_ROWS, ReadingBatch, type Readings } from "../ReadingBatch.ts";
import { SensorTable } from "../SensorTable.ts";
import { SourceError } from "../Source.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { ZoneClock } from "../ZoneClock.ts";
import { type FeedColumn, feedColumns } from "./feedContext.ts";
import type { SourceAccount } from "./FeedSource.ts";

const TWO_TO_32 = 4_294_967_296;

/** Stamps as they stand in a column: instants in ms (NaN where missing), or texts that are still to be read. */
export type StampColumn =
  | { readonly kind: "instants"; readonly values: Float64Array }
  | { readonly kind: "texts"; readonly values: ArrayLike<string | null | undefined> };

/** A stretch of rows, column by column. */
export interface RawRows {
  readonly rows: number;
  readonly stamps: StampColumn;
  /** Sensor numbers of `sensors`; -1 where missing. */
  readonly sensors: Int32Array;
  /** One array for each of `columns`, in their order; NaN where missing. */
  readonly values: readonly Float64Array[];
}

/** Turns whole columns of a file into record batches; rows without a sensor or an instant are counted and left out. */
export class ColumnRows {
  readonly columns: readonly FeedColumn[];
  readonly sensors = new SensorTable();
  readonly #batch: ReadingBatch;
  readonly #account: SourceAccount;
  readonly #source: FeedSourceFile;
  readonly #clock: ZoneClock;
  readonly #instants: InstantReader;
  readonly #missing: Float64Array;

  constructor(card: StoreCard, source: FeedSourceFile, account: SourceAccount) {
    this.columns = feedColumns(card, source);
    this.#account = account;
    this.#source = source;
    this.#clock = new ZoneClock(card.zone, source.time.clock);
    this.#instants = new InstantReader(source.time, this.#clock);
    this.#missing = Float64Array.from((source.missing ?? []).filter((code) => typeof code === "number"));
    this.#batch = new ReadingBatch(
      this.columns.map(({ channel }) => channel.name),
      this.sensors,
    );
  }

  /** Milliseconds of one count of a time column whose file does not say what it counts. */
  msPerCount(path: string): () => number {
    const { column, format } = this.#source.time;
    return () => {
      if (format === "epoch-s") return 1000;
      if (format === "epoch-ms") return 1;
      throw new SourceError({
        place: path,
        reason: `the time column ${column} holds numbers; say what they count: \`format: epoch-s\` or \`format: epoch-ms\`.`,
      });
    };
  }

  /** The batches of a stretch; `firstRow` counts from 1 and says where it stands in the file. */
  *batches(raw: RawRows, path: string, firstRow: number): Generator<Readings> {
    this.#account.tally.records += raw.rows;
    for (const column of raw.values) this.#takeOutMissing(column);
    const instants = raw.stamps.kind === "instants" ? raw.stamps.values : undefined;
    for (let from = 0; from < raw.rows; from += BATCH_ROWS) {
      const to = Math.min(raw.rows, from + BATCH_ROWS);
      const halves = new Int32Array(2 * (to - from));
      const kept = new Int32Array(to - from);
      let rows = 0;
      for (let row = from; row < to; row++) {
        const instant = instants === undefined ? this.#writtenInstant(raw, row) : instants[row]!;
        if (raw.sensors[row]! < 0 || !isInstant(instant)) {
          this.#report(raw, row, path, firstRow + row);
          continue;
        }
        const high = Math.floor(instant / TWO_TO_32);
        halves[2 * rows] = instant - high * TWO_TO_32;
        halves[2 * rows + 1] = high;
        kept[rows++] = row;
      }
      if (rows === to - from) {
        yield this.#batch.batchOf(
          rows,
          raw.sensors.subarray(from, to),
          halves,
          raw.values.map((column) => column.subarray(from, to)),
        );
        continue;
      }
      const chosen = kept.subarray(0, rows);
      yield this.#batch.batchOf(
        rows,
        Int32Array.from(chosen, (row) => raw.sensors[row]!),
        halves.subarray(0, 2 * rows),
        raw.values.map((column) => Float64Array.from(chosen, (row) => column[row]!)),
      );
    }
    this.#countTimes();
  }

  #writtenInstant({ sensors, stamps }: RawRows, row: number): number {
    return this.#instants.value(stamps.values[row], sensors[row]!);
  }

  #report({ sensors, stamps }: RawRows, row: number, path: string, line: number): void {
    const { sensor, time } = this.#source;
    const place = { file: path, line, column: 1 };
    if (sensors[row]! < 0) {
      const message = `the sensor (${sensor?.column ?? "sensor"}) is missing; name the sensor of this row.`;
      this.#account.problems.add({ ...place, message });
      return;
    }
    // A local time that does not exist is counted by the clock.
    if (stamps.kind === "texts" && !this.#instants.faulty) return;
    const stamp = stamps.values[row];
    const shown = typeof stamp === "number" && Number.isNaN(stamp) ? "nothing" : abbreviate(String(stamp));
    const message =
      stamps.kind === "texts"
        ? this.#instants.complaint(shown)
        : `found ${shown} in the time column ${time.column}, which is no instant since 1800; mend it, or set \`time.format\`.`;
    this.#account.problems.add({ ...place, message });
  }

  #takeOutMissing(column: Float64Array): void {
    for (const code of this.#missing) {
      for (let row = 0; row < column.length; row++) if (column[row] === code) column[row] = NaN;
    }
  }

  #countTimes(): void {
    const { tally } = this.#account;
    tally.nonexistentLocal += this.#clock.tally.nonexistent;
    tally.ambiguousLocal += this.#clock.tally.ambiguous;
    tally.repeatedLocal += this.#clock.tally.repeated;
    Object.assign(this.#clock.tally, { nonexistent: 0, ambiguous: 0, repeated: 0 });
  }
}
