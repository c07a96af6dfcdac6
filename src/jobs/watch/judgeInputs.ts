import { type Panel, seriesOf } from "../../series/Panel.ts";
import { type Finding, namedSensors, percentText } from "./Finding.ts";
import { concatenated, missingShare } from "./inputReference.ts";
import { longestSame } from "./sameReadings.ts";
import { stabilityIndex } from "./stabilityIndex.ts";
import { brief, type InputBlocks, type WatchReference } from "./WatchReference.ts";

/** Figures of the readings of one channel. */
export interface InputFigures {
  readonly channel: string;
  /** Population stability index over all sensors, null where nothing was read, and the largest that is let pass. */
  readonly index: number | null;
  readonly limit: number;
  readonly missing: number;
  readonly missingLimit: number;
}

/** An index passes up to so many times the largest of the model's own history. */
const SLACK = 1.5;
/** So much more missing than ever before passes: a reading or two of a short block. */
const MISSING_SLACK = 0.02;
/** A sensor is stuck that repeats itself so many times as long as it ever did, and for so many steps. */
const STUCK_TIMES = 2;
const STUCK_STEPS = 6;
/** A sensor that read nothing while the model was trained is not dead, it was never there. */
const NEVER_THERE = 0.99;

/** The readings of a block against what blocks of the model's own recording showed. */
export const judgeInputs = (
  inputs: WatchReference["inputs"],
  blocks: InputBlocks,
  recent: Panel,
  absentChannels: readonly string[],
): { readonly findings: readonly Finding[]; readonly figures: readonly InputFigures[] } => {
  const findings: Finding[] = [];
  const figures: InputFigures[] = [];
  const blockText = `${blocks.days} d`;
  const fromText = new Date(recent.startMs).toISOString();
  const instantAt = (step: number): string => new Date(recent.startMs + step * recent.stepMs).toISOString();
  inputs.channels.forEach(({ all, name, sensors }, channel) => {
    if (absentChannels.includes(name)) {
      findings.push({
        subject: "inputs",
        kind: "absent",
        verdict: "broken",
        where: name,
        found: 1,
        expected: all.missing,
        since: fromText,
        text: `the readings have no channel ${name}, which the model reads`,
        remedy: "bring the channel back, or train a model without it",
        retrain: false,
      });
      return;
    }
    const rows = recent.sensors.map((_, sensor) => seriesOf(recent, channel, sensor));
    const nameOf = (sensor: number): string => recent.sensors[sensor]!;
    const shares = rows.map(missingShare);
    const dead = placesWhere(rows, (_, k) => shares[k] === 1 && sensors[k]!.missing < NEVER_THERE);
    if (dead.length > 0) {
      findings.push({
        subject: "inputs",
        kind: "dead",
        verdict: "broken",
        where: name,
        sensors: dead.map(nameOf),
        found: 1,
        expected: sensors[dead[0]!]!.missing,
        since: fromText,
        text: `no reading of ${name} at ${namedSensors(dead.map(nameOf))} in the last ${blockText}`,
        remedy: "have the sensors looked at; until then their forecasts rest on their neighbours",
        retrain: false,
      });
    }
    const runs = rows.map(longestSame);
    const usualRun = (sensor: number): number =>
      Math.max(STUCK_STEPS / STUCK_TIMES, sensors[sensor]!.longestRun);
    const stuck = placesWhere(rows, (_, k) => runs[k]!.steps > STUCK_TIMES * usualRun(k));
    if (stuck.length > 0) {
      const first = stuck.reduce((a, b) => (runs[b]!.from < runs[a]!.from ? b : a));
      const longest = Math.max(...stuck.map((sensor) => runs[sensor]!.steps));
      const usual = Math.max(...stuck.map((sensor) => sensors[sensor]!.longestRun));
      findings.push({
        subject: "inputs",
        kind: "stuck",
        verdict: "broken",
        where: name,
        sensors: stuck.map(nameOf),
        found: longest,
        expected: usual,
        since: instantAt(runs[first]!.from),
        text: `${name} at ${namedSensors(stuck.map(nameOf))} repeats one reading for ${longest} steps; never more than ${usual} before`,
        remedy: "have the sensors looked at, and leave out their readings since then",
        retrain: false,
      });
    }
    const aside = new Set([...dead, ...stuck]);
    const together = concatenated(rows);
    const missing = missingShare(together);
    const missingLimit = all.missing + blocks.missingLimit[channel]! + MISSING_SLACK;
    const sensorLimit = (sensor: number): number =>
      sensors[sensor]!.missing + blocks.missingSensorLimit[channel]! + MISSING_SLACK;
    const sparse = placesWhere(rows, (_, k) => !aside.has(k) && shares[k]! > sensorLimit(k));
    if (sparse.length > 0 || (missing > missingLimit && dead.length === 0)) {
      const alone = missing <= missingLimit || dead.length > 0;
      const worst = sparse.length === 0 ? 0 : sparse.reduce((a, b) => (shares[b]! > shares[a]! ? b : a));
      const found = alone ? shares[worst]! : missing;
      const limit = alone ? sensorLimit(worst) : missingLimit;
      findings.push({
        subject: "inputs",
        kind: "missing",
        verdict: "drifting",
        where: name,
        ...(sparse.length > 0 && { sensors: sparse.map(nameOf) }),
        found: brief(found),
        expected: brief(limit),
        since: fromText,
        text: `${percentText(found)} of the readings of ${name}${alone ? ` at ${nameOf(worst)}` : ""} are missing; at most ${percentText(limit)} in the model's own recording${sparse.length > 1 || !alone ? ` (${namedSensors(sparse.map(nameOf))})` : ""}`.replace(
          " ()",
          "",
        ),
        remedy: "look at the line to the sensors and at the ingest report",
        retrain: false,
      });
    }
    const index = stabilityIndex(all, together);
    const limit = SLACK * blocks.limit * blocks.typical[channel]!;
    const indices = rows.map((row, sensor) => stabilityIndex(sensors[sensor]!, row));
    const indexLimit = (sensor: number): number =>
      SLACK * blocks.sensorLimit * blocks.typicalOfSensors[channel]![sensor]!;
    const moved = placesWhere(rows, (_, k) => !aside.has(k) && indices[k]! > indexLimit(k));
    if ((index > limit && aside.size === 0) || moved.length > 0) {
      const whole = index > limit && aside.size === 0;
      const worst = moved.length === 0 ? 0 : moved.reduce((a, b) => (indices[b]! > indices[a]! ? b : a));
      const found = whole ? index : indices[worst]!;
      const most = whole ? limit : indexLimit(worst);
      findings.push({
        subject: "inputs",
        kind: "distribution",
        verdict: "drifting",
        where: name,
        ...(moved.length > 0 && { sensors: moved.map(nameOf) }),
        found: brief(found),
        expected: brief(most),
        since: fromText,
        text: `${name}${whole ? "" : ` at ${namedSensors(moved.map(nameOf))}`} is distributed otherwise than in training: stability index ${brief(found)}, at most ${brief(most)} in blocks of ${blockText} of the model's own recording${whole && moved.length > 0 && moved.length < rows.length ? `; taken by themselves, ${namedSensors(moved.map(nameOf))}` : ""}`,
        remedy: "see whether the sensors were changed; where the city has, train anew",
        retrain: true,
      });
    }
    figures.push({
      channel: name,
      index: Number.isNaN(index) ? null : brief(index),
      limit: brief(limit),
      missing: brief(missing),
      missingLimit: brief(missingLimit),
    });
  });
  return { findings, figures };
};

const placesWhere = (
  rows: readonly Float64Array[],
  holds: (row: Float64Array, place: number) => boolean,
): number[] => rows.flatMap((row, place) => (holds(row, place) ? [place] : []));
