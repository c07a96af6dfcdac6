import { Effect } from "effect";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeIntake } from "../../src/ingest/IntakeReport.ts";
import { loadPanel, type LoadPanelOptions } from "../../src/ingest/loadPanel.ts";
import { readAdjacency } from "../../src/ingest/readAdjacency.ts";
import { readCard } from "../../src/ingest/readCard.ts";
import { seriesOf, type Panel } from "../../src/series/Panel.ts";
import { cardText, TemporaryData } from "./temporaryData.ts";

let place: TemporaryData;
beforeEach(() => {
  place = new TemporaryData();
});
afterEach(() => {
  place.remove();
});

const LONG = `kind: long
time: { column: time, clock: utc }
sensor: sensor
channels: [{ name: speed, unit: km/h }, { name: flow, unit: veh/h, column: q }]`;

const WIDE = `kind: wide
time: { column: time, clock: utc }
channels: [{ name: speed, unit: km/h }]`;

const load = (options: Omit<LoadPanelOptions, "card"> = {}) =>
  readCard("t").pipe(Effect.flatMap((card) => loadPanel({ card, ...options })));

/** Writes card and data and loads them. */
const loadText = (card: string, data: string | Uint8Array, options: Omit<LoadPanelOptions, "card"> = {}) => {
  place.write("cards/t.yaml", card);
  place.write("data/t/data.csv", data);
  return place.run(load(options));
};

const failText = async (card: string, data: string | Uint8Array): Promise<string> => {
  place.write("cards/t.yaml", card);
  place.write("data/t/data.csv", data);
  return (await place.fail(load())).message.replaceAll(place.root, "");
};

const rows = (panel: Panel, channel = 0): Record<string, number[]> =>
  Object.fromEntries(panel.sensors.map((name, sensor) => [name, [...seriesOf(panel, channel, sensor)]]));

const iso = (ms: number) => new Date(ms).toISOString();

