import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { antecedentRules } from "../../src/jobs/check/antecedentRules.ts";
import {
  type BoundRule,
  bindSpec,
  checkSpec,
  explainRule,
  formatSpec,
  type PanelTrace,
  panelRobustness,
  parseSpec,
  type Site,
} from "../../src/stl/index.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "specs", "patterns");
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".stl"))
  .map((file) => file.slice(0, -4));

/** The fields of a file that has no quotes. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

interface Recording {
  readonly site: Site;
  readonly trace: PanelTrace;
  /** The stamp of every step. */
  readonly stamps: readonly string[];
}

/** A recording with a column `time`, in UTC, and a column `signal[sensor]` for every signal of every sensor. */
const recording = (pattern: string, kind: "keeps" | "breaks"): Recording => {
  const [header = [], ...rows] = rowsOf(textOf(`${pattern}.${kind}.csv`));
  const columns = header
    .slice(1)
    .map((column) => /^(\w+)\[(\w+)\]$/.exec(column)?.slice(1) as [string, string]);
  const channels = Array.from(new Set(columns.map(([signal]) => signal)), (name) => ({ name }));
  const sensors = Array.from(new Set(columns.map(([, sensor]) => sensor)));
  const stamps = rows.map((row) => row[0] as string);
  const instants = stamps.map((stamp) => Date.parse(stamp.includes("T") ? `${stamp}Z` : stamp));
  const steps = rows.length;
  const values = new Float64Array(channels.length * sensors.length * steps).fill(NaN);
  columns.forEach(([signal, sensor], k) => {
    const channel = channels.findIndex(({ name }) => name === signal);
    const start = (channel * sensors.length + sensors.indexOf(sensor)) * steps;
    rows.forEach((row, step) => (values[start + step] = Number(row[k + 1])));
  });
  const dates = instants.map((instant) => new Date(instant));
  const clock = {
    minuteOfDay: Int16Array.from(dates, (date) => date.getUTCHours() * 60 + date.getUTCMinutes()),
    weekday: Int8Array.from(dates, (date) => date.getUTCDay() || 7),
    dayNumber: Int32Array.from(instants, (instant) => Math.floor(instant / 86_400_000)),
  };
  const stepMs = (instants[1] as number) - (instants[0] as number);
  instants.forEach((instant, k) => expect(instant).toBe((instants[0] as number) + k * stepMs));
  return {
    site: { sensors, channels, stepMs, zone: "UTC", ...placesOf(pattern, sensors) },
    trace: { values, steps, clock },
    stamps,
  };
};

const placesOf = (pattern: string, sensors: readonly string[]): Pick<Site, "positions"> => {
  const file = `${pattern}.sensors.csv`;
  if (!existsSync(join(folder, file))) return {};
  const rows = rowsOf(textOf(file));
  const positions = sensors.map((sensor) => {
    const [, latitude, longitude] = rows.find(([name]) => name === sensor) ?? [];
    return { latitude: Number(latitude), longitude: Number(longitude) };
  });
  return { positions };
};

const bound = (text: string, site: Site): readonly BoundRule[] => {
  const { spec, problems } = parseSpec(text);
  const { rules, problems: own } = bindSpec(spec, site);
  expect([...problems, ...own]).toEqual([]);
  return rules;
};

/** An origin of a forecast from which every window lies within the recording, and what breaks the rule there. */
interface Expected {
  readonly origin: string;
  readonly rule: string;
  /** In the rule's unit, found by hand from the recording. */
  readonly margin: number;
  /** The last of the readings that decide. */
  readonly reading: string;
}

