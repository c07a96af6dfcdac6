import type { CsvRecords } from "./CsvRecords.ts";
import type { CardTime } from "./DatasetCard.ts";
import { parseNumber } from "./parseNumber.ts";
import { compileWallTimeFormat, wallMs, type WallTimeFormat, WallTimeParser } from "./WallTime.ts";
import type { ZoneClock } from "./ZoneClock.ts";

const DECIMAL_POINT = 46;

/** Instants beyond these years are taken for a wrong format or unit. */
const EARLIEST_MS = Date.UTC(1800, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** Reads the time of each record from its columns. */
export class TimeReader {
  /** Set by `instantMs`: the field that is no time; -1 where the time could be read. */
  faultyField = -1;
  /** The columns the time is read from. */
  readonly columns: readonly string[];
  readonly #time: CardTime;
  readonly #clock: ZoneClock;
  readonly #parser = new WallTimeParser();
  readonly #format: WallTimeFormat | undefined;
  #fields: readonly number[] = [];

  constructor(time: CardTime, clock: ZoneClock) {
    this.#time = time;
    this.#clock = clock;
    const { parts } = time;
    this.columns =
      parts === undefined
        ? [time.column!]
        : [parts.year, parts.month, parts.day, parts.hour, parts.minute].filter((part) => part !== undefined);
    const { format = "iso" } = time;
    this.#format = ["iso", "epoch-s", "epoch-ms"].includes(format)
      ? undefined
      : compileWallTimeFormat(format);
  }

  /** Says in which fields the columns stand. */
  place(fields: readonly number[]): void {
    this.#fields = fields;
  }

  /** Instant of the current record for a sensor; NaN where it has none (see `faultyField`). */
  instantMs(records: CsvRecords, sensor: number): number {
    const instant =
      this.#time.parts === undefined ? this.#single(records, sensor) : this.#parts(records, sensor);
    if (instant < EARLIEST_MS || instant > LATEST_MS) this.faultyField = this.#fields[0]!;
    return this.faultyField < 0 ? instant : NaN;
  }

  #single(records: CsvRecords, sensor: number): number {
    const field = this.#fields[0]!;
    const { bytes } = records;
    const start = records.starts[field]!;
    const end = records.ends[field]!;
    this.faultyField = -1;
    if (this.#format !== undefined) return this.#wall(this.#format(records.text(field)), sensor, field);
    if (this.#time.format === "epoch-s" || this.#time.format === "epoch-ms") {
      const value = parseNumber(bytes, start, end, DECIMAL_POINT);
      if (Number.isNaN(value)) this.faultyField = field;
      return this.#time.format === "epoch-s" ? Math.round(value * 1000) : value;
    }
    const parser = this.#parser;
    if (!parser.parseIso(bytes, start, end)) {
      this.faultyField = field;
      return NaN;
    }
    return Number.isNaN(parser.offsetMs)
      ? this.#clock.instantMs(parser.wallMs, sensor)
      : parser.wallMs - parser.offsetMs;
  }

  #parts(records: CsvRecords, sensor: number): number {
    this.faultyField = -1;
    const numbers = [1970, 1, 1, 0, 0];
    for (const [part, field] of this.#fields.entries()) {
      const value = parseNumber(records.bytes, records.starts[field]!, records.ends[field]!, DECIMAL_POINT);
      if (!Number.isInteger(value)) {
        this.faultyField = field;
        return NaN;
      }
      numbers[part] = value;
    }
    const wall = wallMs(numbers[0]!, numbers[1]!, numbers[2]!, numbers[3]!, numbers[4]!, 0);
    return this.#wall(wall, sensor, this.#fields[0]!);
  }

  #wall(wall: number, sensor: number, field: number): number {
    if (Number.isNaN(wall)) {
      this.faultyField = field;
      return NaN;
    }
    return this.#clock.instantMs(wall, sensor);
  }

  /** What to say of a faulty time. */
  complaint(text: string): string {
    const { parts, format = "iso" } = this.#time;
    if (parts !== undefined) {
      return `found "${text}" in the time columns ${this.columns.join(", ")}: there is no such date or time of day.`;
    }
    const form = {
      iso: "an ISO 8601 time such as 2021-04-04T02:30",
      "epoch-s": "seconds since 1970",
      "epoch-ms": "milliseconds since 1970",
    }[format];
    return `found "${text}" where ${form ?? `a time of the form ${format}`} belongs; mend it, or set \`layout.time.format\` in the card.`;
  }
}
