import { describe, expect, it } from "vitest";
import { foldsAtOnce } from "../../../src/jobs/backtest/foldsAtOnce.ts";

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

describe("folds at once", () => {
  it("are as many as are asked for where they fit, and nothing is said", () => {
    expect(foldsAtOnce(4, 100 * MEBIBYTE, 8 * GIBIBYTE)).toEqual({ count: 4 });
  });

  it("never hold more together than is free, and one more would", () => {
    for (const arrays of [50, 400, 3000]) {
      for (const free of [800, 2000, 9000]) {
        const { count, note } = foldsAtOnce(64, arrays * MEBIBYTE, free * MEBIBYTE);
        const fold = arrays + 300;
        if (count > 1) expect(count * fold).toBeLessThanOrEqual(0.9 * free);
        expect((count + 1) * fold).toBeGreaterThan(0.9 * free);
        expect(note).toBeDefined();
      }
    }
  });

  it("say why they are fewer", () => {
    expect(foldsAtOnce(4, 800 * MEBIBYTE, 2500 * MEBIBYTE)).toEqual({
      count: 2,
      note: "a fold holds up to 1100 MiB, and 2500 MiB are free: 2 at once, not 4",
    });
  });

  it("are one where even that does not fit, with what to do", () => {
    const { count, note } = foldsAtOnce(1, 3 * GIBIBYTE, GIBIBYTE);
    expect(count).toBe(1);
    expect(note).toMatch(/^a fold holds up to 3372 MiB, and 1024 MiB are free: one at once, .* --sliding/);
  });
});
