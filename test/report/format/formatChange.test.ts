import { describe, expect, it } from "vitest";
import { formatChange } from "../../../src/report/format/formatChange.ts";

describe("formatChange", () => {
  it.each([
    [-0.184, "18 % lower"],
    [0.0349, "3.5 % higher"],
    [1.2, "120 % higher"],
    [0.0001, "equal"],
    [Number.NaN, "not judged"],
  ])("%d", (change, text) => expect(formatChange(change).replaceAll("\u00a0", " ")).toBe(text));
});
