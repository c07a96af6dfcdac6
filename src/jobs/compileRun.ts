import { compileArtefact } from "../edge/index.ts";
import { parseDuration } from "../ingest/parseDuration.ts";
import { readingQuanta } from "../edge/front/readingQuanta.ts";
import type { Parameters } from "../model/Parameters.ts";
import { computeFeatures, contextSteps, planChannels } from "../series/features.ts";
import { zoneOffsets } from "../series/zoneOffsets.ts";
import { exportTernaryModel, withEmbedding } from "../train/exportTernaryModel.ts";
import { originsOf } from "../train/originWindows.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { readoutsOf } from "./readoutsOf.ts";

const CALIBRATION_WINDOWS = 64;
/** Years before and after the last reading for which a device knows the zone's offsets. */
const ZONE_YEARS_BEFORE = 1;
const ZONE_YEARS_AFTER = 20;
const MS_PER_YEAR = 366 * 86_400_000;

/** Compiles the ternary model of a run, its front end and its rules to an artefact. */
export const compileRun = (run: PreparedRun, ternary: Parameters): Uint8Array => {
  const { data, shape } = run;
  const { release } = run.pipeline;
  const plan = withEmbedding(data.plan, ternary, shape);
  const issued = issueInstantMs(run);
  const readouts = readoutsOf(run);
  const quanta = readingQuanta(plan, readouts, []);
  return compileArtefact({
    model: exportTernaryModel(ternary, shape, plan.horizonSteps, readouts),
    features: plan,
    rules: run.rules.rules.map(({ bound, unrolled }) => ({
      unrolled,
      text: bound.text,
      enforced: !bound.goal,
    })),
    quanta: Object.fromEntries(planChannels(plan).map((channel, index) => [channel, quanta[index]!])),
    zoneOffsets: zoneOffsets(
      plan.zone,
      issued - ZONE_YEARS_BEFORE * MS_PER_YEAR,
      issued + ZONE_YEARS_AFTER * MS_PER_YEAR,
    ),
    holds: holdsOf(run),
    ranges: rangesOf(run),
    calibration: calibrationWindows(run, plan),
    metadata: {
      name: run.pipeline.name,
      target: release.target,
      counter: Math.floor(issued / 1000),
      created: new Date(issued).toISOString(),
      ...(release.validFor !== undefined && {
        expires: new Date(issued + (parseDuration(release.validFor) ?? 0)).toISOString(),
      }),
    },
  });
};

/** Longest gap, by channel, over which the rules hold a reading; never longer than what a forecast reads. */
const holdsOf = ({ data, panel, rules }: PreparedRun): Record<string, number> => {
  const longest = contextSteps(data.plan) - 1;
  const holds: Record<string, number> = {};
  for (const { bound } of rules.rules) {
    for (const node of bound.plan.nodes) {
      if (node.kind !== "signal") continue;
      const { name } = panel.channels[node.channel]!;
      holds[name] = Math.max(
        holds[name] ?? 0,
        Math.min(longest - bound.historySteps, node.holdSteps ?? longest),
      );
    }
  }
  return holds;
};

/** What the rules take a missing reading of a channel to lie between: the widest bounds that any of them declares. */
const rangesOf = ({ panel, rules }: PreparedRun): Record<string, { lower?: number; upper?: number }> => {
  const bounds = new Map<string, { lower: number; upper: number }>();
  for (const { bound } of rules.rules) {
    for (const node of bound.plan.nodes) {
      if (node.kind !== "signal") continue;
      const { name } = panel.channels[node.channel]!;
      const { lower, upper } = bounds.get(name) ?? { lower: Infinity, upper: -Infinity };
      bounds.set(name, {
        lower: Math.min(lower, node.lower ?? -Infinity),
        upper: Math.max(upper, node.upper ?? Infinity),
      });
    }
  }
  return Object.fromEntries(
    Array.from(bounds, ([name, { lower, upper }]) => [
      name,
      { ...(lower > -Infinity && { lower }), ...(upper < Infinity && { upper }) },
    ]),
  );
};

/** Instant of the last reading: the origin of the forecast that a run issues, and the run's name. */
export const issueInstantMs = (run: Pick<PreparedRun, "panel">): number =>
  run.panel.startMs + (run.panel.steps - 1) * run.panel.stepMs;

const calibrationWindows = (run: PreparedRun, plan: PreparedRun["data"]["plan"]): Float32Array => {
  const { data, seen, spans } = run;
  const span = spans.validation.to - spans.validation.from;
  const origins = originsOf(
    data,
    spans.validation,
    plan.windowSteps,
    Math.max(1, Math.floor(span / CALIBRATION_WINDOWS)),
  );
  const windows = Array.from(origins, (origin, index) => {
    const all = computeFeatures(plan, data.readings, origin + 1 - plan.windowSteps, origin + 1);
    const size = all.length / data.sensors;
    const sensor = seen.places[index % seen.places.length]!;
    return all.subarray(sensor * size, (sensor + 1) * size);
  });
  const size = windows[0]?.length ?? 0;
  const joined = new Float32Array(windows.length * size);
  windows.forEach((window, index) => joined.set(window, index * size));
  return joined;
};
