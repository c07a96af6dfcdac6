import { Schema } from "effect";
import { posix } from "node:path";
import type { Site } from "../../stl/index.ts";
import type { ConformalOffsets } from "../conformalOffsets.ts";
import { Pipeline } from "../Pipeline.ts";
import type { PreparedRun } from "../prepareRun.ts";
import { siteOfPanel } from "../siteOfPanel.ts";
import { WatchReference } from "../watch/WatchReference.ts";

/** Name of the file in the folder of a run. */
export const DEPLOYED_MODEL_FILE = "model.json";

/**
 * What a forecast needs beside the artefact: settings, what the sensors are, rules, calibration. It stands in the folder
 * of a run, so that the folder alone forecasts, wherever it is put.
 */
export const DeployedModel = Schema.Struct({
  format: Schema.Literal(1),
  product: Schema.String,
  /** SHA-256 of the artefact that it belongs to, in hexadecimal. */
  artefact: Schema.String,
  settings: Pipeline,
  site: Schema.Struct({
    stepMs: Schema.Finite,
    zone: Schema.String,
    sensors: Schema.Array(Schema.String),
    channels: Schema.Array(Schema.Struct({ name: Schema.String, unit: Schema.String })),
    positions: Schema.optionalKey(
      Schema.Array(Schema.NullOr(Schema.Struct({ latitude: Schema.Finite, longitude: Schema.Finite }))),
    ),
    tags: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.String))),
    forecastSteps: Schema.Int,
  }),
  rules: Schema.Struct({
    /** One of the texts: the rule file itself; the others are its imports. Paths are relative to its folder. */
    source: Schema.String,
    texts: Schema.Record(Schema.String, Schema.String),
  }),
  /** See `ConformalOffsets`. */
  quantiles: Schema.Struct({
    levels: Schema.Array(Schema.Finite),
    /** [target][lead][level], on the learned scale. */
    offsets: Schema.Array(Schema.Finite),
  }),
  /** Absent in a model of an earlier version, which cannot be watched. */
  reference: Schema.optionalKey(WatchReference),
});
export type DeployedModel = typeof DeployedModel.Type;

/** Text of the file for a run, its artefact, its calibration and the reference of its watch. */
export const deployedModelText = (
  run: PreparedRun,
  artefact: string,
  conformal: ConformalOffsets,
  reference: WatchReference,
  productVersion: string,
): string => {
  const horizonSteps = run.data.plan.horizonSteps;
  const { positions, ...site } = siteOfPanel(run.panel);
  const folder = posix.dirname(run.rules.path);
  const relative = (source: string): string => posix.relative(folder, source);
  const model: typeof DeployedModel.Encoded = {
    format: 1,
    product: `ordinance ${productVersion}`,
    artefact,
    settings: run.pipeline,
    site: {
      ...site,
      channels: run.panel.channels,
      forecastSteps: horizonSteps,
      ...(positions !== undefined && { positions: positions.map((position) => position ?? null) }),
    },
    rules: {
      source: relative(run.rules.path),
      texts: Object.fromEntries(
        Object.entries(run.rules.spec.texts).map(([source, text]) => [relative(source), text]),
      ),
    },
    quantiles: { levels: conformal.quantiles, offsets: Array.from(conformal.offsets) },
    reference,
  };
  return `${JSON.stringify(model, undefined, 1)}\n`;
};

/** What the rules of a deployed model are bound to. */
export const siteOfModel = ({ site }: DeployedModel): Site => {
  const { positions, ...rest } = site;
  return {
    ...rest,
    ...(positions !== undefined && { positions: positions.map((position) => position ?? undefined) }),
  };
};
