import { createHash } from "node:crypto";
import { type Panel, seriesOf } from "../../series/Panel.ts";
import type { StepSpan } from "../../train/TrainingSettings.ts";
import type { OpenBacktest } from "./openBacktest.ts";
import type { Fold } from "./planFolds.ts";

/** Goes up where the same readings and settings give other models. */
const MODEL_FORMAT = 1;
/** Goes up where the same model and readings give other sums. */
const SUMS_FORMAT = 2;

/** Names the model of a fold: a hash of the readings it is made of and of all settings. */
export const modelFingerprint = (backtest: OpenBacktest, { training, validation }: Fold): string =>
  hash(MODEL_FORMAT, backtest, { training, validation }, { from: training.from, to: validation.to });

/** Names the sums of a fold: as {@link modelFingerprint}, with the readings that it is judged on. */
export const foldFingerprint = (backtest: OpenBacktest, fold: Fold): string =>
  hash(SUMS_FORMAT, backtest, fold, fold.reads);

const hash = (
  format: number,
  { loaded: { panel }, pipeline, ruleTexts }: OpenBacktest,
  spans: object,
  read: StepSpan,
): string => {
  const digest = createHash("sha256").update(
    JSON.stringify({
      format,
      pipeline,
      ruleTexts,
      spans,
      zone: panel.zone,
      startMs: panel.startMs,
      stepMs: panel.stepMs,
      sensors: panel.sensors,
      channels: panel.channels,
      positions: panel.positions ?? null,
      tags: panel.tags ?? null,
    }),
  );
  forEachSeries(panel, (series) => {
    const part = series.subarray(read.from, read.to);
    digest.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  });
  return digest.digest("hex").slice(0, 16);
};

const forEachSeries = (panel: Panel, visit: (series: Float64Array) => void): void => {
  panel.channels.forEach((_, channel) => {
    panel.sensors.forEach((_name, sensor) => visit(seriesOf(panel, channel, sensor)));
  });
};
