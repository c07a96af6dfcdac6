import { Effect } from "effect";
import { encodeFrame } from "./Frame.ts";
import { ReadingRows } from "./ReadingRows.ts";
import { MS_PER_DAY, type StoreFolder } from "./StoreFolder.ts";
import { encodeRecord, type SensorDelta, type StoreRecord } from "./StoreRecord.ts";

/**
 * Puts the rows of a journal into the days they belong to.
 *
 * May be done again after it was cut off: a day that has the journal's rows is left as it is, one that has a part of
 * them is cut back first.
 */
export const settleJournal = Effect.fn("settleJournal")(function* (
  folder: StoreFolder,
  number: number,
  records: readonly StoreRecord[],
) {
  const days = splitByDay(records);
  for (const day of Array.from(days.keys()).sort((a, b) => a - b)) {
    const path = folder.dayPath(day);
    const scan = yield* folder.frames(path);
    if (scan?.frames.some(({ sequence }) => sequence === number) === true) continue;
    yield* folder.append(path, scan?.end ?? 0, encodeFrame(number, encodeRecord(days.get(day)!)));
  }
  if (days.size > 0) yield* folder.syncFolder(folder.daysPath);
});

/** Builds the record of one day from parts of others. */
class DayPart {
  readonly names: string[] = [];
  readonly rows: ReadingRows;
  readonly deltas: SensorDelta[] = [];
  readonly marks = [];
  readonly #numbers = new Map<string, number>();

  constructor(channels: number) {
    this.rows = new ReadingRows(channels);
  }

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** The rows and counts of records by UTC day, in their order; marks are left to the state file. */
export const splitByDay = (records: readonly StoreRecord[]): Map<number, StoreRecord> => {
  const days = new Map<number, DayPart>();
  const partOf = (day: number, channels: number): DayPart => {
    let part = days.get(day);
    if (part === undefined) {
      part = new DayPart(channels);
      days.set(day, part);
    }
    return part;
  };
  for (const { deltas, names, rows } of records) {
    for (let row = 0; row < rows.rows; row++) {
      const part = partOf(Math.floor(rows.instants[row]! / MS_PER_DAY), rows.values.length);
      part.rows.copy(rows, row, part.number(names[rows.sensors[row]!]!));
    }
    for (const delta of deltas) {
      const part = partOf(delta.day, rows.values.length);
      part.deltas.push({ ...delta, sensor: part.number(names[delta.sensor]!) });
    }
  }
  return days;
};
