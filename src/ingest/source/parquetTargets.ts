import type { SensorTable } from "../SensorTable.ts";
import type { ChunkTarget, Rows } from "./ParquetChunk.ts";

const TWO_TO_32 = 4_294_967_296;
const decoder = new TextDecoder();

/** Numbers of a page as doubles; 64-bit integers by their halves, for a BigInt a value would cost more than the rest. */
const doubles = (values: ArrayLike<unknown>): ArrayLike<number> => {
  if (!(values instanceof BigInt64Array)) return values as ArrayLike<number>;
  const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++)
    numbers[i] = halves[2 * i + 1]! * TWO_TO_32 + (halves[2 * i]! >>> 0);
  return numbers;
};

/** Puts numbers, times a factor, into an array that holds NaN where there is none. */
export class NumberTarget implements ChunkTarget {
  readonly values: Float64Array;
  readonly #factor: number;
  #dictionary: Float64Array = new Float64Array(0);

  constructor(rows: number, factor = 1) {
    this.values = new Float64Array(rows);
    this.#factor = factor;
  }

  dictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = Float64Array.from(doubles(values), (value) => value * this.#factor);
  }

  chosen(indices: Int32Array, { count, first, present }: Rows): void {
    const { values } = this;
    const dictionary = this.#dictionary;
    if (present === undefined) {
      for (let i = 0; i < count; i++) values[first + i] = dictionary[indices[i]!]!;
      return;
    }
    let at = 0;
    for (let i = 0; i < count; i++) {
      values[first + i] = present[i] === 1 ? dictionary[indices[at++]!]! : NaN;
    }
  }

  plain(page: ArrayLike<unknown>, { count, first, present }: Rows): void {
    const { values } = this;
    const numbers = doubles(page);
    const factor = this.#factor;
    if (present !== undefined) {
      let at = 0;
      for (let i = 0; i < count; i++) values[first + i] = present[i] === 1 ? numbers[at++]! * factor : NaN;
    } else if (factor === 1 && numbers instanceof Float64Array) values.set(numbers, first);
    else for (let i = 0; i < count; i++) values[first + i] = numbers[i]! * factor;
  }
}

/** Numbers sensors by their names; -1 where there is none. */
export class SensorTarget implements ChunkTarget {
  readonly values: Int32Array;
  readonly #sensors: SensorTable;
  #dictionary = new Int32Array(0);

  constructor(rows: number, sensors: SensorTable) {
    this.values = new Int32Array(rows).fill(-1);
    this.#sensors = sensors;
  }

  #number(value: unknown): number {
    if (!(value instanceof Uint8Array)) return this.#sensors.indexOf(String(value));
    return value.length === 0 ? -1 : this.#sensors.indexOfBytes(value, 0, value.length);
  }

  dictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = Int32Array.from(values as ArrayLike<never>, (value) => this.#number(value));
  }

  chosen(indices: Int32Array, { count, first, present }: Rows): void {
    const { values } = this;
    const dictionary = this.#dictionary;
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (present === undefined || present[i] === 1) values[first + i] = dictionary[indices[at++]!]!;
    }
  }

  plain(page: ArrayLike<unknown>, { count, first, present }: Rows): void {
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (present === undefined || present[i] === 1) this.values[first + i] = this.#number(page[at++]);
    }
  }
}

/** Texts, for stamps that are written out. */
export class TextTarget implements ChunkTarget {
  readonly values: (string | undefined)[];
  #dictionary: string[] = [];

  constructor(rows: number) {
    this.values = Array.from({ length: rows }, () => undefined);
  }

  dictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = Array.from(values as ArrayLike<Uint8Array>, (value) => decoder.decode(value));
  }

  chosen(indices: Int32Array, { count, first, present }: Rows): void {
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (present === undefined || present[i] === 1)
        this.values[first + i] = this.#dictionary[indices[at++]!]!;
    }
  }

  plain(page: ArrayLike<unknown>, { count, first, present }: Rows): void {
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (present === undefined || present[i] === 1)
        this.values[first + i] = decoder.decode(page[at++] as Uint8Array);
    }
  }
}
