import type { Row } from "../evaluate/intervalKernels.ts";
import { createRing } from "./createRing.ts";

/**
 * The newest values of a node, a row of all streams for each instant. While all is known the upper bounds are the
 * lower ones.
 */
export class RowRing implements Row {
  readonly lower: Float64Array;
  upper: Float64Array;
  readonly lowerOffset = 0;
  readonly upperOffset = 0;
  readonly known = false;
  readonly streams: number;
  readonly #mask: number;
  readonly #upperRoom: Float64Array;

  /** `kept` rows, a power of two. */
  constructor(kept: number, streams: number) {
    this.lower = createRing(kept, streams);
    this.upper = this.lower;
    this.streams = streams;
    this.#upperRoom = createRing(kept, streams);
    this.#mask = kept - 1;
  }

  /** Where the row of an instant begins. */
  at(time: number): number {
    return (time & this.#mask) * this.streams;
  }

  /** From here on the upper bounds are apart. */
  split(): void {
    this.#upperRoom.set(this.lower);
    this.upper = this.#upperRoom;
  }

  /** All bounds in use are equal. */
  join(): void {
    this.upper = this.lower;
  }

  /** One value in every row. */
  fill(value: number): void {
    this.lower.fill(value);
    this.upper.fill(value);
  }

  /** Whether the bounds of a row that begins at `from` are equal. */
  settled(from: number): boolean {
    const { lower, upper } = this;
    for (let i = from; i < from + this.streams; i++) if (lower[i] !== upper[i]) return false;
    return true;
  }
}
