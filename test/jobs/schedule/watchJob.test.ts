import { cpSync, existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobOutcome } from "../../../src/jobs/schedule/ScheduledJob.ts";
import { watchJob } from "../../../src/jobs/schedule/watchJob.ts";
import { instantFolder } from "../../../src/jobs/instantFolder.ts";
import type { Panel } from "../../../src/series/Panel.ts";
import { random } from "../../../src/series/random.ts";
import { TINY_CARD, TINY_PIPELINE, TinyProject } from "../../cli/tinyProject.ts";
import {
  changed,
  cityCsv,
  cityReadings,
  DAY_MS,
  DAY_STEPS,
  issueForecasts,
  openModel,
  RECORDED_STEPS,
  runQuietly,
  trainCity,
} from "../watch/watchedCity.ts";

const WEEK = 7 * DAY_STEPS;
const OLD = "2025-04-28T00-00-00Z";

let project: TinyProject;
let usual: Panel;
let noise: Panel;
const instantMs = (): number => usual.startMs + (RECORDED_STEPS + WEEK - 1) * usual.stepMs;
const steps = Array.from({ length: WEEK / 6 }, (_, k) => RECORDED_STEPS + k * 6);

const runWatch = (models: string, forecasts: string, retrain?: string): Promise<JobOutcome> =>
  runQuietly(
    watchJob({
      model: project.path(models),
      forecasts: project.path(forecasts),
      data: project.path("live.yaml"),
      lastMs: 7 * DAY_MS,
      ...(retrain !== undefined && { retrain: project.path(retrain) }),
      retrainAfterMs: 7 * DAY_MS,
      productVersion: "0",
      home: project.path(`${models}-watch`),
    }).run(instantMs()),
  );
interface WatchFact {
  readonly verdict: string;
  readonly change: { readonly kind: string; readonly reason: string };
}
const json = (...parts: string[]): unknown => JSON.parse(readFileSync(project.path(...parts), "utf8"));
const factOf = (models: string): WatchFact =>
  json(`${models}-watch`, instantFolder(instantMs()), "watch.json") as WatchFact;

beforeAll(async () => {
  usual = cityReadings(RECORDED_STEPS + WEEK);
  const numbers = random(5);
  noise = changed(usual, 0, () => Math.round(1000 * numbers.uniform()) / 10);
  project = new TinyProject({
    "streets/readings.csv": cityCsv(usual, RECORDED_STEPS),
    "live.yaml": TINY_CARD,
    "live/readings.csv": cityCsv(usual, usual.steps),
    "noise.yaml": TINY_CARD,
    "noise/readings.csv": cityCsv(noise, RECORDED_STEPS),
    "spoilt.yaml": TINY_PIPELINE.replace("./streets.yaml", "./noise.yaml"),
  });
  cpSync(await trainCity(project), project.path("good", OLD), { recursive: true });
}, 120_000);
afterAll(() => project.remove());

describe("a scheduled watch", () => {
  it("trains anew where errors grow, and keeps the old model where the new one is worse", async () => {
    const lagged: Panel = { ...usual, values: usual.values.slice() };
    for (let row = 0; row < 6; row++) {
      const start = row * usual.steps;
      lagged.values.copyWithin(start + RECORDED_STEPS, start + RECORDED_STEPS - 5, start + usual.steps - 5);
    }
    await issueForecasts(await openModel(project.path("good", OLD)), lagged, steps, project.path("lagged"));
    const outcome = await runWatch("good", "lagged", "spoilt.yaml");
    expect(outcome.verdict).toBe("broken");
    expect(outcome.summary).toContain("rejected: ");
    expect(factOf("good").change).toMatchObject({ kind: "rejected" });
    expect(json("good", "pinned.json")).toMatchObject({
      model: OLD,
      by: "watch",
      reason: expect.stringMatching(/errs .* times .* as much as/) as string,
    });
  }, 120_000);

  it("goes back to the model before where the new one does worse after it went live", async () => {
    const live = instantFolder(usual.startMs + RECORDED_STEPS * usual.stepMs);
    cpSync(project.path("good", OLD), project.path("back", OLD), { recursive: true });
    cpSync(project.path("good", instantFolder(instantMs())), project.path("back", live), { recursive: true });
    const outcome = await runWatch("back", "lagged");
    expect(outcome.verdict).toBe("broken");
    expect(factOf("back").change.kind).toBe("rolled back");
    expect(json("back", "pinned.json")).toMatchObject({ model: OLD, by: "watch" });
    expect(existsSync(project.path("back", live, "rejected.json"))).toBe(true);
  }, 120_000);

  it("takes the new model where it is better", async () => {
    const spoilt = project.path("good", instantFolder(instantMs()));
    cpSync(spoilt, project.path("poor", OLD), { recursive: true });
    await issueForecasts(await openModel(spoilt), usual, steps, project.path("poor-forecasts"));
    await runWatch("poor", "poor-forecasts", "tiny.yaml");
    expect(factOf("poor")).toMatchObject({ change: { kind: "taken" } });
    expect(existsSync(project.path("poor", "pinned.json"))).toBe(false);
  }, 120_000);
});
