import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_CARD, TinyProject } from "./tinyProject.ts";

const INSTANT = "2025-03-20T23-00-00Z";
const EARLIER = "2025-03-20T12-00-00Z";

let project: TinyProject;
const forecast = (out: string, ...flags: string[]): Promise<Ended> =>
  builtCommand("ordinance", ["forecast", `out/tiny/${INSTANT}`, "--out", out, ...flags], {
    cwd: project.root,
  });
const bytesOf = (...parts: string[]): Buffer => readFileSync(project.path(...parts));
/** A card beside that of the project, over readings that were changed. */
const writeCard = (name: string, change: (rows: string[]) => string[], card = TINY_CARD): void => {
  const [header, ...rows] = bytesOf("streets", "readings.csv").toString().trimEnd().split("\n");
  project.write(`${name}/readings.csv`, `${[header, ...change(rows)].join("\n")}\n`);
  project.write(`${name}.yaml`, card);
};

beforeAll(async () => {
  project = new TinyProject();
  const run = await builtCommand("ordinance", ["run", "tiny.yaml", "--quiet"], { cwd: project.root });
  expect(run.status).toBe(0);
});
afterAll(() => project.remove());

describe("ordinance forecast", () => {
  it("gives from the last reading the very bytes that the run gave", async () => {
    const ended = await forecast("last", "--data", "streets.yaml", "--quiet");
    expect(ended.status).toBe(0);
    expect(readdirSync(project.path("last", "tiny", INSTANT)).sort()).toEqual([
      "forecast.arrow",
      "forecast.json",
      "forecast.parquet",
    ]);
    for (const file of ["forecast.parquet", "forecast.arrow"]) {
      expect(bytesOf("last", "tiny", INSTANT, file)).toEqual(bytesOf("out", "tiny", INSTANT, file));
    }
  });

  it("reads nothing past the instant, and the folder of a run alone is enough", async () => {
    writeCard("cut", (rows) => rows.filter((row) => row < "2025-03-20T13"));
    const [whole, cut] = await Promise.all([
      forecast("whole", "--data", "streets.yaml", "--at", "2025-03-20T12:20Z", "--json"),
      forecast("cut", "--data", "cut.yaml", "--at", "2025-03-20T12:20", "--json"),
    ]);
    expect([whole.status, cut.status]).toEqual([0, 0]);
    expect(JSON.parse(whole.stdout)).toMatchObject({
      issuedAt: "2025-03-20T12:00:00.000Z",
      broken: [],
      silentSensors: [],
    });
    const folder = EARLIER.replace("12-00", "12-20");
    for (const file of ["forecast.parquet", "forecast.arrow", "forecast.json"]) {
      expect(bytesOf("cut", "tiny", folder, file)).toEqual(bytesOf("whole", "tiny", folder, file));
    }
  });

  it("names sensors without readings and sensors that the model does not know", async () => {
    writeCard("other", (rows) =>
      rows
        .map((row) => row.replace(",market,", ",harbour,"))
        .filter((row) => !row.startsWith("2025-03-20T23:00:00,station")),
    );
    const ended = await forecast("other", "--data", "other.yaml");
    expect(ended.stdout).toContain("without any reading: market");
    const facts = JSON.parse(bytesOf("other", "tiny", INSTANT, "forecast.json").toString()) as {
      readings: object;
    };
    expect(facts.readings).toMatchObject({ silentSensors: ["market"], unknownSensors: ["harbour"] });
  });

  it.each([
    [
      "an instant long after the last reading",
      ["--at", "2026-01-01T00:00Z"],
      "no reading of a sensor of the model",
    ],
    ["a text that is no instant", ["--at", "yesterday"], "yesterday is no instant"],
  ])("ends with 2 for %s", async (_what, flags, message) => {
    const ended = await forecast("none", "--data", "streets.yaml", ...flags);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(message);
  });

  it("refuses readings in another unit, and asks for a card where the model has one of its own", async () => {
    writeCard("mph", (rows) => rows, TINY_CARD.replace("km/h", "mph"));
    const [mph, none] = await Promise.all([forecast("x", "--data", "mph.yaml"), forecast("x")]);
    expect([mph.status, none.status]).toEqual([2, 2]);
    expect(mph.stderr).toContain("it reads speed in km/h, but the readings are in mph");
    expect(none.stderr).toContain("Give the readings: a data card (data), or a feed");
  });

  it("refuses a folder whose parts are damaged or of two runs", async () => {
    const file = project.path("out", "tiny", INSTANT, "model.json");
    const text = readFileSync(file, "utf8");
    const with_ = async (changed: string): Promise<string> => {
      writeFileSync(file, changed);
      return (await forecast("x", "--data", "streets.yaml")).stderr;
    };
    try {
      expect(await with_(text.replace(/"artefact": "../, '"artefact": "zz'))).toContain(
        "Put back the two files of one run",
      );
      expect(await with_(text.slice(0, 100))).toContain("model.json is damaged or of another version");
    } finally {
      writeFileSync(file, text);
    }
  });
});
