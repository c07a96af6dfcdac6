import { Effect } from "effect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenModel } from "../../../src/jobs/forecast/openDeployedModel.ts";
import { watchModel, type WatchReport } from "../../../src/jobs/watch/watchModel.ts";
import type { Panel } from "../../../src/series/Panel.ts";
import { random } from "../../../src/series/random.ts";
import { TINY_CARD, TinyProject } from "../../cli/tinyProject.ts";
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
} from "./watchedCity.ts";

const WEEK = 7 * DAY_STEPS;
const WEEKS = 4;
const CADENCE = 6;

let project: TinyProject;
let open: OpenModel;
let folder: string;
let usual: Panel;

const stepsOfWeek = (week: number): number[] =>
  Array.from({ length: WEEK / CADENCE }, (_, k) => RECORDED_STEPS + week * WEEK + k * CADENCE);
/** The watch of a week after the recording. */
const watch = (panel: Panel, forecasts: string, week = 0, lastDays = 7): Promise<WatchReport> =>
  runQuietly(
    watchModel(open, folder, project.path(forecasts), panel, {
      atMs: panel.startMs + (RECORDED_STEPS + (week + 1) * WEEK - 1) * panel.stepMs,
      lastMs: lastDays * DAY_MS,
    }),
  );
/** Issues the first week's forecasts from changed readings, and watches it. */
const watchChanged = async (name: string, panel: Panel): Promise<WatchReport> => {
  await issueForecasts(open, panel, stepsOfWeek(0), project.path(name));
  return watch(panel, name);
};
const kinds = (report: WatchReport, where: string): string[] =>
  report.findings.filter((finding) => finding.where === where).map(({ kind }) => kind);

beforeAll(async () => {
  usual = cityReadings(RECORDED_STEPS + WEEKS * WEEK);
  project = new TinyProject({
    "streets/readings.csv": cityCsv(usual, RECORDED_STEPS),
    "streets.yaml": TINY_CARD,
  });
  folder = await trainCity(project);
  open = await openModel(folder);
  for (let week = 0; week < WEEKS; week++) {
    await issueForecasts(open, usual, stepsOfWeek(week), project.path("usual"));
  }
}, 120_000);
afterAll(() => project.remove());