const expected: Readonly<Record<string, Expected>> = {
  absence: {
    origin: "2026-03-02T22:00",
    rule: "closed_tunnel_is_empty",
    margin: -0.2,
    reading: "count of east at 2026-03-02T22:55: 42",
  },
  balance: {
    origin: "2026-03-02T23:00",
    rule: "corridor_balances",
    margin: -68.125,
    reading: "outbound of bridge at 2026-03-03T05:00: 83",
  },
  "daily-mean": {
    origin: "2026-03-02T00:00",
    rule: "day_below_limit",
    margin: -4.416666667,
    reading: "pm10 of ring at 2026-03-03T00:00: 49",
  },
  duty: {
    origin: "2026-03-02T08:00",
    rule: "pump_rests",
    margin: -0.133333333,
    reading: "pump of tank at 2026-03-02T08:40: 1",
  },
  dwell: {
    origin: "2026-03-02T17:00",
    rule: "sign_does_not_flicker",
    margin: -0.5,
    reading: "sign of harbour at 2026-03-02T17:20: 1",
  },
  exceedances: {
    origin: "2025-12-30",
    rule: "few_bad_days",
    margin: -0.5,
    reading: "pm10 of ring at 2025-12-31: 34",
  },
  gradient: {
    origin: "2026-03-02T06:00",
    rule: "neighbours_are_alike",
    margin: -8,
    reading: "no2 of square at 2026-03-02T10:00: 49",
  },
  headroom: {
    origin: "2026-03-02T10:00",
    rule: "room_for_the_next_hour",
    margin: -39,
    reading: "leaving of opera at 2026-03-02T10:30: 42",
  },
  limit: {
    origin: "2026-03-02T12:00",
    rule: "below_the_bound",
    margin: -3,
    reading: "sound of south at 2026-03-02T13:15: 78",
  },
  monotone: {
    origin: "2026-03-02T23:00",
    rule: "only_empties",
    margin: -0.5,
    reading: "gate of opera at 2026-03-03T00:30: 0",
  },
  "night-limit": {
    origin: "2026-03-02T20:00",
    rule: "quiet_night",
    margin: -4,
    reading: "sound of north at 2026-03-03T03:00: 59",
  },
  precedence: {
    origin: "2026-03-02T09:00:00",
    rule: "green_needs_a_call",
    margin: -0.5,
    reading: "green of station at 2026-03-02T09:01:30: 1",
  },
  quorum: {
    origin: "2026-03-02T16:00",
    rule: "network_moves",
    margin: -4,
    reading: "speed of south at 2026-03-02T16:20: 11",
  },
  ramp: {
    origin: "2026-03-02T08:00",
    rule: "level_moves_slowly",
    margin: -4,
    reading: "level of lock at 2026-03-02T08:40: 196",
  },
  recovery: {
    origin: "2026-03-02T07:30",
    rule: "queue_dissolves",
    margin: -6,
    reading: "speed of bridge at 2026-03-02T08:20: 24",
  },
  relation: {
    origin: "2026-03-02T06:00",
    rule: "part_within_whole",
    margin: -5,
    reading: "pm25 of park at 2026-03-02T10:00: 41",
  },
  response: {
    origin: "2026-03-02T03:00",
    rule: "pump_answers",
    margin: -0.2,
    reading: "level of underpass at 2026-03-02T03:15: 2.2",
  },
  "rush-hour": {
    origin: "2026-03-02T06:00",
    rule: "morning_rush_moves",
    margin: -2,
    reading: "speed of west at 2026-03-02T07:45: 27",
  },
  since: {
    origin: "2026-03-02T09:00:00",
    rule: "green_for_a_tram_that_waits",
    margin: -0.5,
    reading: "green of market at 2026-03-02T09:01:20: 1",
  },
  "stuck-sensor": {
    origin: "2026-03-02T06:00",
    rule: "reading_moves",
    margin: -0.2,
    reading: "no2 of square at 2026-03-02T06:00: 21.4",
  },
  until: {
    origin: "2026-03-02T14:00",
    rule: "slow_until_cleared",
    margin: -0.5,
    reading: "incident of km12 at 2026-03-02T14:15: 1",
  },
  weekend: {
    origin: "2026-03-06T18:00",
    rule: "room_at_weekends",
    margin: -4,
    reading: "taken of harbour at 2026-03-07T00:00: 84",
  },
};

