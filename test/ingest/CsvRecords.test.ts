import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvRecords } from "../../src/ingest/CsvRecords.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const readAll = (text: string, cuts: readonly number[] = [], delimiter = ","): string[][] => {
  const records = new CsvRecords(delimiter);
  const data = bytes(text);
  const rows: string[][] = [];
  const take = () => {
    while (records.next()) rows.push(records.texts());
  };
  let from = 0;
  for (const cut of [...cuts, data.length]) {
    const to = Math.min(Math.max(from, cut), data.length);
    records.push(data.subarray(from, to));
    take();
    from = to;
  }
  records.end();
  take();
  return rows;
};

describe("CsvRecords", () => {
  it.each([
    [
      "plain",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no final line break",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "quoted, CRLF",
      '"a","b"\r\n"1",2\r\n',
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["comma, quote and line break in quotes", '"a,b","c""d","e\nf"\n', [["a,b", 'c"d', "e\nf"]]],
    ["byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    [
      "empty fields",
      ",\n,,\n",
      [
        ["", ""],
        ["", "", ""],
      ],
    ],
    ["blank line", "a\n\nb\n", [["a"], [""], ["b"]]],
    ["empty quotes", '"",""\n', [["", ""]]],
    ["one byte", "a", [["a"]]],
    ["empty", "", []],
    ["quoted last field without line break", 'a,"b"', [["a", "b"]]],
  ])("%s", (_, text, rows) => {
    expect(readAll(text)).toEqual(rows);
  });

  it("takes another delimiter", () => {
    expect(readAll("a;b,c\n", [], ";")).toEqual([["a", "b,c"]]);
  });

  it("reads what a writer wrote, however the bytes are cut", () => {
    const field = fc.string({
      unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r", " ", "1"),
      maxLength: 6,
    });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
    const cuts = fc.array(fc.nat(80), { maxLength: 8 });
    fc.assert(
      fc.property(table, cuts, fc.constantFrom("\n", "\r\n"), (rows, at, lineBreak) => {
        const text = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(",") + lineBreak)
          .join("");
        const sorted = [...at].sort((a, b) => a - b);
        expect(readAll(text, sorted)).toEqual(rows);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it("says where a field stands, after a quoted line break too", () => {
    const records = new CsvRecords(",");
    records.push(bytes('a,b\n"x\ny",zz\n1,2\n'));
    records.next();
    records.next();
    expect(records.place(1)).toEqual({ line: 3, column: 4 });
    records.next();
    expect(records.place(1)).toEqual({ line: 4, column: 3 });
  });

  it("names a quote that never closes", () => {
    const records = new CsvRecords(",");
    records.push(bytes('a,"b\nc'));
    expect(records.next()).toBe(false);
    records.end();
    expect(records.next()).toBe(true);
    expect(records.fault).toBe("unclosed quote");
  });

  it("names text after a closing quote", () => {
    const records = new CsvRecords(",");
    records.push(bytes('"a"b,c\n'));
    records.next();
    expect(records.fault).toBe("text after quote");
    expect(records.fieldCount).toBe(2);
  });
});
