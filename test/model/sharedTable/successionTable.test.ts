import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { successionTable } from "../../../src/model/sharedTable/successionTable.ts";
import { random } from "../../../src/series/random.ts";

/** Roads of twenty places with numbers at random; an event is mostly one or two places further on. */
const roads = (events: number): { readonly stream: Int32Array; readonly placeOf: Int32Array } => {
  const numbers = random(4);
  const tokenAt = Int32Array.from({ length: 100 }, (_, k) => k);
  for (let k = 99; k > 0; k--) {
    const other = Math.floor(numbers.uniform() * (k + 1));
    [tokenAt[k], tokenAt[other]] = [tokenAt[other]!, tokenAt[k]!];
  }
  let place = 0;
  const stream = Int32Array.from({ length: events }, () => {
    const draw = numbers.uniform();
    const further = place + (draw < 0.7 ? 1 : 2);
    const ends = draw > 0.95 || Math.floor(further / 20) !== Math.floor(place / 20);
    place = ends ? Math.floor(100 * numbers.uniform()) : further;
    return tokenAt[place]!;
  });
  const placeOf = new Int32Array(100);
  tokenAt.forEach((token, own) => (placeOf[token] = own));
  return { stream, placeOf };
};

describe("successionTable", () => {
  it("puts every token in a cell of its own, whatever the stream", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 30 })
          .chain((tokens) => fc.tuple(fc.constant(tokens), fc.array(fc.nat(tokens - 1), { maxLength: 200 }))),
        ([tokens, stream]) => {
          const { cellOf } = successionTable(Int32Array.from(stream), tokens);
          expect(new Set(cellOf).size).toBe(cellOf.length);
        },
      ),
    );
  });

  it("finds the order of roads in a stream of which one step in three skips a place", () => {
    const { placeOf, stream } = roads(1200);
    const { cellOf } = successionTable(stream, 100);
    const beside = Array.from({ length: 100 }, (_, a) =>
      placeOf.findIndex((place, b) => place === placeOf[a]! + 1 && cellOf[b] === cellOf[a]! + 1),
    );
    const pairs = 95;
    expect(beside.filter((token) => token >= 0).length).toBeGreaterThan(0.95 * pairs);
  });
});
