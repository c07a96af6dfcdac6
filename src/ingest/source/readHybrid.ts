/** Bytes of a page, and how far they are read. */
export interface PageReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  offset: number;
}

const cutShort = (): never => {
  throw new Error("a page ends before its values do");
};

/** An unsigned number in groups of seven bits, low first. */
const readVariable = (page: PageReader): number => {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = page.bytes[page.offset++] ?? cutShort();
    value |= (byte & 127) << shift;
    if (byte < 128) return value >>> 0;
  }
  throw new Error("a run of a page is longer than any page");
};

/**
 * Reads numbers of `width` bits (1 to 24) that stand in runs: one value many times, or packed bits by groups of eight
 * (Apache Parquet format, RLE / bit-packing hybrid). Fills `output`; throws where the page ends before.
 *
 * @example
 * const bytes = Uint8Array.of(0b1000, 1, 0b11, 0b10110010);
 * const output = new Uint8Array(12);
 * readHybrid({ bytes, view: new DataView(bytes.buffer), offset: 0 }, 1, output);
 * output.join(""); // => "111101001101"
 */
export const readHybrid = (page: PageReader, width: number, output: Uint8Array | Int32Array): void => {
  const { bytes } = page;
  const { length } = output;
  let seen = 0;
  while (seen < length) {
    const header = readVariable(page);
    if ((header & 1) === 0) {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= (bytes[page.offset++] ?? cutShort()) << shift;
      const end = Math.min(length, seen + (header >>> 1));
      output.fill(value, seen, end);
      seen = end;
      continue;
    }
    const count = Math.min((header >>> 1) * 8, length - seen);
    // The last group may be cut off where no value is wanted any more.
    if (page.offset + Math.ceil((count * width) / 8) > bytes.length) cutShort();
    if (width === 1) unpackBits(bytes, page.offset, output, seen, count);
    else unpack(bytes, page.offset, width, output, seen, count);
    page.offset += (header >>> 1) * width;
    seen += count;
  }
};

const unpackBits = (
  bytes: Uint8Array,
  start: number,
  output: Uint8Array | Int32Array,
  first: number,
  count: number,
): void => {
  const whole = count & ~7;
  let at = first;
  for (let byte = 0; byte < whole >> 3; byte++) {
    const bits = bytes[start + byte]!;
    output[at] = bits & 1;
    output[at + 1] = (bits >> 1) & 1;
    output[at + 2] = (bits >> 2) & 1;
    output[at + 3] = (bits >> 3) & 1;
    output[at + 4] = (bits >> 4) & 1;
    output[at + 5] = (bits >> 5) & 1;
    output[at + 6] = (bits >> 6) & 1;
    output[at + 7] = bits >> 7;
    at += 8;
  }
  for (let k = whole; k < count; k++) output[at++] = (bytes[start + (k >> 3)]! >> (k & 7)) & 1;
};

const unpack = (
  bytes: Uint8Array,
  start: number,
  width: number,
  output: Uint8Array | Int32Array,
  first: number,
  count: number,
): void => {
  const mask = (1 << width) - 1;
  let at = start;
  let waiting = 0;
  let bits = 0;
  for (let k = first; k < first + count; k++) {
    while (bits < width) {
      waiting |= bytes[at++]! << bits;
      bits += 8;
    }
    output[k] = waiting & mask;
    waiting >>>= width;
    bits -= width;
  }
};
