import { abbreviate } from "../CellReader.ts";
import type { FeedSourceFile } from "../feed/FeedFile.ts";
import { InstantReader } from "../InstantReader.ts";
import { parseNumber } from "../parseNumber.ts";
import { ReadingBatch, type Readings } from "../ReadingBatch.ts";
import { SensorTable } from "../SensorTable.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import type { JsonRow } from "../trace/parseJsonRow.ts";
import { ZoneClock } from "../ZoneClock.ts";
import { type FeedColumn, feedColumns } from "./feedContext.ts";
import type { SourceAccount } from "./FeedSource.ts";

const POINT = 46;
const encoder = new TextEncoder();
/** Keys that are not read and named in the report. */
const MOST_UNREAD = 20;

/** Where a row stands, for what is to be said of it. */
export interface RowPlace {
  readonly file: string;
  readonly line: number;
}

/** Turns JSON objects into readings; what cannot be read goes to the account, with its place. */
export class JsonRows {
  readonly full: Readings[] = [];
  readonly #account: SourceAccount;
  readonly #source: FeedSourceFile;
  readonly #columns: readonly FeedColumn[];
  readonly #batch: ReadingBatch;
  readonly #clock: ZoneClock;
  readonly #instants: InstantReader;
  readonly #missing: ReadonlySet<unknown>;
  readonly #known: Set<string>;

  constructor(card: StoreCard, source: FeedSourceFile, account: SourceAccount) {
    this.#account = account;
    this.#source = source;
    this.#columns = feedColumns(card, source);
    this.#batch = new ReadingBatch(
      this.#columns.map(({ channel }) => channel.name),
      new SensorTable(),
    );
    this.#clock = new ZoneClock(card.zone, source.time.clock);
    this.#instants = new InstantReader(source.time, this.#clock);
    this.#missing = new Set(source.missing ?? [""]);
    this.#known = new Set([
      source.time.column,
      ...this.#columns.map(({ column }) => column),
      ...(source.sensor?.column === undefined ? [] : [source.sensor.column]),
    ]);
  }

  /** Takes a row; the sensor is given where the feed says that something else than a key names it. */
  row(row: JsonRow, place: () => RowPlace, sensorName?: string): void {
    const { sensor: rule, time } = this.#source;
    this.#account.tally.records++;
    this.#noteUnread(row);
    const named = sensorName ?? rule?.name ?? (rule?.column === undefined ? undefined : row[rule.column]);
    const name = typeof named === "number" ? String(named) : named;
    if (typeof name !== "string" || name === "") {
      this.#report(
        place,
        `the sensor (${rule?.column ?? "sensor"}) is missing; name the sensor of this row.`,
      );
      return;
    }
    const batch = this.#batch;
    const sensor = batch.sensors.indexOf(name);
    const stamp = row[time.column];
    const instant = this.#instants.value(stamp, sensor);
    if (this.#instants.faulty) {
      this.#report(
        place,
        this.#instants.complaint(typeof stamp === "string" ? abbreviate(stamp) : shown(stamp)),
      );
      return;
    }
    if (Number.isNaN(instant)) return;
    for (let index = 0; index < this.#columns.length; index++) {
      batch.values[index]![batch.rows] = this.#value(row[this.#columns[index]!.column], index, place);
    }
    if (batch.commit(sensor, instant)) this.full.push(batch.take());
  }

  #value(cell: unknown, index: number, place: () => RowPlace): number {
    if (cell === null || cell === undefined || this.#missing.has(cell)) return NaN;
    if (typeof cell === "number") return cell;
    if (typeof cell === "string") {
      const bytes = encoder.encode(cell);
      const value = parseNumber(bytes, 0, bytes.length, POINT);
      if (!Number.isNaN(value)) return value;
    }
    const { channel } = this.#columns[index]!;
    const text = shown(cell);
    this.#report(
      place,
      `found ${text} where a number (${channel.name}, ${channel.unit}) belongs; ` +
        `mend the value, or add ${text} to \`missing\` in the card if it means none.`,
    );
    return NaN;
  }

  #noteUnread(row: JsonRow): void {
    for (const key of Object.keys(row)) {
      if (this.#known.has(key)) continue;
      const { unreadColumns } = this.#account.tally;
      // A key is looked at once; what comes after so many of them is rather noise than a key.
      if (this.#known.size < 10_000) this.#known.add(key);
      if (unreadColumns.length < MOST_UNREAD) unreadColumns.push(key);
    }
  }

  /** Says that a row cannot be read at all. */
  refuse(place: () => RowPlace, message: string): void {
    this.#account.tally.records++;
    this.#report(place, message);
  }

  #report(place: () => RowPlace, message: string): void {
    this.#account.problems.add({ ...place(), column: 1, message });
  }

  /** The rows gathered so far. */
  rest(): Readings[] {
    const batches = this.full.splice(0);
    if (this.#batch.rows > 0) batches.push(this.#batch.take());
    const { tally } = this.#account;
    tally.nonexistentLocal += this.#clock.tally.nonexistent;
    tally.ambiguousLocal += this.#clock.tally.ambiguous;
    tally.repeatedLocal += this.#clock.tally.repeated;
    Object.assign(this.#clock.tally, { nonexistent: 0, ambiguous: 0, repeated: 0 });
    return batches;
  }
}

const shown = (value: unknown): string => abbreviate(JSON.stringify(value) ?? "nothing");
