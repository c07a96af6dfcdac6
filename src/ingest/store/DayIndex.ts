import { ReadingRows } from "./ReadingRows.ts";
import type { StepGrid } from "./ResampleRule.ts";

const MS_PER_DAY = 86_400_000;

const FIRST_SLOTS = 2048;

/** What became of a row that was offered. */
export type Offer = "new" | "completing" | "repeated" | "conflicting";

/** The readings of one UTC day by (sensor, instant): tells what is new from what is known. */
export class DayIndex {
  readonly rows: ReadingRows;
  /** Row by hash of its key; -1 where free. */
  #slots = new Int32Array(FIRST_SLOTS).fill(-1);
  /** Bits of the grid steps that have a reading, by sensor. */
  readonly #filled = new Map<number, Uint8Array>();
  readonly #stepsPerDay: number;
  /** Values of the row just offered that were new, by channel; NaN else. */
  readonly fresh: Float64Array;
  /** The first contradiction of the row just offered. */
  conflict = { channel: -1, kept: NaN, refused: NaN };

  /** Grid on which its readings are judged. */
  readonly grid: StepGrid;
  readonly #firstStep: number;

  /** @param day UTC days since 1970 */
  constructor(day: number, channels: number, grid: StepGrid) {
    this.grid = grid;
    this.rows = new ReadingRows(channels);
    this.fresh = new Float64Array(channels);
    this.#firstStep = Math.floor((day * MS_PER_DAY - grid.phaseMs) / grid.stepMs);
    // A reading may belong to the first step of the next day.
    this.#stepsPerDay = Math.ceil(MS_PER_DAY / grid.stepMs) + 2;
  }

  /** Bytes that it holds, about. */
  get bytes(): number {
    const perRow = 12 + 8 * this.rows.values.length;
    return this.rows.instants.length * perRow + 4 * this.#slots.length;
  }

  /** Takes the values of a row, one a channel, that are new; what is known, or contradicts it, is left. */
  offer(sensor: number, instantMs: number, values: Float64Array): Offer {
    const { fresh } = this;
    let slot = this.#slotOf(sensor, instantMs);
    const mask = this.#slots.length - 1;
    let row: number;
    while ((row = this.#slots[slot]!) >= 0) {
      if (this.rows.instants[row] === instantMs && this.rows.sensors[row] === sensor) {
        return this.#complete(row, values);
      }
      slot = (slot + 1) & mask;
    }
    row = this.rows.add(sensor, instantMs);
    this.#slots[slot] = row;
    for (let channel = 0; channel < fresh.length; channel++) {
      fresh[channel] = values[channel]!;
      this.rows.values[channel]![row] = fresh[channel]!;
    }
    if (2 * this.rows.rows > this.#slots.length) this.#rehash();
    return "new";
  }

  #complete(row: number, values: Float64Array): Offer {
    let completing = false;
    let conflicting = false;
    for (let channel = 0; channel < this.fresh.length; channel++) {
      const value = values[channel]!;
      const column = this.rows.values[channel]!;
      const kept = column[row]!;
      this.fresh[channel] = NaN;
      if (Number.isNaN(value) || value === kept) continue;
      if (Number.isNaN(kept)) {
        column[row] = value;
        this.fresh[channel] = value;
        completing = true;
      } else {
        if (!conflicting) this.conflict = { channel, kept, refused: value };
        conflicting = true;
      }
    }
    return conflicting ? "conflicting" : completing ? "completing" : "repeated";
  }

  /** Marks a step of the grid as filled; true where it was not before. */
  fill(sensor: number, gridStep: number): boolean {
    const step = gridStep - this.#firstStep;
    let bits = this.#filled.get(sensor);
    if (bits === undefined) {
      bits = new Uint8Array((this.#stepsPerDay + 8) >> 3);
      this.#filled.set(sensor, bits);
    }
    const bit = 1 << (step & 7);
    if ((bits[step >> 3]! & bit) !== 0) return false;
    bits[step >> 3]! |= bit;
    return true;
  }

  #slotOf(sensor: number, instantMs: number): number {
    let hash = Math.imul(sensor, 0x9e3779b1) ^ Math.imul(instantMs % MS_PER_DAY, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return (hash ^ (hash >>> 13)) & (this.#slots.length - 1);
  }

  #rehash(): void {
    this.#slots = new Int32Array(4 * this.#slots.length).fill(-1);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.rows.rows; row++) {
      let slot = this.#slotOf(this.rows.sensors[row]!, this.rows.instants[row]!);
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row;
    }
  }
}
