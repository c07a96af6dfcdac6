import { describe, expect, it } from "vitest";
import { compileWallTimeFormat, wallMs, WallTimeParser } from "../../src/ingest/WallTime.ts";

const parse = (text: string) => {
  const parser = new WallTimeParser();
  const bytes = new TextEncoder().encode(text);
  return parser.parseIso(bytes, 0, bytes.length) ? [parser.wallMs, parser.offsetMs] : undefined;
};

describe("wallMs", () => {
  it("counts every day of four centuries as Date does", () => {
    for (let day = Date.UTC(1896, 0, 1); day < Date.UTC(2305, 0, 1); day += 86_400_000) {
      const date = new Date(day);
      const wall = wallMs(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), 0, 0, 0);
      if (wall !== day) expect(wall, date.toISOString()).toBe(day);
    }
  });

  it.each([
    [2021, 2, 29, 0, 0],
    [1900, 2, 29, 0, 0],
    [2021, 13, 1, 0, 0],
    [2021, 4, 31, 0, 0],
    [2021, 4, 0, 0, 0],
    [2021, 4, 1, 24, 0],
    [2021, 4, 1, 1, 60],
  ])("there is no %i-%i-%i %i:%i", (year, month, day, hour, minute) => {
    expect(wallMs(year, month, day, hour, minute, 0)).toBeNaN();
  });
});

describe("parseIso", () => {
  it.each([
    ["2021-04-04", "2021-04-04T00:00Z", NaN],
    ["2021-04-04T02:30", "2021-04-04T02:30Z", NaN],
    ["2021-04-04 02:30:15", "2021-04-04T02:30:15Z", NaN],
    ["2021-04-04T02:30:15.25Z", "2021-04-04T02:30:15.25Z", 0],
    ["2021-04-04T02:30+10:00", "2021-04-04T02:30Z", 36_000_000],
    ["2021-04-04T02:30:00-0330", "2021-04-04T02:30Z", -12_600_000],
    ["2021-04-04T02:30+10", "2021-04-04T02:30Z", 36_000_000],
    [" 2021-04-04T02:30 ", "2021-04-04T02:30Z", NaN],
  ])("%j", (text, wall, offset) => {
    expect(parse(text)).toEqual([Date.parse(wall), offset]);
  });

  it.each([
    "",
    "2021",
    "04/04/2021",
    "2021-02-30",
    "2021-04-04T",
    "2021-04-04T25:00",
    "2021-04-04T02:30x",
    "2021-4-4",
    "2021-04-04T02:30:60",
  ])("%j is no time", (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

describe("compileWallTimeFormat", () => {
  it.each([
    ["DD/MM/YYYY HH:mm", "04/03/2021 05:06", "2021-03-04T05:06Z"],
    ["DD/MM/YYYY HH:mm", "4/3/2021 5:06", "2021-03-04T05:06Z"],
    ["YYYYMMDD", "20210304", "2021-03-04T00:00Z"],
    ["YYYY-MM-DDTHH:mm:ss", "2021-03-04T05:06:07", "2021-03-04T05:06:07Z"],
  ])("%s reads %s", (format, text, expected) => {
    expect(compileWallTimeFormat(format)!(text)).toBe(Date.parse(expected));
  });

  it("refuses text of another form and formats without a date", () => {
    expect(compileWallTimeFormat("DD/MM/YYYY")!("2021-03-04")).toBeNaN();
    expect(compileWallTimeFormat("DD.MM.YYYY")!("04a03a2021")).toBeNaN();
    expect(compileWallTimeFormat("HH:mm")).toBeUndefined();
  });
});