describe("rule patterns", () => {
  it("are twenty and more, each with a recording that keeps it, one that breaks it, and a line in the documentation", () => {
    expect(names.length).toBeGreaterThanOrEqual(20);
    expect(Object.keys(expected).sort()).toEqual(names);
    const lines = readFileSync(join(root, "docs", "patterns.md"), "utf8").split("\n");
    const table = lines.map((line) => line.replace(/\s+/g, " "));
    for (const name of names) {
      const [, title, said = ""] = /^\/\* ([^:]+): (.+?\.)(?:\s|$)/s.exec(textOf(`${name}.stl`)) ?? [];
      const sentence = said.replace(/\s+/g, " ").replace(/^./, (letter) => letter.toUpperCase());
      expect(table).toContain(`| ${title} | ${sentence} | [${name}.stl](../specs/patterns/${name}.stl) |`);
    }
  });

  describe.each(Object.entries(expected))("%s", (name, { margin, origin, reading, rule }) => {
    const text = textOf(`${name}.stl`);

    it("has no problem, is laid out, and says of every rule why, whose and on what scale", () => {
      const { problems, spec } = parseSpec(text, { source: `${name}.stl` });
      expect([...problems, ...checkSpec(spec).problems]).toEqual([]);
      expect(formatSpec(text)).toEqual({ text });
      for (const each of spec.rules) {
        expect(each.because).toMatch(/\w/);
        expect(each.owner).toMatch(/\w/);
        expect(each.scale).toBeDefined();
      }
      for (const signal of spec.signals) expect(signal.range).toBeDefined();
      expect(spec.sampling).toBeDefined();
    });

    it("is kept by its first recording, which meets its condition", () => {
      const { site, stamps, trace } = recording(name, "keeps");
      for (const each of bound(text, site)) {
        const { lower, upper } = panelRobustness(each, trace);
        expect(upper.findIndex((value) => value < 0)).toBe(-1);
        expect(lower[stamps.indexOf(origin)]).toBeGreaterThan(0);
      }
      const { spec } = parseSpec(text);
      const conditions = antecedentRules(spec.rules).map(({ declaration }) => declaration);
      for (const condition of bindSpec({ ...spec, rules: conditions }, site).rules) {
        expect(panelRobustness(condition, trace).upper.some((value) => value < 0)).toBe(true);
      }
    });

    it("is broken by its second recording, where and when that says", () => {
      const { site, stamps, trace } = recording(name, "breaks");
      const found = bound(text, site)
        .map((each) => ({ name: each.name, ...explainRule(each, site, trace, stamps.indexOf(origin)) }))
        .filter(({ verdict }) => verdict === "false");
      expect(found.map((each) => each.name)).toEqual([rule]);
      const { lower, readings, upper } = found[0] as (typeof found)[number];
      expect([lower, upper].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([margin, margin]);
      const last = readings.at(-1);
      const stamp = stamps[last?.step ?? -1];
      expect(`${last?.channel} of ${last?.sensor} at ${stamp}: ${last?.value}`).toBe(reading);
    });
  });
});

describe("the count of exceedances", () => {
  const text = textOf("exceedances.stl");

  it("is the number of days above the limit in every year", () => {
    const { site, trace } = recording("exceedances", "breaks");
    const [rule] = bound(text.replace("always[1d, 7d] ", ""), site) as [BoundRule];
    const { lower, upper } = panelRobustness(rule, trace);
    for (let step = 364; step < trace.steps; step++) {
      const years = [0, 1].map((s) =>
        trace.values.subarray(s * trace.steps + step - 364, s * trace.steps + step + 1),
      );
      const counts = years.map((year) => year.filter((value) => value > 50).length);
      expect(lower[step]).toBeCloseTo(35.5 - Math.max(...counts), 9);
      expect(upper[step]).toBe(lower[step]);
    }
  });

  it("is that of hours too, written as the file says: NO2 above 200 ug/m3 in 18 hours, and in 19", () => {
    const hourly = text
      .replaceAll("pm10", "no2")
      .replace("sampling 1d", "sampling 1h")
      .replace("= 50 ug/m3", "= 200 ug/m3")
      .replace("35.5", "18.5")
      .replace("365 *", "8760 *");
    const site: Site = { sensors: ["a"], channels: [{ name: "no2" }], stepMs: 3_600_000, zone: "UTC" };
    const [rule] = bound(hourly, site) as [BoundRule];
    const steps = 8760 + 168;
    for (const hours of [18, 19]) {
      const values = Float64Array.from({ length: steps }, (_, k) =>
        k % 450 === 300 && k / 450 < hours ? 230 : 90,
      );
      const { upper } = panelRobustness(rule, { values, steps });
      expect(upper[8759]).toBeCloseTo(18.5 - hours, 6);
    }
  });
});
