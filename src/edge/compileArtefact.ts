import { blocksOf } from "../series/arrangeQuantiles.ts";
import type { FeaturePlan } from "../series/FeaturePlan.ts";
import { planChannels } from "../series/features.ts";
import type { ZoneOffsets } from "../series/zoneOffsets.ts";
import {
  ARTEFACT_VERSION,
  type ArtefactManifest,
  type ArtefactMetadata,
  type GoldenVectors,
} from "./Artefact.ts";
import { ArtefactError } from "./ArtefactError.ts";
import { assembleArtefact } from "./assembleArtefact.ts";
import { canonicalJson } from "./canonicalJson.ts";
import type { RuleChannel } from "./CompiledRule.ts";
import { compileRule, type RuleToCompile } from "./compileRule.ts";
import type { IntegerFrontEnd } from "./front/IntegerFrontEnd.ts";
import { quantiseFrontEnd } from "./front/quantiseFrontEnd.ts";
import { readingQuanta } from "./front/readingQuanta.ts";
import { scaledReading } from "./front/scaledReading.ts";
import {
  goldenCellInput,
  makeGoldenCells,
  makeGoldenShields,
  makeGoldenWindows,
  ruleSystemOf,
} from "./golden.ts";
import { quantiseModel } from "./quantiseModel.ts";
import { quantiseFeatures } from "./quantiseFeatures.ts";
import { sha256, toHex } from "./sha256.ts";
import type { TernaryModel } from "./TernaryModel.ts";
import { createWindowForecaster } from "./windowForecast.ts";

const GOLDEN_CELL_SEEDS = [1, 2, 3, 4, 6, 8, 11, 15];
const GOLDEN_SHIELD_SEEDS = [101, 102, 103];
const GOLDEN_WINDOW_SEEDS = [201, 202];
/** An int8 head is taken where it moves forecasts by at most this many quanta on average. */
const HEAD_LOSS_QUANTA = 0.25;

/** What an artefact is made of. */
export interface ArtefactParts {
  readonly model: TernaryModel;
  readonly features: FeaturePlan;
  readonly rules: readonly RuleToCompile[];
  /** Names of the channels that the rules' channel indices count; left out, those of the plan, in its order. */
  readonly ruleChannels?: readonly string[];
  /** Steps to which past readings of channels that are not forecast are rounded, by channel, for rules that read them. */
  readonly quanta?: Readonly<Record<string, number>>;
  /** Steps for which rules read the last reading of a channel over a gap, by channel; 0 where not given. */
  readonly holds?: Readonly<Record<string, number>>;
  /** What readings of a channel lie between that are missing all the same, in its unit; unknown where not given. */
  readonly ranges?: Readonly<Record<string, Pick<RuleChannel, "lower" | "upper">>>;
  readonly metadata: ArtefactMetadata;
  /** Offsets of the plan's zone, for devices that compute local time themselves; see the manifest. */
  readonly zoneOffsets?: ZoneOffsets;
  /** Some typical feature windows, float32 [window][step][feature]: on them the width of the head is chosen. */
  readonly calibration?: Float32Array;
}

/**
 * Compiles a model, its front end and its rules to one file; see docs/artefact.md.
 *
 * Equal parts give equal bytes. Throws an {@link ArtefactError} `not-representable` where a number does not fit the
 * integers of the device, or where model and feature plan do not belong together.
 */