describe("long layout", () => {
  const data = `time,sensor,speed,q
2021-01-01T00:00Z,a,50,100
2021-01-01T00:00Z,b,51,
2021-01-01T01:00Z,a,,110
2021-01-01T02:00Z,a,52.5,120
2021-01-01T02:00Z,b,53,130
`;

  it("puts readings on the grid", async () => {
    const { panel, report } = await loadText(cardText(LONG), data);
    expect(iso(panel.startMs)).toBe("2021-01-01T00:00:00.000Z");
    expect(panel.channels).toEqual([
      { name: "speed", unit: "km/h" },
      { name: "flow", unit: "veh/h" },
    ]);
    expect(rows(panel)).toEqual({ a: [50, NaN, 52.5], b: [51, NaN, 53] });
    expect(rows(panel, 1)).toEqual({ a: [100, 110, 120], b: [NaN, NaN, 130] });
    expect(report.rows).toBe(5);
    expect(report.missingCells).toBe(2);
    expect(report.channels[1]!.sensors[1]).toEqual({
      sensor: "b",
      missingShare: 2 / 3,
      longestGapSteps: 2,
      longestGapFromMs: panel.startMs,
    });
  });

  it("reads the same from CRLF, quotes, a byte order mark and gzip", async () => {
    const plain = await loadText(cardText(LONG), data);
    const quoted = data.replaceAll(/[^,\n]+/g, (field) => `"${field}"`).replaceAll("\n", "\r\n");
    for (const variant of [quoted, `\ufeff${data}`, gzipSync(data), gzipSync(quoted), data.trimEnd()]) {
      const { panel } = await loadText(cardText(LONG), variant);
      expect(panel).toEqual(plain.panel);
    }
  });

  it("reads times from parts, an epoch and a form of their own", async () => {
    const expected = (await loadText(cardText(LONG), data)).panel;
    const withTime = (write: (date: Date) => string, header: string) =>
      data.replace("time", header).replaceAll(/^2021[^,]+/gm, (text) => write(new Date(text)));
    const variants: [string, string][] = [
      ["column: time, format: epoch-s", withTime((date) => String(date.getTime() / 1000), "time")],
      ["column: time, format: epoch-ms", withTime((date) => String(date.getTime()), "time")],
      [
        "column: time, format: DD/MM/YYYY HH:mm",
        withTime((date) => `${date.getUTCDate()}/01/2021 ${date.getUTCHours()}:00`, "time"),
      ],
      [
        "parts: { year: y, month: m, day: d, hour: h }",
        withTime((date) => `2021,1,${date.getUTCDate()},${date.getUTCHours()}`, "y,m,d,h"),
      ],
    ];
    for (const [time, text] of variants) {
      const { panel } = await loadText(cardText(LONG.replace("column: time", time)), text);
      expect(panel, time).toEqual(expected);
    }
  });

  it("reads compass points, missing codes of a channel, a decimal comma and columns left alone", async () => {
    const layout = `kind: long
delimiter: ";"
decimal: ","
missing: ["NA", "", 0]
time: { column: time, clock: utc }
sensor: sensor
ignore: [no]
channels:
  - { name: wind, unit: deg, kind: compass }
  - { name: pm, unit: ug/m3 }
  - { name: rain, unit: mm, missing: ["NA"] }`;
    const text = `no;time;sensor;wind;pm;rain;other
1;2021-01-01T00:00Z;a;NNE;1,5;0;x
2;2021-01-01T01:00Z;a;NA;0,0;NA;x
3;2021-01-01T02:00Z;a;n;NA;2;x
`;
    const { panel, report } = await loadText(cardText(layout), text);
    expect([0, 1, 2].map((channel) => rows(panel, channel)["a"])).toEqual([
      [22.5, NaN, 0],
      [1.5, NaN, NaN],
      [0, NaN, 2],
    ]);
    expect(report.tally.unreadColumns).toEqual(["other"]);
    expect(describeIntake(report)).toContain("columns not read: other");
  });

  it("reads one file a sensor", async () => {
    const layout = LONG.replace("sensor: sensor\n", "").replace(
      ", { name: flow, unit: veh/h, column: q }",
      "",
    );
    const files = "files: [{ path: data.csv, sensor: x }, { path: other.csv, sensor: y }]";
    place.write("data/t/other.csv", "time,speed\n2021-01-01T01:00Z,2\n");
    const { panel } = await loadText(cardText(layout, files), "time,speed\n2021-01-01T00:00Z,1\n");
    expect(rows(panel)).toEqual({ x: [1, NaN], y: [NaN, 2] });
  });

  it("takes the channels, sensors and span asked for", async () => {
    const { panel, report } = await loadText(cardText(LONG), data, {
      channels: ["flow"],
      sensors: ["b"],
      from: new Date("2021-01-01T01:00Z"),
    });
    expect(panel.channels.map((channel) => channel.name)).toEqual(["flow"]);
    expect(rows(panel)).toEqual({ b: [130] });
    expect(report.unselectedRows).toBe(3);
    expect(report.outsideSpan).toBe(1);
    const unknown = await place.fail(load({ channels: ["flo"] }));
    expect(unknown.message).toBe('The data set t has no channel "flo"; did you mean "flow"?');
    const stranger = await place.fail(load({ sensors: ["a", "zz"] }));
    expect(stranger.message).toBe('The data set t has no sensor "zz"; it has a, b.');
  });
});

