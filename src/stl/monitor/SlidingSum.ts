import { createRing } from "./createRing.ts";
import { copyRow } from "./rowOperations.ts";

/**
 * The sums of the last `steps` rows, by blocks as in `rollingMean` and rounded as there, so that no error travels
 * along the streams. Rows before the first are 0.
 */
export class SlidingSum {
  readonly #streams: number;
  readonly #last: number;
  /** Up to `#place` the rows of this block; from there on the sums of the last block from each row to its end. */
  readonly #rows: Float64Array;
  /** The sums of this block so far. */
  readonly #begun: Float64Array;
  #place = 0;

  constructor(steps: number, streams: number) {
    this.#streams = streams;
    this.#last = steps - 1;
    this.#rows = createRing(steps, streams);
    this.#begun = createRing(1, streams);
  }

  /** Takes a row. */
  push(source: Float64Array, from: number): void {
    const place = this.#place;
    const rows = this.#rows;
    const begun = this.#begun;
    const streams = this.#streams;
    copyRow(rows, place * streams, source, from, streams);
    if (place === 0) begun.fill(0);
    for (let i = 0; i < streams; i++) begun[i] = (begun[i] as number) + (source[from + i] as number);
    if (place < this.#last) {
      this.#place = place + 1;
      return;
    }
    for (let i = this.#last * streams - 1; i >= 0; i--) {
      rows[i] = (rows[i + streams] as number) + (rows[i] as number);
    }
    this.#place = 0;
  }

  /** Writes the sums, divided. */
  read(target: Float64Array, to: number, divisor: number): void {
    const rows = this.#rows;
    const begun = this.#begun;
    const streams = this.#streams;
    const from = this.#place * streams;
    if (from === 0) for (let i = 0; i < streams; i++) target[to + i] = (rows[i] as number) / divisor;
    else {
      for (let i = 0; i < streams; i++) {
        target[to + i] = ((rows[from + i] as number) + (begun[i] as number)) / divisor;
      }
    }
  }

  copyFrom(other: SlidingSum): void {
    this.#rows.set(other.#rows);
    this.#begun.set(other.#begun);
    this.#place = other.#place;
  }
}
