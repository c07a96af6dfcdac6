import { Effect } from "effect";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { platform } from "../../../src/cli/platform.ts";
import { readSensorsFile } from "../../../src/jobs/check/SensorsFile.ts";

const root = mkdtempSync(join(tmpdir(), "ordinance-sensors-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (name: string, text: string) => {
  const path = join(root, name);
  writeFileSync(path, text);
  return Effect.runPromise(readSensorsFile(path).pipe(Effect.provide(platform)));
};

const CSV = `latitude,sensor,tags,longitude,height
48.2,a,school;main road,16.4,3
,b,,,
-37.5,c,school,144.9,
`;
const YAML = `a: { tags: [school, main, road], latitude: 48.2, longitude: 16.4 }
b:
c: { tags: [school], latitude: -37.5, longitude: 144.9 }
`;

describe("readSensorsFile", () => {
  it.each([
    ["sensors.csv", CSV],
    ["sensors.yaml", YAML],
  ])("reads tags and positions of %s", async (name, text) => {
    const { names, positions, tags } = await read(name, text);
    expect(names).toEqual(["a", "b", "c"]);
    expect(Object.fromEntries(tags)).toEqual({ school: ["a", "c"], main: ["a"], road: ["a"] });
    expect(Object.fromEntries(positions)).toEqual({
      a: { latitude: 48.2, longitude: 16.4 },
      c: { latitude: -37.5, longitude: 144.9 },
    });
  });

  it("tells all slips at once", async () => {
    const text = "sensor,latitude,longitude\na,91,0\na,1,\n,1,1\nb,x,1\n";
    await expect(read("slips.csv", text)).rejects.toThrow(
      /:2:1: "91, 0" of a[^]*:3:1: a stands here a second time[^]*:3:1: a has one[^]*:4:1: the row names no sensor[^]*:5:1: "x, 1" of b/,
    );
    await expect(read("header.csv", "sensr,tags\na,b\n")).rejects.toThrow(
      /:1:1: no column "sensor"; is "sensr" meant\?/,
    );
  });
});
