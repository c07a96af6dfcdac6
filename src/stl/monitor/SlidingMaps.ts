import { createRing } from "./createRing.ts";

/**
 * The last `width` rows of maps z -> max(a, min(b, z)), composed. Such maps compose to one of their kind, so that
 * blocks serve as in {@link SlidingExtreme}. Maps before the first are the identity.
 */
export class SlidingMaps {
  /** The newest map is applied last (since) or first (until). */
  readonly #newestLast: boolean;
  readonly #streams: number;
  readonly #last: number;
  /** Up to `#place` the maps of this block; from there on those of the last block from each to its end, composed. */
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  /** The maps of this block so far, composed. */
  readonly #begunA: Float64Array;
  readonly #begunB: Float64Array;
  #place = 0;

  constructor(width: number, newestLast: boolean, streams: number) {
    this.#newestLast = newestLast;
    this.#streams = streams;
    this.#last = width - 1;
    this.#a = createRing(width, streams).fill(-Infinity);
    this.#b = createRing(width, streams).fill(Infinity);
    this.#begunA = createRing(1, streams);
    this.#begunB = createRing(1, streams);
  }

  /** Takes the row of maps whose a and b begin at `aFrom` and `bFrom`, each times `sign`. */
  push(a: Float64Array, aFrom: number, b: Float64Array, bFrom: number, sign: 1 | -1): void {
    const streams = this.#streams;
    const mapsA = this.#a;
    const mapsB = this.#b;
    const at = this.#place * streams;
    for (let i = 0; i < streams; i++) {
      mapsA[at + i] = sign * (a[aFrom + i] as number);
      mapsB[at + i] = sign * (b[bFrom + i] as number);
    }
    if (at === 0) {
      this.#begunA.fill(-Infinity);
      this.#begunB.fill(Infinity);
    }
    if (this.#newestLast) compose(mapsA, mapsB, at, this.#begunA, this.#begunB, 0, false, streams);
    else compose(this.#begunA, this.#begunB, 0, mapsA, mapsB, at, true, streams);
    if (this.#place < this.#last) {
      this.#place++;
      return;
    }
    for (let row = this.#last - 1; row >= 0; row--) {
      const older = row * streams;
      const newer = older + streams;
      if (this.#newestLast) compose(mapsA, mapsB, newer, mapsA, mapsB, older, false, streams);
      else compose(mapsA, mapsB, older, mapsA, mapsB, newer, true, streams);
    }
    this.#place = 0;
  }

  /** Writes the whole compositions at -inf. */
  read(target: Float64Array): void {
    const a = this.#a;
    const b = this.#b;
    const begunA = this.#begunA;
    const begunB = this.#begunB;
    const from = this.#place * this.#streams;
    for (let i = 0; i < this.#streams; i++) {
      const ended = a[from + i] as number;
      const begun = begunA[i] as number;
      if (from === 0) target[i] = ended;
      else if (this.#newestLast) target[i] = Math.max(begun, Math.min(begunB[i] as number, ended));
      else target[i] = Math.max(ended, Math.min(b[from + i] as number, begun));
    }
  }

  copyFrom(other: SlidingMaps): void {
    this.#a.set(other.#a);
    this.#b.set(other.#b);
    this.#begunA.set(other.#begunA);
    this.#begunB.set(other.#begunB);
    this.#place = other.#place;
  }
}

/** Rows of maps, the outer after the inner, into the outer (`intoOuter`) or the inner. */
const compose = (
  outerA: Float64Array,
  outerB: Float64Array,
  outer: number,
  innerA: Float64Array,
  innerB: Float64Array,
  inner: number,
  intoOuter: boolean,
  streams: number,
): void => {
  const targetA = intoOuter ? outerA : innerA;
  const targetB = intoOuter ? outerB : innerB;
  const to = intoOuter ? outer : inner;
  for (let i = 0; i < streams; i++) {
    const b = outerB[outer + i] as number;
    targetA[to + i] = Math.max(outerA[outer + i] as number, Math.min(b, innerA[inner + i] as number));
    targetB[to + i] = Math.min(b, innerB[inner + i] as number);
  }
};
