import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bracket, fewestDigits, tightestValue } from "../../../src/stl/learn/tightestValue.ts";

const directions = fc.constantFrom<1 | -1>(1, -1);
/** From the tight end to the loose one, 0 to 100, whichever way. */
const spanOf = (direction: 1 | -1) => (direction === 1 ? { tight: 0, loose: 100 } : { tight: 100, loose: 0 });

describe("tightestValue", () => {
  it("finds a limit in decimals exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), directions, (thousandths, direction) => {
        const limit = thousandths / 1000;
        const reaches = (value: number): boolean => direction * (value - limit) >= 0;
        expect(tightestValue({ direction, whole: false }, spanOf(direction), reaches, true)).toBe(limit);
      }),
      { numRuns: 300 },
    );
  });

  it("finds any limit to seven digits, on the side that is reached", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 99, noNaN: true }), directions, (limit, direction) => {
        const reaches = (value: number): boolean => direction * (value - limit) >= 0;
        const value = tightestValue({ direction, whole: false }, spanOf(direction), reaches, true)!;
        expect(reaches(value)).toBe(true);
        expect(Math.abs(value - limit)).toBeLessThanOrEqual(2e-7 * limit);
      }),
      { numRuns: 300 },
    );
  });

  it("does not drop the digit that matters: 0.1 + 0.2 is above 0.3", () => {
    const limit = 0.1 + 0.2;
    const value = tightestValue(
      { direction: 1, whole: false },
      { tight: 0, loose: 1 },
      (v) => v >= limit,
      true,
    )!;
    expect(value).toBeGreaterThanOrEqual(limit);
    expect(value - limit).toBeLessThan(1e-7);
  });

  it("finds limits around zero", () => {
    for (const limit of [0, -3, 1e-9, -2.5]) {
      const span = { tight: -10, loose: 10 };
      const value = tightestValue({ direction: 1, whole: false }, span, (v) => v >= limit, true)!;
      expect(value - limit).toBeGreaterThanOrEqual(0);
      expect(value - limit).toBeLessThan(1e-9);
    }
  });

  it("finds steps as trying them all does, also where what holds fails and holds again", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), directions, (holds, direction) => {
        const last = holds.length - 1;
        const span = direction === 1 ? { tight: 0, loose: last } : { tight: last, loose: 0 };
        const expected = direction === 1 ? holds.indexOf(true) : holds.lastIndexOf(true);
        const reaches = (step: number): boolean => holds[step]!;
        expect(tightestValue({ direction, whole: true }, span, reaches, false) ?? -1).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("finds steps in few looks where they are monotone", () => {
    let looks = 0;
    const reaches = (step: number): boolean => {
      looks++;
      return step >= 137;
    };
    expect(tightestValue({ direction: 1, whole: true }, { tight: 0, loose: 10_000 }, reaches, true)).toBe(
      137,
    );
    expect(looks).toBeLessThan(20);
  });

  it("gives the tight end where nothing fails, nothing where the loose end fails, and a range of one value", () => {
    const domain = { direction: 1, whole: false } as const;
    for (const monotone of [true, false]) {
      expect(tightestValue(domain, { tight: 2, loose: 5 }, () => true, monotone)).toBe(2);
      expect(tightestValue(domain, { tight: 2, loose: 5 }, () => false, monotone)).toBeUndefined();
      expect(tightestValue(domain, { tight: 5, loose: 5 }, () => true, monotone)).toBe(5);
      expect(tightestValue({ ...domain, whole: true }, { tight: 5, loose: 5 }, () => true, monotone)).toBe(5);
    }
  });

  it("finds numbers that fail and hold again from the tight end", () => {
    const reaches = (value: number): boolean => value >= 60 || (value >= 20.5 && value <= 40);
    expect(tightestValue({ direction: 1, whole: false }, spanOf(1), reaches, false)).toBe(20.5);
    const upTo = (value: number): boolean => value <= 40;
    expect(tightestValue({ direction: -1, whole: false }, spanOf(-1), upTo, false)).toBe(40);
    expect(tightestValue({ direction: 1, whole: false }, { tight: 10, loose: 90 }, upTo, false)).toBe(10);
  });
});

describe("fewestDigits", () => {
  it("is not led astray by a quotient that is rounded", () => {
    expect(fewestDigits(1000, 999.99998999)).toBe(999.99999);
    expect(fewestDigits(-1000, -999.99998999)).toBe(-999.99999);
    expect(fewestDigits(0.3 - 2 ** -54, 0.35)).toBe(0.3);
  });

  const digits = (value: number): number => {
    for (let count = 1; count < 18; count++) if (Number(value.toPrecision(count)) === value) return count;
    return 18;
  };

  it("lies between, and no number of fewer decimals does", () => {
    const ends = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(
        ends,
        fc.double({ min: 1e-6, max: 10, noNaN: true }),
        directions,
        (excluded, width, direction) => {
          const included = excluded + direction * width;
          fc.pre(included !== excluded);
          const value = fewestDigits(excluded, included);
          const [low, high] = direction === 1 ? [excluded, included] : [included, excluded];
          expect(value >= low && value <= high && value !== excluded).toBe(true);
          const decimals = Math.max(0, digits(value) - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
          if (decimals === 0) return;
          const coarser = 10 ** (1 - decimals);
          const nearest = Math.floor(low / coarser) * coarser;
          // Among the multiples of ten times its last place, none is clearly inside.
          for (const other of [nearest, nearest + coarser]) {
            const margin = 1e-3 * coarser;
            expect(other > low + margin && other < high - margin).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("bracket", () => {
  it("steps away from the present value until one holds and one fails", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: -100, max: 100 }),
        directions,
        (limit, start, direction) => {
          const reaches = (value: number): boolean => direction * (value - limit) >= 0;
          const { loose, tight } = bracket({ direction, start }, reaches)!;
          expect([reaches(loose), reaches(tight)]).toEqual([true, false]);
        },
      ),
    );
  });

  it("gives up where all hold, or all fail", () => {
    for (const truth of [true, false])
      expect(bracket({ direction: 1, start: 3 }, () => truth)).toBeUndefined();
  });
});
