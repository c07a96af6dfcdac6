import { Effect } from "effect";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { platform } from "../../src/cli/platform.ts";
import { DataPlace } from "../../src/ingest/DataPlace.ts";
import { loadRunPanel } from "../../src/jobs/loadRunPanel.ts";
import { Progress } from "../../src/jobs/Progress.ts";
import { readPipeline } from "../../src/jobs/readPipeline.ts";
import { profileTable } from "../../src/model/sharedTable/profileTable.ts";
import { risingEvents } from "../../src/series/events/risingEvents.ts";
import { type Panel, seriesOf } from "../../src/series/Panel.ts";
import { random } from "../../src/series/random.ts";
import { parseFormula, robustness } from "../../src/stl/index.ts";
import type { EventStream } from "./EventStream.ts";

const pipelines = fileURLToPath(new URL("../../pipelines", import.meta.url));

/** Share of the steps that trains; half of the rest validates. */
const TRAINING = 0.7;
const VALIDATION = 0.85;

/** How an event is told in each recording: a formula over its channel, or a quantile of each sensor's training span. */
const eventRules = {
  "los-loop": { formula: "speed <= 40" },
  "melbourne-pedestrians": { quantile: 0.9 },
} as const;

export type RecordingName = keyof typeof eventRules;

export const recordingNames = Object.keys(eventRules) as readonly RecordingName[];

/** Mean by hour of the day of each sensor's first channel over steps [0, to), less its mean and by its deviation. */
const dailyProfiles = (panel: Panel, to: number): Float64Array => {
  const profiles = new Float64Array(24 * panel.sensors.length);
  const hour = (step: number): number => Math.floor((panel.startMs + step * panel.stepMs) / 3_600_000) % 24;
  panel.sensors.forEach((_, sensor) => {
    const sums = new Float64Array(24);
    const counts = new Float64Array(24);
    seriesOf(panel, 0, sensor)
      .subarray(0, to)
      .forEach((value, step) => {
        if (Number.isNaN(value)) return;
        sums[hour(step)]! += value;
        counts[hour(step)]! += 1;
      });
    const means = sums.map((value, k) => value / Math.max(1, counts[k]!));
    const level = means.reduce((sum, value) => sum + value, 0) / 24;
    const deviation = Math.sqrt(means.reduce((sum, value) => sum + (value - level) ** 2, 0) / 24);
    profiles.set(
      means.map((value) => (value - level) / Math.max(deviation, 1e-9)),
      24 * sensor,
    );
  });
  return profiles;
};

/** The reading below which a share of a sensor's readings lies; a sensor without readings has none at all. */
const quantileOf = (readings: Float64Array, share: number): number => {
  const known = readings.filter((value) => !Number.isNaN(value)).sort();
  return known.length === 0 ? NaN : known[Math.min(known.length - 1, Math.floor(share * known.length))]!;
};

/** Events at the sensors of a pipeline's panel: what becomes true there. */
export const recordedStream = async (name: RecordingName, seed: number): Promise<EventStream> => {
  const file = join(pipelines, `${name}.yaml`);
  const { panel } = await readPipeline(file).pipe(
    Effect.flatMap((pipeline) => loadRunPanel(pipeline, file)),
    Effect.provide(DataPlace.layer),
    Effect.provide(Progress.silent),
    Effect.provide(platform),
    Effect.runPromise,
  );
  const rule = eventRules[name];
  const channel = panel.channels[0]!.name;
  const trained = Math.floor(TRAINING * panel.steps);
  const rows = new Float64Array(panel.sensors.length * panel.steps);
  panel.sensors.forEach((_, sensor) => {
    const series = seriesOf(panel, 0, sensor);
    const formula =
      "formula" in rule
        ? rule.formula
        : `${channel} >= ${quantileOf(series.subarray(0, trained), rule.quantile)}`;
    rows.set(robustness(parseFormula(formula), { signals: { [channel]: series } }), sensor * panel.steps);
  });
  const { instants, tokens } = risingEvents(rows, panel.steps);
  const before = (share: number): number => {
    const first = instants.findIndex((instant) => instant >= share * panel.steps);
    return first < 0 ? tokens.length : first;
  };
  const [training, validation] = [before(TRAINING), before(VALIDATION)];
  const what =
    "formula" in rule
      ? `rise(${rule.formula})`
      : `rise(${channel} >= its quantile ${rule.quantile} of the training span)`;
  return {
    name: `${name}, ${what}, ${panel.sensors.length} sensors, ${tokens.length} events`,
    detectors: panel.sensors.length,
    training: tokens.subarray(0, training),
    validation: tokens.subarray(training, validation),
    test: tokens.subarray(validation),
    profileTable: profileTable(dailyProfiles(panel, trained), 24, random(seed, 2)),
  };
};
