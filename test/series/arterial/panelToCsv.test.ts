import { describe, expect, it } from "vitest";
import { panelToCsv } from "../../../src/series/arterial/panelToCsv.ts";

describe("panelToCsv", () => {
  it("writes by time, then by detector, with empty cells where a reading is missing", () => {
    const text = panelToCsv({
      name: "p",
      zone: "UTC",
      startMs: Date.UTC(2025, 0, 1),
      stepMs: 300_000,
      steps: 2,
      sensors: ["a", "b"],
      channels: [
        { name: "x", unit: "1" },
        { name: "y", unit: "1" },
      ],
      values: Float64Array.of(1, 2.5, Number.NaN, 4, 5, 6, 7, Number.NaN),
    });
    expect(text).toBe(
      "time,detector,x,y\n" +
        "2025-01-01T00:00:00Z,a,1,5\n2025-01-01T00:00:00Z,b,,7\n" +
        "2025-01-01T00:05:00Z,a,2.5,6\n2025-01-01T00:05:00Z,b,4,\n",
    );
  });
});