describe("wide layouts", () => {
  it("reads a column a sensor, with positions and tags", async () => {
    const more = `files: [{ path: data.csv }, { path: where.csv, role: positions }]
positions: { sensor: id, latitude: lat, longitude: lon }
tags: { ring: [b, gone] }`;
    place.write("data/t/where.csv", "id,lat,lon\nb,52.5,13.4\nc,52,13\n");
    const { panel, report } = await loadText(
      cardText(WIDE, more),
      "time,a,b\n2021-01-01T00:00,1,\n2021-01-01T01:00,,4\n",
    );
    expect(rows(panel)).toEqual({ a: [1, NaN], b: [NaN, 4] });
    expect(panel.positions).toEqual([undefined, { latitude: 52.5, longitude: 13.4 }]);
    expect(panel.tags).toEqual({ ring: ["b"] });
    expect(report.notes).toEqual([
      "without a position: a",
      "with a position but not in the readings: c",
      "with a tag but not in the readings: gone",
    ]);
  });

  it("reads rows of weekdays without header or time", async () => {
    const layout = `kind: wide
header: false
time: { clock: local, days: { from: 2012-05-04, to: 2012-05-08, weekdays: [1, 2, 3, 4, 5], except: [2012-05-07] } }
sensors: { prefix: s, count: 2 }
channels: [{ name: speed, unit: mph }]`;
    const card = cardText(layout, "", "America/Los_Angeles", "12h");
    // Friday 4 May and Tuesday 8 May, two steps of 12 h each.
    const { panel } = await loadText(card, "1,10\n2,20\n3,30\n4,40\n");
    expect(iso(panel.startMs)).toBe("2012-05-04T07:00:00.000Z");
    const gap = Array<number>(6).fill(NaN);
    expect(rows(panel)).toEqual({ s1: [1, 2, ...gap, 3, 4], s2: [10, 20, ...gap, 30, 40] });
    expect(await failText(card, "1,1\n2,2\n3,3\n4,4\n5,5\n")).toMatch(
      /data\.csv:5:1: row 5 is one more than the 4/,
    );
    const short = await loadText(card, "1,10\n");
    expect(short.report.tally.shortFiles.join()).toMatch(/data\.csv: 1 of 4 steps/);
  });

  it("reads a sensor a row, a channel a file", async () => {
    const layout = `kind: sensor-rows
time: { clock: utc, start: 2021-01-01T00:00 }
sensors: { list: [x, y] }
channels: [{ name: in, unit: ped/h }, { name: out, unit: ped/h }]`;
    const files = "files: [{ path: data.csv, channel: in }, { path: out.csv, channel: out }]";
    place.write("data/t/out.csv", "7,8,9\n10,11,12\n");
    const { panel, report } = await loadText(cardText(layout, files), "1,2,3\n4,5,6\n");
    expect(rows(panel, 0)).toEqual({ x: [1, 2, 3], y: [4, 5, 6] });
    expect(rows(panel, 1)).toEqual({ x: [7, 8, 9], y: [10, 11, 12] });
    expect(report.duplicates).toEqual({ identical: 0, completing: 0, conflicting: 0, examples: [] });
  });

  it("starts where the card says where there is no time column", async () => {
    const layout = `kind: wide
time: { clock: local, start: 2021-03-27T23:00 }
channels: [{ name: speed, unit: km/h }]`;
    const { panel } = await loadText(cardText(layout, "", "Europe/Berlin"), "a\n1\n2\n3\n4\n5\n");
    expect(iso(panel.startMs)).toBe("2021-03-27T22:00:00.000Z");
    expect(rows(panel)).toEqual({ a: [1, 2, 3, 4, 5] });
  });
});

describe("daylight saving", () => {
  const day = (date: string, hours: readonly string[]) =>
    `time,a,b\n${hours.map((hour, index) => `${date}T${hour}:00,${index},${index}\n`).join("")}`;

  it("leaves out and counts the hour that does not exist", async () => {
    const layout = WIDE.replace("utc", "local-folded");
    const text = day("2021-10-03", ["01", "02", "03"]);
    const { panel, report } = await loadText(cardText(layout, "", "Australia/Melbourne"), text);
    expect(rows(panel)["a"]).toEqual([0, 2]);
    expect(report.tally.nonexistentLocal).toBe(2);
    expect(describeIntake(report).join("\n")).toMatch(/2 rows at local times that do not exist/);
  });

  it("reads the folded hour as its first half and leaves the second missing", async () => {
    const layout = WIDE.replace("utc", "local-folded");
    const text = day("2021-04-04", ["01", "02", "03"]);
    const { panel, report } = await loadText(cardText(layout, "", "Australia/Melbourne"), text);
    expect(rows(panel)["a"]).toEqual([0, 1, NaN, 2]);
    expect(report.tally.ambiguousLocal).toBe(2);
    expect(report.emptySteps).toBe(1);
  });

  it("reads an hour that is written twice as two hours", async () => {
    const layout = WIDE.replace("utc", "local");
    const text = day("2021-10-31", ["01", "02", "02", "03"]);
    const { panel, report } = await loadText(cardText(layout, "", "Europe/Berlin"), text);
    expect(rows(panel)["a"]).toEqual([0, 1, 2, 3]);
    expect([report.tally.ambiguousLocal, report.tally.repeatedLocal]).toEqual([2, 2]);
  });

  it("keeps the grid of a zone with half hours", async () => {
    const text = "time,a\n2021-01-01T00:00,1\n2021-01-01T01:00,2\n";
    const { panel, report } = await loadText(
      cardText(WIDE.replace("utc", "local"), "", "Asia/Kolkata"),
      text,
    );
    expect(iso(panel.startMs)).toBe("2020-12-31T18:30:00.000Z");
    expect(rows(panel)).toEqual({ a: [1, 2] });
    expect(report.offGrid).toBe(0);
  });
});

