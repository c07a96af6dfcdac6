/** A made-up city whose model is trained once, and weeks after its recording in which things go wrong. */
import { Effect, type FileSystem, Layer, type Path } from "effect";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platform } from "../../../src/cli/platform.ts";
import { DataPlace } from "../../../src/ingest/DataPlace.ts";
import { type OpenModel, openDeployedModel } from "../../../src/jobs/forecast/openDeployedModel.ts";
import { issueAt } from "../../../src/jobs/forecast/runForecast.ts";
import { instantFolder } from "../../../src/jobs/instantFolder.ts";
import { Progress } from "../../../src/jobs/Progress.ts";
import { runPipeline } from "../../../src/jobs/runPipeline.ts";
import { type Panel, seriesOf } from "../../../src/series/Panel.ts";
import { random } from "../../../src/series/random.ts";
import { HOUR_MS, TINY_SENSORS, TINY_START_MS, type TinyProject } from "../../cli/tinyProject.ts";

export const DAY_STEPS = 24;
/** Steps of the recording that the model is trained on. */
export const RECORDED_STEPS = 60 * DAY_STEPS;
export const DAY_MS = DAY_STEPS * HOUR_MS;

/** Readings from the first recorded step on: a daily shape with noise that hangs together, some readings missing. */
export const cityReadings = (steps: number, seed = 11): Panel => {
  const numbers = random(seed);
  const panel: Panel = {
    name: "streets",
    zone: "UTC",
    startMs: TINY_START_MS,
    stepMs: HOUR_MS,
    steps,
    sensors: TINY_SENSORS,
    channels: [
      { name: "no2", unit: "ug/m3" },
      { name: "speed", unit: "km/h" },
    ],
    values: new Float64Array(2 * TINY_SENSORS.length * steps),
  };
  const noise = new Float64Array(2 * TINY_SENSORS.length);
  for (let step = 0; step < steps; step++) {
    TINY_SENSORS.forEach((_, sensor) => {
      const wave = Math.sin((2 * Math.PI * (step + 7 - 3 * sensor)) / 24);
      for (const channel of [0, 1]) {
        const k = channel * TINY_SENSORS.length + sensor;
        noise[k] = 0.6 * noise[k]! + numbers.normal();
        const value = channel === 0 ? 30 + 10 * wave + 2 * noise[k] : 45 - 8 * wave + 1.2 * noise[k];
        const missing = channel === 0 && numbers.uniform() < 0.02;
        seriesOf(panel, channel, sensor)[step] = missing ? Number.NaN : Math.round(value * 10) / 10;
      }
    });
  }
  return panel;
};

/** A long CSV of the first steps of readings. */
export const cityCsv = (panel: Panel, steps: number): string => {
  const rows = ["time,street,no2,speed"];
  for (let step = 0; step < steps; step++) {
    const time = new Date(panel.startMs + step * panel.stepMs).toISOString().slice(0, 19);
    panel.sensors.forEach((name, sensor) => {
      const cells = [0, 1].map((channel) => seriesOf(panel, channel, sensor)[step]!);
      rows.push([time, name, ...cells.map((cell) => (Number.isNaN(cell) ? "" : cell.toFixed(1)))].join(","));
    });
  }
  return `${rows.join("\n")}\n`;
};

/** Runs an effect with all that jobs need, in silence. */
export const runQuietly = <A, E>(
  effect: Effect.Effect<A, E, FileSystem.FileSystem | Path.Path | DataPlace | Progress>,
): Promise<A> =>
  Effect.runPromise(
    effect.pipe(
      Effect.provide(Layer.mergeAll(DataPlace.layer, Progress.silent).pipe(Layer.provideMerge(platform))),
    ),
  );

/** Trains the project's pipeline and gives the folder of the run. */
export const trainCity = (project: TinyProject): Promise<string> =>
  runQuietly(
    Effect.map(
      runPipeline({
        pipelinePath: project.path("tiny.yaml"),
        out: project.path("out"),
        productVersion: "0",
      }),
      ({ folder }) => folder,
    ),
  );

export const openModel = (folder: string): Promise<OpenModel> => runQuietly(openDeployedModel(folder));

/** Issues forecasts from readings into a folder, as a schedule leaves them. */
export const issueForecasts = async (
  open: OpenModel,
  panel: Panel,
  steps: readonly number[],
  home: string,
): Promise<void> => {
  for (const step of steps) {
    const instantMs = panel.startMs + step * panel.stepMs;
    const { files } = await runQuietly(issueAt(open, panel, { instantMs, refuse: "the model" }));
    const folder = join(home, instantFolder(instantMs));
    mkdirSync(folder, { recursive: true });
    for (const name of ["forecast.arrow", "forecast.json"]) writeFileSync(join(folder, name), files[name]!);
  }
};

/** The same readings, changed from a step on. */
export const changed = (
  panel: Panel,
  from: number,
  change: (value: number, channel: number, sensor: number, step: number) => number,
): Panel => {
  const values = panel.values.slice();
  const rows = panel.channels.length * panel.sensors.length;
  for (let row = 0; row < rows; row++) {
    const [channel, sensor] = [Math.floor(row / panel.sensors.length), row % panel.sensors.length];
    for (let step = from; step < panel.steps; step++) {
      const at = row * panel.steps + step;
      values[at] = change(values[at]!, channel, sensor, step);
    }
  }
  return { ...panel, values };
};
