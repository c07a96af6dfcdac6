import * as fc from "fast-check";
import { expect, it } from "vitest";
import { WINDOW_KINDS, windowsByKind } from "../../src/verify/WindowKind.ts";

it("shares every count out, three fifths of it plausible", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (total) => {
      const [plausible, hostile, clock] = windowsByKind(WINDOW_KINDS, total) as [number, number, number];
      expect(plausible + hostile + clock).toBe(total);
      expect(hostile).toBe(clock);
      expect(hostile).toBe(Math.floor(total / 5));
    }),
  );
});
