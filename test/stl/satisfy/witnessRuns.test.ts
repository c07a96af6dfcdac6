import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { witnessRuns } from "../../../src/stl/satisfy/witnessRuns.ts";

const site = {
  sensors: ["a", "b"],
  channels: [{ name: "x", unit: "1" }, { name: "y" }],
  stepMs: 60_000,
  zone: "UTC",
};

describe("witnessRuns", () => {
  it("tells every reading once, in the fewest runs", () => {
    const reading = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(4),
        fc.infiniteStream(reading),
        (steps, origin, stream) => {
          const values = Float64Array.from({ length: 4 * steps }, () => stream.next().value as number);
          const series = witnessRuns({ values, steps }, origin, site);
          expect(series.map(({ sensor, signal }) => `${signal}[${sensor}]`)).toEqual([
            "x[a]",
            "x[b]",
            "y[a]",
            "y[b]",
          ]);
          const told = new Float64Array(values.length).fill(Number.NaN);
          series.forEach(({ runs }, k) => {
            for (const { from, to, value } of runs)
              told.fill(value, k * steps + from + origin, k * steps + to + origin + 1);
            const joins = runs
              .slice(1)
              .filter((run, r) => run.from === runs[r]!.to + 1 && run.value === runs[r]!.value);
            expect(joins).toEqual([]);
          });
          expect(told).toEqual(values);
        },
      ),
    );
  });
});
