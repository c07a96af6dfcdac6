const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Names one after the other: name `i` stands in `bytes[offsets[i]..offsets[i + 1])`, as UTF-8. */
export interface PackedNames {
  readonly length: number;
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * Numbers sensors in the order in which their names are first seen, looking them up by their bytes, so that
 * a reading costs no string.
 */
export class SensorTable {
  /** Names by index. */
  readonly names: string[] = [];
  #slots = new Int32Array(256).fill(-1);
  #bytes = new Uint8Array(1024);
  #offsets = new Int32Array(129);

  /** The names by now; later ones do not change what was handed out. */
  get packed(): PackedNames {
    const { length } = this.names;
    return {
      length,
      offsets: this.#offsets.subarray(0, length + 1),
      bytes: this.#bytes.subarray(0, this.#offsets[length]),
    };
  }

  /** Index of the name in `bytes[start..end)`; a new name gets the next index. */
  indexOfBytes(bytes: Uint8Array, start: number, end: number): number {
    let slot = this.#firstSlot(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index < 0) return this.#insert(bytes, start, end, slot);
      if (this.#isName(index, bytes, start, end)) return index;
      slot = (slot + 1) & mask;
    }
  }

  /** Index of a name; a new name gets the next index. */
  indexOf(name: string): number {
    const key = encoder.encode(name);
    return this.indexOfBytes(key, 0, key.length);
  }

  /** FNV-1a over the bytes of the name. */
  #firstSlot(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p]!, 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
  }

  #isName(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[index]!;
    const known = this.#bytes;
    if (this.#offsets[index + 1]! - from !== end - start) return false;
    for (let p = start; p < end; p++) if (bytes[p] !== known[from + p - start]) return false;
    return true;
  }

  #insert(bytes: Uint8Array, start: number, end: number, slot: number): number {
    const index = this.names.length;
    const from = this.#offsets[index]!;
    const to = from + end - start;
    if (to > this.#bytes.length) {
      const wider = new Uint8Array(2 * to);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    if (index + 2 > this.#offsets.length) {
      const longer = new Int32Array(2 * this.#offsets.length);
      longer.set(this.#offsets);
      this.#offsets = longer;
    }
    this.#bytes.set(bytes.subarray(start, end), from);
    this.#offsets[index + 1] = to;
    this.names.push(decoder.decode(bytes.subarray(start, end)));
    this.#slots[slot] = index;
    if (this.names.length * 2 > this.#slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.names.length; index++) {
      let slot = this.#firstSlot(this.#bytes, this.#offsets[index]!, this.#offsets[index + 1]!);
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index;
    }
  }
}