describe("oddities", () => {
  it("counts duplicates, disorder and times off the grid, and drops nothing silently", async () => {
    const { panel, report } = await loadText(
      cardText(LONG),
      `time,sensor,speed,q
2021-01-01T03:00Z,a,4,
2021-01-01T00:00Z,a,1,10
2021-01-01T00:00Z,a,1,10
2021-01-01T00:00Z,a,9,10
2021-01-01T03:00Z,a,4,40
2021-01-01T01:07Z,a,2,20
2021-01-01T02:00Z,b,,

`,
    );
    expect(rows(panel)).toEqual({ a: [1, NaN, NaN, 4], b: [NaN, NaN, NaN, NaN] });
    expect(rows(panel, 1)["a"]).toEqual([10, NaN, NaN, 40]);
    expect(report.duplicates).toEqual({
      identical: 1,
      completing: 1,
      conflicting: 1,
      examples: [
        { sensor: "a", channel: "speed", instantMs: Date.parse("2021-01-01T00:00Z"), kept: 1, refused: 9 },
      ],
    });
    expect(report.outOfOrder).toBe(4);
    expect(report.offGrid).toBe(1);
    expect(report.deadSensors).toEqual(["b"]);
    expect(report.tally.blankLines).toBe(1);
    const text = describeIntake(report).join("\n");
    expect(text).toMatch(/1 sensor without any reading: b/);
    expect(text).toMatch(/a speed at 2021-01-01T00:00:00.000Z: kept 1, refused 9/);
  });

  it("gives the same panel for any order of the rows", async () => {
    const lines = Array.from(
      { length: 900 },
      (_, i) =>
        `${iso(Date.UTC(2021, 0, 1) + Math.floor(i / 2) * 3_600_000)},${i % 2 === 0 ? "a" : "b"},${i},${2 * i}`,
    );
    const head = "time,sensor,speed,q\n";
    const straight = await loadText(cardText(LONG), head + lines.join("\n"));
    const reversed = await loadText(cardText(LONG), head + [...lines].reverse().join("\n"), {
      sensors: ["a", "b"],
    });
    expect(reversed.panel).toEqual(straight.panel);
    expect(reversed.report.outOfOrder).toBe(898);
  });

  it.each([
    ["all missing", "time,sensor,speed,q\n2021-01-01T00:00Z,a,,\n", { a: [NaN] }],
    ["one row", "time,sensor,speed,q\n2021-01-01T00:00Z,a,5,6\n", { a: [5] }],
    ["no row", "time,sensor,speed,q\n", {}],
  ])("%s", async (_, data, expected) => {
    const { panel } = await loadText(cardText(LONG), data);
    expect(rows(panel)).toEqual(expected);
  });
});

