import { describe, expect, it } from "vitest";
import { formatShare } from "../../../src/report/format/formatShare.ts";

describe("formatShare", () => {
  it.each([
    [1, "100\u00a0%"],
    [0, "0\u00a0%"],
    [0.5, "50.0\u00a0%"],
    [0.9987, "99.9\u00a0%"],
    [0.9997, "99.97\u00a0%"],
    [0.99996, ">99.99\u00a0%"],
    [0.0004, "0.04\u00a0%"],
    [0.00001, "<0.01\u00a0%"],
    [Number.NaN, "not judged"],
  ])("%d", (share, text) => expect(formatShare(share)).toBe(text));
});
