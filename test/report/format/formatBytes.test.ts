import { describe, expect, it } from "vitest";
import { formatBytes } from "../../../src/report/format/formatBytes.ts";

describe("formatBytes", () => {
  it.each([
    [912, "912 bytes"],
    [18_432, "18,432 bytes (18.0 KiB)"],
    [3 * 1024 ** 2, "3,145,728 bytes (3.0 MiB)"],
    [Number.NaN, "not judged"],
  ])("%d", (bytes, text) => expect(formatBytes(bytes).replaceAll("\u00a0", " ")).toBe(text));
});
