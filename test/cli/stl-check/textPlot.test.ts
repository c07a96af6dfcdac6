import { describe, expect, it } from "vitest";
import { textPlot } from "../../../src/cli/stl-check/textPlot.ts";

const series = (signal: readonly number[], threshold: readonly number[], at: number) => ({
  text: "x < 5",
  first: 0,
  at,
  signal: Float64Array.from(signal),
  threshold: Float64Array.from(threshold),
});

describe("textPlot", () => {
  it("draws what varies, what it is held against, and the step that decides", () => {
    expect(textPlot(series([0, 2, 7, 5, NaN, 1], [5, 5, 5, 5, 5, 5], 2))).toEqual([
      "        7 |  *",
      "          |",
      "        5 |---#--",
      "          |",
      "          |",
      "          | *",
      "          |     *",
      "        0 |*",
      "          +  ^",
    ]);
  });

  it("draws a single value in the middle, and nothing of nothing", () => {
    expect(textPlot(series([4, 4], [NaN, NaN], 0))).toHaveLength(9);
    expect(textPlot(series([NaN, NaN], [NaN, Infinity], 0))).toEqual([]);
  });

  it("fits 80 columns and twelve lines", () => {
    const lines = textPlot(
      series(
        Array.from({ length: 61 }, (_, k) => k * 12345.678),
        Array<number>(61).fill(1e-9),
        30,
      ),
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78);
    expect(lines.length).toBeLessThanOrEqual(12);
  });
});
