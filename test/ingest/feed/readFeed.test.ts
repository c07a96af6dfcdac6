import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem";
import { Effect } from "effect";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFeed } from "../../../src/ingest/feed/readFeed.ts";
import { temporaryFolder } from "../store/readingBatches.ts";

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (text: string) => {
  const path = join(root, "feed.yaml");
  writeFileSync(path, text);
  return Effect.runPromise(readFeed(path).pipe(Effect.provide(NodeFileSystem.layer)));
};
const faultsOf = async (text: string): Promise<string[]> => {
  const error = await read(text).then(
    () => undefined,
    (cause: unknown) => cause as Error,
  );
  return (error?.message ?? "").replaceAll(`${join(root, "feed.yaml")}:`, "").split("\n");
};

const GOOD = `name: city
zone: Europe/Berlin
step: 5min
channels:
  - { name: speed, unit: km/h, possible: [0, 130] }
store: readings
sources:
  - kind: csv
    path: drop
    time: { column: time, clock: local }
    sensor: { column: id }
`;

describe("a feed file", () => {
  it("becomes a feed with paths, durations and the defaults that the docs name", async () => {
    const feed = await read(GOOD);
    expect(feed).toMatchObject({ folder: root, storePath: join(root, "readings") });
    expect(feed.card).toEqual({
      name: "city",
      zone: "Europe/Berlin",
      stepMs: 300_000,
      channels: [{ name: "speed", unit: "km/h", possible: [0, 130] }],
      resample: { by: "nearest", toleranceMs: 0 },
      sensors: [],
      lateAfterMs: 600_000,
      deadAfterMs: 3_600_000,
    });
  });

  it.each([
    ["{ by: nearest }", { by: "nearest", toleranceMs: 150_000 }],
    ["{ to: step, by: last }", { by: "last", toleranceMs: 300_000 }],
    ["{ by: last, tolerance: 1h }", { by: "last", toleranceMs: 3_600_000 }],
    ["{ by: mean }", { by: "mean", toleranceMs: 300_000 }],
  ])("resamples by %s", async (rule, resample) => {
    expect((await read(`${GOOD}resample: ${rule}\n`)).card.resample).toEqual(resample);
  });

  it("names all faults of the form at once, each at its place", async () => {
    const faults = await faultsOf(GOOD.replace("step:", "stpe:").replace("kind: csv", "kind: xls"));
    expect(faults).toHaveLength(3);
    expect(faults[0]).toMatch(/^1:1: `step` is missing/);
    expect(faults[1]).toMatch(/^3:1: Unknown key `stpe`; did you mean `step`\?/);
    expect(faults[2]).toMatch(/^8:5: /);
  });

  it("names all that does not fit together at once, each at its place", async () => {
    const faults = await faultsOf(`name: city
zone: Berlin
step: soon
late: never
channels:
  - { name: speed, unit: km/h, possible: [9, 3] }
  - { name: speed, unit: parsecs of joy }
store: readings
resample: { by: sum, tolerance: 1min }
sources:
  - kind: csv
    path: "-"
    time: { column: time, clock: utc, format: hh }
    columns: { sped: v }
  - kind: ndjson
    path: "-"
    time: { column: t, clock: utc }
    sensor: { topicLevel: 1 }
  - kind: mqtt
    url: mqtt://me:secret@broker
    topics: [a/+b, city/#/x, ok/+]
    clientId: c
    sensor: { topicLevel: 3 }
    time: { column: t, clock: utc }
`);
    expect(faults.map((line) => line.split(": ")[0])).toEqual(
      "2:1 3:1 4:1 6:32 7:7 7:20 9:22 11:5 13:39 14:16 16:5 18:15 20:5 21:14 21:20 23:15 23:15".split(" "),
    );
    expect(faults.join("\n")).toMatch(/no IANA time zone[^]*no duration[^]*smaller one[^]*named twice/);
    expect(faults.join("\n")).toMatch(
      /did you mean `speed`[^]*Standard input can be read by one source alone/,
    );
    expect(faults.join("\n")).toMatch(/A password does not belong in the file/);
  });

  it("says which file is not there", async () => {
    const missing = readFeed(join(root, "none.yaml")).pipe(Effect.provide(NodeFileSystem.layer));
    await expect(Effect.runPromise(missing)).rejects.toThrow(/none\.yaml: the feed cannot be read/);
  });
});