export const compileArtefact = (parts: ArtefactParts): Uint8Array => {
  const { features, metadata } = parts;
  checkPlan(parts);
  const targets = parts.model.targets;
  const ruleChannel = (channel: string, quantum: number): RuleChannel => ({
    channel,
    quantum,
    holdSteps: parts.holds?.[channel] ?? 0,
    ...parts.ranges?.[channel],
  });
  const ruleChannels: RuleChannel[] = [
    ...targets.map(({ channel, quantum }) => ruleChannel(channel, quantum)),
    ...planChannels(features)
      .filter((channel) => targets.every((target) => target.channel !== channel))
      .flatMap((channel) => {
        const quantum = parts.quanta?.[channel];
        return quantum === undefined ? [] : [ruleChannel(channel, quantum)];
      }),
  ];
  const quanta = readingQuanta(features, targets, ruleChannels);
  const front = quantiseFrontEnd(features, quanta);
  const model = quantiseModel(parts.model, headWidth(parts, front));
  const layers = 1 + model.upper.length;
  const rules = parts.rules.map((rule) =>
    compileRule(rule, {
      channels: parts.ruleChannels ?? planChannels(features),
      ruleChannels,
      targets: targets.length,
      sensors: features.sensors.length,
      horizonSteps: parts.model.horizonSteps,
    }),
  );
  const ruleTexts = rules.map(({ name, text, enforced }) => ({ name, text, enforced }));
  const manifest: Omit<ArtefactManifest, "sections"> = {
    name: metadata.name,
    target: metadata.target,
    counter: metadata.counter,
    created: metadata.created,
    ...(metadata.expires === undefined ? {} : { expires: metadata.expires }),
    formatVersion: ARTEFACT_VERSION,
    ...(model.quantiles.length > 0 && { quantiles: model.quantiles }),
    inputs: model.inputs,
    units: model.units,
    ...(layers > 1 && { layers }),
    hiddenUnits: model.hiddenUnits,
    horizonSteps: model.horizonSteps,
    readouts: targets,
    features,
    readingQuanta: quanta,
    ...(parts.zoneOffsets !== undefined && { zoneOffsets: parts.zoneOffsets }),
    ruleChannels,
    rules: ruleTexts,
    rulesSha256: toHex(sha256(new TextEncoder().encode(canonicalJson(ruleTexts)))),
    goldenCells: GOLDEN_CELL_SEEDS.length,
    goldenShields: GOLDEN_SHIELD_SEEDS.length,
    goldenWindows: GOLDEN_WINDOW_SEEDS.length,
  };
  const system = ruleSystemOf({ manifest: { ...manifest, sections: [] }, rules });
  const golden: GoldenVectors = {
    cells: makeGoldenCells(model, GOLDEN_CELL_SEEDS),
    shields: makeGoldenShields(system, model.readouts, features.stepMs, GOLDEN_SHIELD_SEEDS),
    windows: makeGoldenWindows(model, front, features.stepMs, GOLDEN_WINDOW_SEEDS),
  };
  return assembleArtefact(manifest, { model, front, rules, golden });
};

const checkPlan = ({ model, features, metadata }: ArtefactParts): void => {
  const problems: string[] = [];
  if (model.horizonSteps !== features.horizonSteps) {
    problems.push(
      `the model forecasts ${model.horizonSteps} steps, the feature plan ${features.horizonSteps}`,
    );
  }
  const forecast = model.targets.map((target) => target.channel).join(", ");
  const planned = features.targets.map((target) => target.channel).join(", ");
  if (forecast !== planned) problems.push(`the model forecasts ${forecast}, the feature plan ${planned}`);
  if (!Number.isSafeInteger(metadata.counter) || metadata.counter < 0) {
    problems.push(`the counter is ${metadata.counter}, not a whole number from 0`);
  }
  if (problems.length > 0) {
    throw new ArtefactError("not-representable", `${problems.join("; ")}. Export model and plan of one run`);
  }
};

/** 8 where an int8 head differs little enough from an int16 one on the calibration windows, else 16. */
const headWidth = ({ model, features, calibration }: ArtefactParts, front: IntegerFrontEnd): 8 | 16 => {
  const wide = quantiseModel(model, 16);
  const narrow = quantiseModel(model, 8);
  const width = features.windowSteps * model.inputs;
  const windows =
    calibration === undefined ? GOLDEN_CELL_SEEDS.length : Math.floor(calibration.length / width);
  const baselines = new Int32Array(model.targets.length * model.horizonSteps);
  front.targets.forEach((target, index) => {
    const value = scaledReading(target, front.logarithms, target.fallback);
    baselines.fill(value, index * model.horizonSteps, (index + 1) * model.horizonSteps);
  });
  const withWide = createWindowForecaster(wide);
  const withNarrow = createWindowForecaster(narrow);
  const rows = blocksOf(wide.quantiles) * baselines.length;
  let loss = 0;
  for (let window = 0; window < windows; window++) {
    const input =
      calibration === undefined
        ? goldenCellInput(wide, GOLDEN_CELL_SEEDS[window]!).features
        : quantiseFeatures(calibration.subarray(window * width, (window + 1) * width));
    const expected = withWide(input, baselines).quanta;
    withNarrow(input, baselines).quanta.forEach(
      (value, index) => (loss += Math.abs(value - expected[index]!)),
    );
  }
  return loss <= HEAD_LOSS_QUANTA * windows * rows ? 8 : 16;
};
