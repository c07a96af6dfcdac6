/** Numbers written on a walk forward and read from their end on the walk back. */
export class Tape {
  /** Replaced by a longer one as it grows. */
  numbers = new Float64Array(1024);
  #end = 0;
  #recording = false;

  start(recording: boolean): void {
    this.#end = 0;
    this.#recording = recording;
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.numbers.length) return;
    const grown = new Float64Array(2 * (this.#end + count));
    grown.set(this.numbers.subarray(0, this.#end));
    this.numbers = grown;
  }

  keep(numbers: Float64Array, count: number): void {
    if (!this.#recording) return;
    this.#reserve(count);
    for (let i = 0; i < count; i++) this.numbers[this.#end + i] = numbers[i] as number;
    this.#end += count;
  }

  /** Place for `count` numbers that the caller writes; they last until the next ones unless recorded. */
  claim(count: number): number {
    this.#reserve(count);
    const start = this.#end;
    if (this.#recording) this.#end += count;
    return start;
  }

  keepOne(number: number): void {
    if (!this.#recording) return;
    this.#reserve(1);
    this.numbers[this.#end++] = number;
  }

  /** Goes back over the last `count` numbers and returns where they start. */
  back(count: number): number {
    this.#end -= count;
    return this.#end;
  }

  at(position: number): number {
    return this.numbers[position] as number;
  }
}
