import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brierOfRates, fitHorizonRates, happenedWithin } from "../../../src/series/events/HorizonRates.ts";

describe("happenedWithin", () => {
  it("is whether some event of the token lies after the origin and not past the horizon", () => {
    const streams = fc.array(fc.record({ token: fc.nat(2), instant: fc.integer({ min: 0, max: 40 }) }));
    const origins = fc.uniqueArray(fc.nat(20), { minLength: 1 });
    fc.assert(
      fc.property(streams, origins, fc.integer({ min: 1, max: 9 }), (events, unordered, horizon) => {
        const ordered = events.toSorted((a, b) => a.instant - b.instant);
        const stream = {
          tokens: Int32Array.from(ordered, ({ token }) => token),
          instants: Float64Array.from(ordered, ({ instant }) => instant / 2),
        };
        const steps = unordered.toSorted((a, b) => a - b);
        const expected = steps.flatMap((origin) =>
          [0, 1, 2].map((token) =>
            Number(
              ordered.some(
                (event) =>
                  event.token === token &&
                  event.instant / 2 > origin &&
                  event.instant / 2 <= origin + horizon,
              ),
            ),
          ),
        );
        expect([...happenedWithin(stream, steps, 3, horizon)]).toEqual(expected);
      }),
    );
  });
});

describe("base rates by hour", () => {
  const hours = [7, 7, 7, 8];
  const happened = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1);

  it("are shares of the hour's origins, drawn to the share of all", () => {
    const rates = fitHorizonRates(hours, happened, 2, 2);
    expect(rates[7 * 2]).toBeCloseTo((2 + 2 * 0.5) / 5, 12);
    expect(rates[7 * 2 + 1]).toBeCloseTo((0 + 2 * 0.25) / 5, 12);
    expect(rates[8 * 2 + 1]).toBeCloseTo((1 + 2 * 0.25) / 3, 12);
    expect(rates[20 * 2]).toBeCloseTo(0.5, 12);
  });

  it("have as Brier score the mean of squares", () => {
    const rates = new Float64Array(48).fill(0.25);
    expect(brierOfRates(rates, hours, happened, 2)).toBeCloseTo((3 * 0.75 ** 2 + 5 * 0.25 ** 2) / 8, 12);
  });
});
