import { describe, expect, it } from "vitest";
import { sniffFormat } from "../../../src/ingest/trace/traceBytes.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("sniffFormat", () => {
  it.each([
    ["csv", bytes("time,speed\n")],
    ["csv", bytes("\ufefftime;speed\n")],
    ["ndjson", bytes('\n {"time": 0}\n')],
    ["parquet", bytes("PAR1rest")],
    ["arrow", bytes("ARROW1\0\0")],
    ["arrow", Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x10, 0, 0, 0)],
  ])("tells %s", (format, head) => {
    expect(sniffFormat(head)).toBe(format);
  });

  it.each([
    [new Uint8Array(0), /empty/],
    [Uint8Array.of(0xff, 0xfe, 0x74, 0), /UTF-16.*iconv/],
    [Uint8Array.of(0xfe, 0xff, 0, 0x74), /UTF-16/],
    [Uint8Array.of(0x50, 0x4b, 3, 4), /spreadsheet/],
    [Uint8Array.of(1, 0, 7), /no text/],
    [bytes(' [{"a": 1}]'), /one JSON array/],
  ])("says what is wrong with %j", (head, message) => {
    expect(sniffFormat(head)).toEqual({ fault: expect.stringMatching(message) });
  });
});