describe("a watch", () => {
  it("alarms no oftener than it states where nothing has changed, week after week", async () => {
    const reports = await Promise.all(
      Array.from({ length: WEEKS }, (_, week) => watch(usual, "usual", week)),
    );
    const { falseAlarms, forecasts } = reports[0]!;
    expect(falseAlarms).toEqual({ forecasts: 0.01, inputs: 0.11 });
    expect(forecasts).toMatchObject({ issued: 28, judged: 28 });
    const alarms = (subjects: readonly string[]): number =>
      reports.filter(({ findings }) => findings.some(({ subject }) => subjects.includes(subject))).length;
    expect(alarms(["errors", "rules"])).toBe(0);
    expect(alarms(["inputs"])).toBeLessThanOrEqual(Math.ceil(WEEKS * falseAlarms.inputs));
  });

  it("finds a shifted level", async () => {
    const report = await watchChanged(
      "shifted",
      changed(usual, RECORDED_STEPS, (value, channel) => (channel === 0 ? value + 12 : value)),
    );
    expect(report.verdict).not.toBe("well");
    expect(kinds(report, "no2")).toContain("distribution");
    expect(kinds(report, "speed")).toEqual([]);
    expect(kinds(report, "clean_air")).toContain("truth");
  });

  it("finds a changed scale at one sensor, and names it", async () => {
    const report = await watchChanged(
      "scaled",
      changed(usual, RECORDED_STEPS, (value, channel, sensor) =>
        channel === 1 && sensor === 2 ? 45 + 2.5 * (value - 45) : value,
      ),
    );
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: "distribution", where: "speed", sensors: ["station"] }),
    );
  });

  it("finds a stuck and a dead sensor, names them and says since when", async () => {
    const from = RECORDED_STEPS + 3 * DAY_STEPS;
    const report = await watchChanged(
      "stuck",
      changed(usual, RECORDED_STEPS, (value, channel, sensor, step) =>
        channel === 0 && sensor === 1 && step >= from
          ? 31.7
          : channel === 1 && sensor === 0
            ? Number.NaN
            : value,
      ),
    );
    expect(report.verdict).toBe("broken");
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        kind: "stuck",
        where: "no2",
        sensors: ["market"],
        since: new Date(usual.startMs + from * usual.stepMs).toISOString(),
      }),
    );
    expect(report.findings).toContainEqual(
      expect.objectContaining({ kind: "dead", where: "speed", sensors: ["bridge"] }),
    );
  });

  it("finds more missing readings than ever", async () => {
    const numbers = random(3);
    const report = await watchChanged(
      "missing",
      changed(usual, RECORDED_STEPS, (value, channel, sensor) =>
        channel === 0 && sensor === 0 && numbers.uniform() < 0.4 ? Number.NaN : value,
      ),
    );
    expect(report.findings.map(({ kind, sensors, where }) => ({ kind, sensors, where }))).toContainEqual({
      kind: "missing",
      where: "no2",
      sensors: ["bridge"],
    });
  });

  it("finds errors twice those of the card where the readings are as ever, and about when they began", async () => {
    const begin = RECORDED_STEPS + 2 * DAY_STEPS;
    // Forecasts made of readings of five hours ago: the readings that come are the usual ones.
    const lagged: Panel = { ...usual, values: usual.values.slice() };
    for (let row = 0; row < 6; row++) {
      const start = row * usual.steps;
      lagged.values.copyWithin(start + begin, start + begin - 5, start + usual.steps - 5);
    }
    await issueForecasts(open, lagged, stepsOfWeek(0), project.path("lagged"));
    const report = await watch(usual, "lagged");
    expect(report.findings.filter(({ subject }) => subject === "inputs")).toEqual([]);
    const error = report.findings.find(({ kind, where }) => kind === "error" && where === "no2")!;
    const sinceStep = (Date.parse(error.since) - usual.startMs) / usual.stepMs;
    expect(Math.abs(sinceStep - begin)).toBeLessThanOrEqual(1.5 * DAY_STEPS);
    expect(report.errors[0]!.relative!).toBeGreaterThan(1.3);
    expect(kinds(report, "no2")).toContain("coverage");
  });

  it.each([
    ["no forecast", "none", 7, "0 forecasts of this model"],
    ["too short a span", "usual", 0.5, "0.5 days, 1 are needed"],
  ])("cannot judge %s, and says what is needed", async (_what, name, days, message) => {
    await issueForecasts(open, usual, [], project.path(name));
    project.write("none/readme", "");
    await expect(watch(usual, name, 0, days)).rejects.toThrow(message);
  });

  it("cannot judge where every reading is missing, or but one forecast is there", async () => {
    await issueForecasts(open, usual, [RECORDED_STEPS + WEEK - 10], project.path("one"));
    await expect(watch(usual, "one")).rejects.toThrow(/1 forecasts of this model .* 5 are needed/);
    const silent = changed(usual, RECORDED_STEPS, () => Number.NaN);
    await expect(watch(silent, "usual")).rejects.toThrow(/0 forecasts of this model/);
  });

  it("leaves forecasts of another model out, and says so", async () => {
    const other = { ...open, artefact: { ...open.artefact, sha256: "0".repeat(64) } };
    const failed = runQuietly(
      watchModel(other, folder, project.path("usual"), usual, {
        atMs: usual.startMs + (RECORDED_STEPS + WEEK - 1) * usual.stepMs,
        lastMs: 7 * DAY_MS,
      }).pipe(Effect.asVoid),
    );
    await expect(failed).rejects.toThrow("28 were issued by another model");
  });
});
