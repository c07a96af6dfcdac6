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
    this.values = new Float64Array(rows).fill(NaN);
    this.#factor = factor;
  }

  dictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = Float64Array.from(doubles(values), (value) => value * this.#factor);
  }

  chosen(indices: Int32Array, { first, present }: Rows): void {
    const { values } = this;
    const dictionary = this.#dictionary;
    if (present === undefined) {
      for (let i = 0; i < indices.length; i++) values[first + i] = dictionary[indices[i]!]!;
    } else for (let i = 0; i < indices.length; i++) values[present[i]!] = dictionary[indices[i]!]!;
  }

  plain(page: ArrayLike<unknown>, { first, present }: Rows): void {
    const { values } = this;
    const numbers = doubles(page);
    const factor = this.#factor;
    if (present !== undefined) {
      for (let i = 0; i < numbers.length; i++) values[present[i]!] = numbers[i]! * factor;
    } else if (factor === 1 && numbers instanceof Float64Array) values.set(numbers, first);
    else for (let i = 0; i < numbers.length; i++) values[first + i] = numbers[i]! * factor;
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

  chosen(indices: Int32Array, { first, present }: Rows): void {
    const { values } = this;
    const dictionary = this.#dictionary;
    for (let i = 0; i < indices.length; i++) values[present?.[i] ?? first + i] = dictionary[indices[i]!]!;
  }

  plain(page: ArrayLike<unknown>, { first, present }: Rows): void {
    for (let i = 0; i < page.length; i++) this.values[present?.[i] ?? first + i] = this.#number(page[i]);
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

  chosen(indices: Int32Array, { first, present }: Rows): void {
    for (let i = 0; i < indices.length; i++) {
      this.values[present?.[i] ?? first + i] = this.#dictionary[indices[i]!]!;
    }
  }

  plain(page: ArrayLike<unknown>, { first, present }: Rows): void {
    for (let i = 0; i < page.length; i++) {
      this.values[present?.[i] ?? first + i] = decoder.decode(page[i] as Uint8Array);
    }
  }
}
