import { createRing } from "./createRing.ts";
import { copyRow, pickRow } from "./rowOperations.ts";

/**
 * The extremes of the last `width` rows, in a number of operations a row that does not depend on the width and
 * without a look at the values (van Herk 1992, Gil and Werman 1993): a window is the end of one block of `width`
 * rows and the beginning of the next. Rows before the first are +inf (minimum) or -inf.
 */
export class SlidingExtreme {
  readonly #minimum: boolean;
  readonly #streams: number;
  readonly #last: number;
  /** Up to `#place` the rows of this block; from there on the extremes of the last block from each row to its end. */
  readonly #rows: Float64Array;
  /** The extremes of this block so far. */
  readonly #begun: Float64Array;
  #place = 0;

  constructor(width: number, minimum: boolean, streams: number) {
    const nothing = minimum ? Infinity : -Infinity;
    this.#minimum = minimum;
    this.#streams = streams;
    this.#last = width - 1;
    this.#rows = createRing(width, streams).fill(nothing);
    this.#begun = createRing(1, streams).fill(nothing);
  }

  /** Takes a row. */
  push(source: Float64Array, from: number): void {
    const begun = this.#begun;
    const rows = this.#rows;
    const streams = this.#streams;
    const at = this.#place * streams;
    if (at === 0) {
      for (let i = 0; i < streams; i++) {
        const value = source[from + i] as number;
        begun[i] = value;
        rows[i] = value;
      }
    } else if (this.#minimum) {
      for (let i = 0; i < streams; i++) {
        const value = source[from + i] as number;
        begun[i] = Math.min(begun[i] as number, value);
        rows[at + i] = value;
      }
    } else {
      for (let i = 0; i < streams; i++) {
        const value = source[from + i] as number;
        begun[i] = Math.max(begun[i] as number, value);
        rows[at + i] = value;
      }
    }
    if (this.#place < this.#last) this.#place++;
    else this.#endBlock();
  }

  #endBlock(): void {
    const rows = this.#rows;
    const streams = this.#streams;
    this.#place = 0;
    if (this.#minimum) {
      for (let i = this.#last * streams - 1; i >= 0; i--) {
        rows[i] = Math.min(rows[i] as number, rows[i + streams] as number);
      }
    } else {
      for (let i = this.#last * streams - 1; i >= 0; i--) {
        rows[i] = Math.max(rows[i] as number, rows[i + streams] as number);
      }
    }
  }

  /** Writes the extremes. */
  read(target: Float64Array, to: number): void {
    const streams = this.#streams;
    // At the end of a block its whole extremes stand in the first row.
    if (this.#place === 0) copyRow(target, to, this.#rows, 0, streams);
    else {
      pickRow(this.#minimum, target, to, this.#begun, 0, this.#rows, this.#place * streams, streams);
    }
  }

  copyFrom(other: SlidingExtreme): void {
    this.#rows.set(other.#rows);
    this.#begun.set(other.#begun);
    this.#place = other.#place;
  }
}
