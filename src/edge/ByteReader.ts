import { ArtefactError } from "./ArtefactError.ts";

/** Reads little-endian numbers one after another; reading past the end is an {@link ArtefactError}. */
export class ByteReader {
  readonly #view: DataView;
  readonly #place: string;
  #offset = 0;

  /** `place` names what is read, for the error message. */
  constructor(bytes: Uint8Array, place: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = place;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** See `ByteWriter.packed`. */
  packed(): number {
    let value = 0;
    let worth = 1;
    let byte = this.u8();
    for (; byte >= 128; byte = this.u8()) {
      value += (byte - 128) * worth;
      worth *= 128;
    }
    value += byte * worth;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A packed count of things that take a byte each at least: more than bytes are left would be none. */
  count(): number {
    const value = this.packed();
    const left = this.#view.byteLength - this.#offset;
    if (!(value >= 0 && value <= left)) {
      throw new ArtefactError(
        "malformed",
        `${this.#place} counts ${value} at byte ${this.#offset}, where ${left} bytes are left; export the artefact anew`,
      );
    }
    return value;
  }

  /** See `ByteWriter.differences`. */
  differences<Numbers extends { readonly length: number; [index: number]: number }>(
    target: Numbers,
  ): Numbers {
    let value = 0;
    for (let index = 0; index < target.length; index++) {
      value += this.packed();
      target[index] = value;
    }
    return target;
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count).slice();
  }

  /** Fills a typed array with numbers of one format. */
  into<Numbers extends { readonly length: number; [index: number]: number }>(
    target: Numbers,
    format: "u8" | "u16" | "u32" | "i32",
  ): Numbers {
    for (let index = 0; index < target.length; index++) target[index] = this[format]();
    return target;
  }

  align(): void {
    while (this.#offset % 4 !== 0) this.u8();
  }

  #take(count: number): number {
    const at = this.#offset;
    if (!(count >= 0) || at + count > this.#view.byteLength) {
      throw new ArtefactError(
        "truncated",
        `${this.#place} ends at byte ${this.#view.byteLength}, but ${count} bytes are needed at ${at}; ` +
          "copy the artefact again from where it was exported",
      );
    }
    this.#offset += count;
    return at;
  }
}
