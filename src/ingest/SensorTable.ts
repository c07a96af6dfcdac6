const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Numbers sensors in the order in which their names are first seen, looking them up by their bytes, so that
 * a reading costs no string.
 */
export class SensorTable {
  /** Names by index. */
  readonly names: string[] = [];
  #slots = new Int32Array(256).fill(-1);
  readonly #keys: Uint8Array[] = [];

  /** Index of the name in `bytes[start..end)`; a new name gets the next index. */
  indexOfBytes(bytes: Uint8Array, start: number, end: number): number {
    let slot = this.#firstSlot(bytes, start, end);
    const mask = this.#slots.length - 1;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index < 0) return this.#insert(bytes.slice(start, end), slot);
      if (sameBytes(this.#keys[index]!, bytes, start, end)) return index;
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

  #insert(key: Uint8Array, slot: number): number {
    const index = this.names.length;
    this.names.push(decoder.decode(key));
    this.#keys.push(key);
    this.#slots[slot] = index;
    if (this.names.length * 2 > this.#slots.length) this.#grow();
    return index;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = this.#slots.length - 1;
    for (const [index, key] of this.#keys.entries()) {
      let slot = this.#firstSlot(key, 0, key.length);
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index;
    }
  }
}

const sameBytes = (key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean => {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
};
