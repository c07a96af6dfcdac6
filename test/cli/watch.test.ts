import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cityCsv,
  changed,
  cityReadings,
  DAY_STEPS,
  issueForecasts,
  openModel,
  trainCity,
} from "../jobs/watch/watchedCity.ts";
import { builtCommand, type Ended } from "./builtCommand.ts";
import { TINY_CARD, TinyProject } from "./tinyProject.ts";

const DAYS = 20;
/** In the test span of the model, where it errs as its card says. */
const FIRST_STEP = (DAYS - 3) * DAY_STEPS;

const FEED = `name: streets
zone: UTC
step: 1h
channels:
  - { name: no2, unit: ug/m3 }
  - { name: speed, unit: km/h }
store: store
sources:
  - { kind: csv, path: "-", time: { column: time, clock: utc }, sensor: { column: street } }
`;

let project: TinyProject;
let model: string;
beforeAll(async () => {
  const readings = cityReadings(DAYS * DAY_STEPS);
  const faster = changed(readings, FIRST_STEP, (value, channel, sensor) =>
    channel === 1 && sensor === 2 ? 1.6 * value : value,
  );
  project = new TinyProject({
    "streets.yaml": TINY_CARD,
    "streets/readings.csv": cityCsv(readings, readings.steps),
    "faster.yaml": TINY_CARD,
    "faster/readings.csv": cityCsv(faster, faster.steps),
    "feed.yaml": FEED,
  });
  model = await trainCity(project);
  const open = await openModel(model);
  const steps = Array.from({ length: 17 }, (_, k) => FIRST_STEP + 4 * k);
  await issueForecasts(open, readings, steps, project.path("issued"));
});
afterAll(() => project.remove());
const watch = (...words: string[]): Promise<Ended> =>
  builtCommand("ordinance", ["watch", ...words, "--last", "3d"], { cwd: project.root });

describe("ordinance watch", () => {
  it("ends with 0 where all is well, the same from a card and from the store of a feed", async () => {
    const stored = await builtCommand("ordinance", ["ingest", "feed.yaml", "--once"], {
      cwd: project.root,
      input: cityCsv(cityReadings(DAYS * DAY_STEPS), DAYS * DAY_STEPS),
    });
    expect(stored).toMatchObject({ status: 0 });
    const [card, feed] = await Promise.all([
      watch(model, "--forecasts", "issued", "--data", "streets.yaml", "--json"),
      watch(model, "--forecasts", "issued", "--feed", "feed.yaml", "--json"),
    ]);
    expect(card).toMatchObject({ status: 0 });
    expect(JSON.parse(card.stdout)).toMatchObject({
      verdict: "well",
      findings: [],
      forecasts: { judged: 17 },
    });
    expect(feed).toMatchObject({ status: 0, stdout: card.stdout });
  });

  it("ends with 1 where a sensor has another scale, and names it", async () => {
    const found = await watch(model, "--forecasts", "issued", "--data", "faster.yaml");
    expect(found.status).toBe(1);
    expect(found.stdout).toMatch(/^(drifting|broken): tiny, .*, 17 forecasts, \d+ finding/);
    expect(found.stdout).toMatch(
      /speed is distributed otherwise .*; taken by themselves, station; since 2025-.*To do: /,
    );
    expect(found.stderr).toMatch(/(drifting|broken): .*speed/);
  });

  it.each([
    ["a folder that is no model", [".", "--forecasts", "issued"], /there is no model\.json.*Give the folder/],
    [
      "no folder of forecasts",
      ["MODEL", "--forecasts", "none"],
      /none: .*Give the folder that holds forecasts/,
    ],
    [
      "forecasts after which nothing came",
      ["MODEL", "--forecasts", "issued", "--at", "2025-03-18T12:00Z"],
      /not enough to judge: \d forecasts? of this model .*5 are needed/,
    ],
    ["no instant", ["MODEL", "--forecasts", "issued", "--at", "soon"], /soon is no instant; write it as/],
  ])("ends with 2 and says what to do: %s", async (_name, words, says) => {
    const refused = await watch(
      ...words.map((word) => (word === "MODEL" ? model : word)),
      "--data",
      "streets.yaml",
    );
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(says);
  });
});
