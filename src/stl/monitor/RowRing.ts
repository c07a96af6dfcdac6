import type { Row } from "../evaluate/intervalKernels.ts";

/** The newest values of a node, a row of all streams for each instant: a part of the rows of a whole plan. */
export class RowRing implements Row {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly lowerOffset = 0;
  readonly upperOffset = 0;
  readonly known = false;
  readonly streams: number;
  readonly first: number;
  /** One less than the rows that are kept. */
  readonly mask: number;

  /** `kept` rows, a power of two, from the place `first` on. */
  constructor(lower: Float64Array, upper: Float64Array, first: number, kept: number, streams: number) {
    this.lower = lower;
    this.upper = upper;
    this.streams = streams;
    this.first = first;
    this.mask = kept - 1;
  }

  /** Where the row of an instant begins. */
  at(time: number): number {
    return this.first + (time & this.mask) * this.streams;
  }

  /** One value in every row. */
  fill(value: number): void {
    const end = this.first + (this.mask + 1) * this.streams;
    this.lower.fill(value, this.first, end);
    this.upper.fill(value, this.first, end);
  }

  /** Whether the bounds of a row that begins at `from` are equal. */
  settled(from: number): boolean {
    const { lower, upper } = this;
    for (let i = from; i < from + this.streams; i++) if (lower[i] !== upper[i]) return false;
    return true;
  }
}
