/** Addresses are multiples of this, so that no vector straddles two lines of a cache. */
const ALIGNMENT = 64;

type Placed = Uint8Array | Int16Array | Int32Array | Uint32Array | Float64Array;

/** Plans what stands where in a linear memory, then writes it there. */
export class MemoryImage {
  private readonly parts: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  private next: number;

  /** @param start first free address */
  constructor(start: number) {
    this.next = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  }

  /** First address beyond all parts. */
  get end(): number {
    return this.next;
  }

  /** Address of `bytes` that start as zero. */
  reserve(bytes: number): number {
    const address = this.next;
    this.next = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
    return address;
  }

  /** Address of a copy of `values`; changes that are made to them before {@link writeTo} count. */
  place(values: Placed): number {
    const address = this.reserve(values.byteLength);
    this.placeAt(address, values);
    return address;
  }

  /** A copy of `values` at an address that is known to be free. */
  placeAt(address: number, values: Placed): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.parts.push({ address, bytes });
  }

  /** Writes all parts; the memory has at least {@link end} bytes, zero where nothing is placed. */
  writeTo(memory: ArrayBuffer): void {
    const target = new Uint8Array(memory);
    for (const { address, bytes } of this.parts) target.set(bytes, address);
  }
}
