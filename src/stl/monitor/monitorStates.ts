/** Work states of online operators: amortised constant time a sample, memory fixed at construction. */
import { createRing, powerOfTwo } from "./createRing.ts";

/** A window that slides over a stream: its extreme, by a queue of the values that may still become it. */
export class SlidingWindow {
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  readonly #mask: number;
  readonly #sign: 1 | -1;
  /** Counts of values that left at the front and that entered at the back; places are these, masked. */
  #head = 0;
  #tail = 0;

  /** `sign` is 1 for the maximum and -1 for the minimum. */
  constructor(width: number, sign: 1 | -1) {
    const size = powerOfTwo(width);
    this.#values = createRing(size);
    this.#times = createRing(size);
    this.#mask = size - 1;
    this.#sign = sign;
  }

  push(time: number, value: number): void {
    const values = this.#values;
    const mask = this.#mask;
    const sign = this.#sign;
    let tail = this.#tail;
    while (tail > this.#head && sign * (values[(tail - 1) & mask] as number) <= sign * value) tail--;
    values[tail & mask] = value;
    this.#times[tail & mask] = time;
    this.#tail = tail + 1;
  }

  dropBefore(time: number): void {
    while (this.#head < this.#tail && (this.#times[this.#head & this.#mask] as number) < time) this.#head++;
    if (this.#head > this.#mask) {
      // Counts stay small, so that masking them stays exact however long the stream.
      this.#head -= this.#mask + 1;
      this.#tail -= this.#mask + 1;
    }
  }

  /** -inf (maximum) or +inf (minimum) of an empty window. */
  extreme(): number {
    return this.#head === this.#tail
      ? -this.#sign * Infinity
      : (this.#values[this.#head & this.#mask] as number);
  }

  copyFrom(other: SlidingWindow): void {
    this.#values.set(other.#values);
    this.#times.set(other.#times);
    this.#head = other.#head;
    this.#tail = other.#tail;
  }
}

/**
 * A window over maps z -> max(A, min(B, z)), composed. Such maps compose to one of their kind, so two stacks
 * make a queue whose whole composition is known at any time.
 */
export class ComposedWindow {
  readonly #width: number;
  /** The newest map is applied last (since) or first (until). */
  readonly #newestOuter: boolean;
  readonly #backA: Float64Array;
  readonly #backB: Float64Array;
  readonly #frontA: Float64Array;
  readonly #frontB: Float64Array;
  #back = 0;
  #front = 0;
  #totalA = -Infinity;
  #totalB = Infinity;

  constructor(width: number, newestOuter: boolean) {
    this.#width = width;
    this.#newestOuter = newestOuter;
    this.#backA = createRing(width);
    this.#backB = createRing(width);
    this.#frontA = createRing(width);
    this.#frontB = createRing(width);
  }

  /** Adds a map; the oldest one leaves a full window. */
  push(a: number, b: number): void {
    if (this.#width === 0) return;
    if (this.#back + this.#front === this.#width) this.#drop();
    this.#backA[this.#back] = a;
    this.#backB[this.#back] = b;
    this.#back++;
    if (this.#newestOuter) {
      // new o total
      this.#totalA = Math.max(a, Math.min(b, this.#totalA));
      this.#totalB = Math.min(b, this.#totalB);
    } else {
      // total o new
      this.#totalA = Math.max(this.#totalA, Math.min(this.#totalB, a));
      this.#totalB = Math.min(this.#totalB, b);
    }
  }

  #drop(): void {
    if (this.#front === 0) {
      // The newest goes to the bottom, so that the oldest lies on top with everything composed below it.
      let a = -Infinity;
      let b = Infinity;
      while (this.#back > 0) {
        this.#back--;
        const ownA = this.#backA[this.#back] as number;
        const ownB = this.#backB[this.#back] as number;
        if (this.#newestOuter) {
          a = Math.max(a, Math.min(b, ownA));
          b = Math.min(b, ownB);
        } else {
          a = Math.max(ownA, Math.min(ownB, a));
          b = Math.min(ownB, b);
        }
        this.#frontA[this.#front] = a;
        this.#frontB[this.#front] = b;
        this.#front++;
      }
      this.#totalA = -Infinity;
      this.#totalB = Infinity;
    }
    this.#front--;
  }

  /** The whole composition at -inf. */
  value(): number {
    if (this.#front === 0) return this.#totalA;
    const a = this.#frontA[this.#front - 1] as number;
    const b = this.#frontB[this.#front - 1] as number;
    // The front holds the older maps.
    return this.#newestOuter
      ? Math.max(this.#totalA, Math.min(this.#totalB, a))
      : Math.max(a, Math.min(b, this.#totalA));
  }

  copyFrom(other: ComposedWindow): void {
    this.#backA.set(other.#backA);
    this.#backB.set(other.#backB);
    this.#frontA.set(other.#frontA);
    this.#frontB.set(other.#frontB);
    this.#back = other.#back;
    this.#front = other.#front;
    this.#totalA = other.#totalA;
    this.#totalB = other.#totalB;
  }
}
