import { describe, expect, it } from "vitest";
import { localClock } from "../../../src/series/index.ts";
import { bindSpec, panelRobustness, parseSpec, type Site } from "../../../src/stl/index.ts";

const quarterMs = 900_000;

const siteIn = (zone: string): Site => ({
  sensors: ["a"],
  channels: [{ name: "x", unit: "1" }],
  stepMs: quarterMs,
  zone,
});

/** Steps of a day and a half from noon UTC at which a formula of the clock is true. */
const trueAt = (formula: string, zone: string, startMs: number, declarations = ""): boolean[] => {
  const steps = 144;
  const { problems, spec } = parseSpec(`${declarations} require r: ${formula} implies x < 5;`);
  const { problems: more, rules } = bindSpec(spec, siteIn(zone));
  expect([...problems, ...more]).toEqual([]);
  const clock = localClock(zone, startMs, quarterMs, steps);
  // x is 7, so the rule is broken just where the formula is true.
  const { lower } = panelRobustness(rules[0]!, { values: new Float64Array(steps).fill(7), steps, clock });
  return Array.from(lower, (value) => value === -2);
};

/** The same from the platform's own calendar. */
const readings = (zone: string, startMs: number): { hour: number; weekday: string; date: string }[] => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    hour: "2-digit",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return Array.from({ length: 144 }, (_, k) => {
    const parts = format.formatToParts(startMs + k * quarterMs);
    const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
    return {
      hour: Number(part("hour")),
      weekday: part("weekday"),
      date: `${part("year")}-${part("month")}-${part("day")}`,
    };
  });
};

describe("the clock of rules", () => {
  it.each([
    ["Europe/Berlin", "spring", Date.UTC(2026, 2, 28, 12), 0],
    ["Europe/Berlin", "autumn", Date.UTC(2026, 9, 24, 12), 8],
    ["America/Los_Angeles", "spring", Date.UTC(2026, 2, 7, 20), 0],
    ["America/Los_Angeles", "autumn", Date.UTC(2026, 9, 31, 20), 4],
    ["Asia/Kathmandu", "no change", Date.UTC(2026, 2, 28, 12), 8],
  ])("is that of the zone where the clocks change: %s, %s", (zone, _season, startMs, quarters) => {
    const expected = readings(zone, startMs);
    const atTwo = trueAt("between(2h, 3h)", zone, startMs);
    expect(atTwo).toEqual(expected.map(({ hour }) => hour === 2));
    expect(atTwo.filter(Boolean)).toHaveLength(quarters);
    expect(trueAt("hour() >= 22", zone, startMs)).toEqual(expected.map(({ hour }) => hour >= 22));
    expect(trueAt("weekday() == 7", zone, startMs)).toEqual(expected.map(({ weekday }) => weekday === "Sun"));
    const dates = Array.from(new Set(expected.map(({ date }) => date)));
    const days = `days feast = { "${dates[1]}" };`;
    const onFeast = trueAt("on(feast)", zone, startMs, days);
    expect(onFeast).toEqual(expected.map(({ date }) => date === dates[1]));
  });

  it("knows lists of days: single ones, days on end, what touches, what overlaps, none in sight", () => {
    const start = Date.UTC(2026, 11, 24, 12);
    const dates = readings("UTC", start).map(({ date }) => date);
    const on = (list: string): boolean[] => trueAt("on(feast)", "UTC", start, `days feast = { ${list} };`);
    expect(on('"2026-12-24"')).toEqual(dates.map((date) => date === "2026-12-24"));
    expect(on('"2026-12-25/2026-12-26", "2020-02-29", "2026-12-24/2026-12-25"')).toEqual(
      dates.map(() => true),
    );
    expect(on('"1969-12-31"')).toEqual(dates.map(() => false));
    expect(trueAt("not on(feast)", "UTC", start, 'days feast = { "2026-12-25" };')).toEqual(
      dates.map((date) => date !== "2026-12-25"),
    );
  });

  it("refuses dates that there are not, days that are not declared, and tells of slips", () => {
    const told = (text: string): string[] => {
      const { problems, spec } = parseSpec(text);
      return [...problems, ...bindSpec(spec, siteIn("UTC")).problems].map(
        ({ code, column, remedy }) => `${column} ${code}: ${remedy}`,
      );
    };
    const dates = 'Write "2026-12-25", or "2026-12-24/2026-12-26" for days on end.';
    expect(
      told('days d = { "2026-02-30", "2026-1-1", "2026-01-05/2026-01-01", "x" }; require r: on(d) or x > 1;'),
    ).toEqual([
      `12 bad-date: ${dates}`,
      `26 bad-date: ${dates}`,
      `38 bad-date: ${dates}`,
      `63 bad-date: ${dates}`,
    ]);
    expect(told('days feast = { "2026-12-25" }; require r: on(feats) or x > 1;')).toEqual([
      "46 unknown-name: Did you mean feast?",
    ]);
    expect(told("require r: on(3) or x > 1;")[0]).toContain("on(holidays)");
    expect(told('days feast = { "2026-12-25" }; days feast = { "2026-12-26" };')).toEqual([
      "37 duplicate: Give one of them another name.",
    ]);
  });

  it("are imported under the name of the import", () => {
    const read = (): string => 'days feast = { "2026-12-25" };';
    const { problems, spec } = parseSpec(
      'import "days.stl" as city; require r: on(city.feast) implies x < 1;',
      {
        read,
      },
    );
    expect([...problems, ...bindSpec(spec, siteIn("UTC")).problems]).toEqual([]);
  });
});