describe("problems", () => {
  it("names file, line, column, value and remedy of each", async () => {
    const message = await failText(
      cardText(LONG),
      "time,sensor,speed,q\n2021-01-01T00:00Z,a,fast,1\n2021-01-01T01:00Z,a,1\nyesterday,a,1,1\n2021-01-01T02:00Z,,1,1\n",
    );
    expect(message.split("\n")).toEqual([
      '/data/t/data.csv:2:21: found "fast" where a number (speed, km/h) belongs; mend the value, or add "fast" to `missing` in the card if it means none.',
      '/data/t/data.csv:3:1: this row has 3 fields, the first row 4; mend the row, or quote the field that holds a ",".',
      '/data/t/data.csv:4:1: found "yesterday" where an ISO 8601 time such as 2021-04-04T02:30 belongs; mend it, or set `layout.time.format` in the card.',
      "/data/t/data.csv:5:19: the sensor is empty; name the sensor of this row.",
    ]);
  });

  it("lists twenty and counts the rest", async () => {
    const bad = Array.from({ length: 50 }, (_, i) => `2021-01-01T00:00Z,a,x${i},1\n`).join("");
    const lines = (await failText(cardText(LONG), `time,sensor,speed,q\n${bad}`)).split("\n");
    expect(lines).toHaveLength(21);
    expect(lines[20]).toBe("... and 30 more problems.");
  });

  it("names a column that is not there, with the nearest", async () => {
    expect(await failText(cardText(LONG), "time,sensor,sped,q\n")).toBe(
      '/data/t/data.csv:1:1: no column "speed", which the card names; did you mean "sped"?',
    );
  });

  it.each([
    ["empty", "", /the file is empty/],
    ["cut gzip", gzipSync("time,sensor,speed,q\n".repeat(99)).subarray(0, 40), /the gzip file is damaged/],
    ["open quote", 'time,sensor,speed,q\n"2021', /a quote opens here and never closes/],
    ["a time far off", "time,sensor,speed,q\n1801-01-01,a,1,1\n2190-01-01,a,1,1\n", /20000000 steps/],
  ])("%s", async (name, data, expected) => {
    const card = name === "a time far off" ? cardText(LONG, "", "UTC", "1min") : cardText(LONG);
    expect(await failText(card, data)).toMatch(expected);
  });
});

describe("adjacency", () => {
  it("is read as a square table", async () => {
    const more = "files: [{ path: data.csv }, { path: near.csv, role: adjacency }]";
    place.write("data/t/near.csv", "1,0.5\n0.25,1\n");
    const { adjacencyPath } = await loadText(cardText(WIDE, more), "time,a,b\n2021-01-01T00:00,1,2\n");
    expect([...(await place.run(readAdjacency(adjacencyPath!, 2)))]).toEqual([1, 0.5, 0.25, 1]);
    expect((await place.fail(readAdjacency(adjacencyPath!, 3))).message).toMatch(
      /near\.csv:1:1: this row has 2 fields/,
    );
    place.write("data/t/near.csv", "1,x\n0.25,1\n");
    expect((await place.fail(readAdjacency(adjacencyPath!, 2))).message).toMatch(
      /near\.csv:1:1: found "x" as entry 2/,
    );
  });
});

describe("files", () => {
  const data = "time,a\n2021-01-01T00:00,1\n";
  const sha256 = createHash("sha256").update(data).digest("hex");

  it("takes a file only where its sha256 is the card's, and goes on to the cache", async () => {
    place.write("cards/t.yaml", cardText(WIDE, `files: [{ path: data.csv, sha256: ${sha256} }]`));
    place.write("data/t/data.csv", data.replace("1\n", "2\n"));
    const missing = await place.fail(load());
    expect(missing).toMatchObject({ _tag: "DataMissing" });
    expect(missing.message).toMatch(
      /data\.csv is another file than the card means: its sha256 is [0-9a-f]{64}, the card says/,
    );
    place.write("cache/t/data.csv", data);
    const { panel, report } = await place.run(load());
    expect(rows(panel)).toEqual({ a: [1] });
    expect(report.files).toEqual([{ path: `${place.cache}/t/data.csv`, sha256, pinned: true }]);
  });

  it("says where it looked for a file that is nowhere", async () => {
    place.write("cards/t.yaml", cardText(WIDE));
    const { message } = await place.fail(load());
    expect(message).toContain(
      `Not found: data.csv; looked in ${place.data}/t and ${place.cards}/t and ${place.cache}/t.`,
    );
    expect(message).toContain("set ORDINANCE_DATA");
  });

  it("reports the sha256 of a file that the card does not pin", async () => {
    const { report, sha256: dataset } = await loadText(cardText(WIDE), data);
    expect(describeIntake(report)).toContain(
      `not pinned by the card: ${place.data}/t/data.csv has sha256 ${sha256}`,
    );
    expect(dataset).toBe(createHash("sha256").update(`data.csv ${sha256}\n`).digest("hex"));
  });

  it("names an unknown card and the nearest", async () => {
    place.write("cards/arterial.yaml", cardText(WIDE));
    const { message } = await place.fail(readCard("arterail"));
    expect(message).toBe('No data set "arterail": did you mean "arterial"?');
  });
});
