import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventPieces } from "../../../src/train/events/eventPieces.ts";

describe("eventPieces", () => {
  it("predicts each token once, after the one before it, part by part", () => {
    const cases = fc
      .record({ batch: fc.integer({ min: 1, max: 5 }), steps: fc.integer({ min: 1, max: 6 }) })
      .chain((cut) => fc.tuple(fc.constant(cut), fc.integer({ min: cut.batch + 1, max: 60 })));
    fc.assert(
      fc.property(cases, ([cut, events]) => {
        const tokens = Int32Array.from({ length: events }, (_, k) => k);
        const predicted: number[] = [];
        for (const { batch, codes, steps, tokens: targets } of eventPieces(tokens, [tokens, tokens], cut)) {
          expect(steps).toBeLessThanOrEqual(cut.steps);
          expect(codes[1]).toEqual(codes[0]);
          expect(codes[0]!.subarray(batch)).toEqual(targets);
          expect(codes[0]!.subarray(0, -batch).map((token) => token + 1)).toEqual(targets);
          predicted.push(...targets);
        }
        const used = Math.floor((events - 1) / cut.batch) * cut.batch;
        expect(predicted.toSorted((a, b) => a - b)).toEqual(Array.from({ length: used }, (_, k) => k + 1));
      }),
    );
  });

  it("goes on in the next piece where the last one ended", () => {
    const tokens = Int32Array.from({ length: 21 }, (_, k) => k);
    const pieces = [...eventPieces(tokens, [tokens], { batch: 2, steps: 4 })];
    expect(pieces.map(({ steps }) => steps)).toEqual([4, 4, 2]);
    pieces
      .slice(1)
      .forEach(({ codes }, k) => expect(codes[0]!.subarray(0, 2)).toEqual(pieces[k]!.codes[0]!.subarray(-2)));
  });
});
