import { describe, expect, it } from "vitest";
import { formatDuration } from "../../../src/report/format/formatDuration.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("formatDuration", () => {
  it.each([
    [840, "0.84 s"],
    [31_000, "31 s"],
    [31_460, "31.5 s"],
    [5 * MINUTE, "5 min"],
    [90_000, "1 min 30 s"],
    [HOUR - 1, "60 min"],
    [90 * MINUTE, "1 h 30 min"],
    [24 * HOUR, "24 h"],
    [36 * HOUR, "36 h"],
    [72 * HOUR, "3 d"],
    [1052 * HOUR, "43 d 20 h"],
    [Number.NaN, "not judged"],
  ])("%d ms", (milliseconds, text) =>
    expect(formatDuration(milliseconds).replaceAll("\u00a0", " ")).toBe(text),
  );
});
