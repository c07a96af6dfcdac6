import type { CsvRecords } from "./CsvRecords.ts";
import type { CardTime } from "./DatasetCard.ts";
import { InstantReader, isPlausible } from "./InstantReader.ts";
import { parseNumber } from "./parseNumber.ts";
import { wallMs } from "./WallTime.ts";
import type { ZoneClock } from "./ZoneClock.ts";

const DECIMAL_POINT = 46;

/** Reads the time of each record from its columns. */
export class TimeReader {
  /** Set by `instantMs`: the field that is no time; -1 where the time could be read. */
  faultyField = -1;
  /** The columns the time is read from. */
  readonly columns: readonly string[];
  readonly #time: CardTime;
  readonly #clock: ZoneClock;
  readonly #instants: InstantReader;
  #fields: readonly number[] = [];

  constructor(time: CardTime, clock: ZoneClock) {
    this.#time = time;
    this.#clock = clock;
    const { parts } = time;
    this.columns =
      parts === undefined
        ? [time.column!]
        : [parts.year, parts.month, parts.day, parts.hour, parts.minute].filter((part) => part !== undefined);
    this.#instants = new InstantReader(time, clock);
  }

  /** Says in which fields the columns stand. */
  place(fields: readonly number[]): void {
    this.#fields = fields;
  }

  /** Instant of the current record for a sensor; NaN where it has none (see `faultyField`). */
  instantMs(records: CsvRecords, sensor: number): number {
    if (this.#time.parts !== undefined) {
      const instant = this.#parts(records, sensor);
      if (!isPlausible(instant)) this.faultyField = this.#fields[0]!;
      return this.faultyField < 0 ? instant : NaN;
    }
    const field = this.#fields[0]!;
    const instants = this.#instants;
    const instant = instants.bytes(records.bytes, records.starts[field]!, records.ends[field]!, sensor);
    this.faultyField = instants.faulty ? field : -1;
    return instant;
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
    if (Number.isNaN(wall)) {
      this.faultyField = this.#fields[0]!;
      return NaN;
    }
    return this.#clock.instantMs(wall, sensor);
  }

  /** What to say of a faulty time. */
  complaint(text: string): string {
    return this.#time.parts === undefined
      ? this.#instants.complaint(text)
      : `found "${text}" in the time columns ${this.columns.join(", ")}: there is no such date or time of day.`;
  }
}
