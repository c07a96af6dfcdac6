import fc from "fast-check";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { describe, expect, it } from "vitest";
import { readHybrid } from "../../../src/ingest/source/readHybrid.ts";

const pageOf = (bytes: Uint8Array) => ({ bytes, view: new DataView(bytes.buffer), offset: 0 });

const variable = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...variable(value >>> 7)];

interface Run {
  readonly packed: boolean;
  readonly values: readonly number[];
}

/** Runs as a page has them; packed values in groups of eight, bit after bit. */
const encode = (runs: readonly Run[], width: number): { bytes: number[]; values: number[] } => {
  const bytes: number[] = [];
  const values: number[] = [];
  for (const { packed, values: own } of runs) {
    if (packed) {
      const groups = Math.ceil(own.length / 8);
      bytes.push(...variable((groups << 1) | 1));
      const bits = own
        .concat(Array<number>(8 * groups - own.length).fill(0))
        .flatMap((value) => Array.from({ length: width }, (_, bit) => (value >> bit) & 1));
      for (let at = 0; at < bits.length; at += 8) {
        bytes.push(bits.slice(at, at + 8).reduce((byte, bit, k) => byte | (bit << k), 0));
      }
      values.push(...own, ...Array<number>(8 * groups - own.length).fill(0));
    } else {
      bytes.push(...variable(own.length << 1));
      for (let shift = 0; shift < width; shift += 8) bytes.push((own[0]! >> shift) & 255);
      values.push(...own.map(() => own[0]!));
    }
  }
  return { bytes, values };
};

const runsOf = (width: number): fc.Arbitrary<Run[]> =>
  fc.array(
    fc.record({
      packed: fc.boolean(),
      values: fc.array(fc.nat(2 ** width - 1), { minLength: 1, maxLength: 300 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

describe("readHybrid", () => {
  it("gives the values that were encoded, and where the page goes on", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }).chain((width) => fc.tuple(fc.constant(width), runsOf(width))),
        ([width, runs]) => {
          const { bytes, values } = encode(runs, width);
          const page = pageOf(Uint8Array.from([...bytes, 255, 255]));
          const output = new Int32Array(values.length);
          readHybrid(page, width, output);
          expect(Array.from(output)).toEqual(values);
          expect(page.offset).toBe(bytes.length);
          const others = new Int32Array(values.length);
          readRleBitPackedHybrid(pageOf(Uint8Array.from(bytes)), width, others, bytes.length);
          expect(others).toEqual(output);
        },
      ),
    );
  });

  it("says that a page ends before its values do, wherever it is cut", () => {
    const { bytes } = encode(
      [
        { packed: true, values: Array.from({ length: 200 }, (_, k) => k % 32) },
        { packed: false, values: Array<number>(500).fill(9) },
      ],
      5,
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(() =>
        readHybrid(pageOf(Uint8Array.from(bytes.slice(0, length))), 5, new Uint8Array(700)),
      ).toThrow("a page ends before its values do");
    }
  });
});
