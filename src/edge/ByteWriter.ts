/** Appends little-endian numbers to a growing buffer. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
  }

  i32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value, true);
  }

  /**
   * A whole number below 2^52 in 7-bit groups, lowest first, the top bit set on all but the last; the sign goes to
   * the lowest bit (0, -1, 1, -2 become 0, 1, 2, 3).
   */
  packed(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      this.u8((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  /** Every number of a list less the one before it (0 before the first), packed. */
  differences(values: ArrayLike<number>): void {
    for (let index = 0; index < values.length; index++)
      this.packed(values[index]! - (values[index - 1] ?? 0));
  }

  bytes(values: Uint8Array): void {
    const at = this.#reserve(values.length);
    this.#bytes.set(values, at);
  }

  /** Every number of a list in one format. */
  list(values: ArrayLike<number>, format: "u8" | "u16" | "u32" | "i32"): void {
    for (let index = 0; index < values.length; index++) this[format](values[index]!);
  }

  /** Zero bytes up to the next multiple of four. */
  align(): void {
    while (this.#length % 4 !== 0) this.u8(0);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room first: it may exchange the buffer, so call it before touching `#view` or `#bytes`. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
