/** Forecasts at every origin of a fold with its model, and adds up what the forecasts are worth. */
import { Effect } from "effect";
import { createRuntime, openArtefact } from "../../edge/index.ts";
import { contextSteps } from "../../series/features.ts";
import { originsOf } from "../../train/originWindows.ts";
import type { TrainingData } from "../../train/TrainingData.ts";
import { cellQuantiles } from "../cellQuantiles.ts";
import type { ConformalOffsets } from "../conformalOffsets.ts";
import { deviceForecasts } from "../deviceForecasts.ts";
import type { ForecastSet } from "../ForecastSet.ts";
import { persistenceForecasts, ridgeForecasts, seasonalForecasts } from "../naiveForecasts.ts";
import type { PreparedRun } from "../prepareRun.ts";
import { Progress } from "../Progress.ts";
import { quantileLevels } from "../quantileLevels.ts";
import { truthForecasts } from "../truthForecasts.ts";
import { type Band, bandOf } from "./bandOf.ts";
import { bandSums } from "./bandSums.ts";
import { errorSums } from "./errorSums.ts";
import { decodeOffsets, type FoldModel } from "./FoldModel.ts";
import { FoldSums } from "./FoldSums.ts";
import type { Fold } from "./planFolds.ts";
import { scoreGroups } from "./ScoreGroups.ts";
import { scoreRules } from "./scoreRules.ts";
import { seasonalScale } from "./seasonalScale.ts";

/** All forecasts of a fold; the quantiles at the ends of the band are those without the shield. */
export interface FoldForecasts {
  readonly origins: Int32Array;
  /** Naive ones, then the device's, the shielded one last. */
  readonly sets: readonly ForecastSet[];
  readonly ternary: ForecastSet;
  readonly shielded: ForecastSet;
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  /** SHA-256 of the artefact. */
  readonly artefact: string;
}

export const forecastFold = Effect.fn("forecastFold")(function* (run: PreparedRun, model: FoldModel) {
  const progress = yield* Progress;
  const { data, seen, spans } = run;
  const artefact = openArtefact(Buffer.from(model.artefact, "base64"));
  const runtime = createRuntime(artefact);
  const origins = originsOf(
    data,
    { from: spans.test.from - 1, to: spans.test.to },
    contextSteps(data.plan),
    1,
  );
  progress.stage("Forecasting");
  const device = yield* deviceForecasts(runtime, data, origins, (done) => progress.update(done, "device"));
  const { issued } = quantileLevels(run.pipeline);
  const unshielded = decodeOffsets(model.unshielded);
  const band = bandOf(unshielded.quantiles, issued);
  return {
    origins,
    sets: [
      persistenceForecasts(data, origins),
      seasonalForecasts(data, origins, run.seasonSteps),
      ridgeForecasts(data, origins, spans.training, seen.data),
      device.raw,
      device.shielded,
    ],
    ternary: device.raw,
    shielded: device.shielded,
    ...bandEnds(data, origins, device.raw, unshielded, band, runtime.targets),
    artefact: artefact.sha256,
  } satisfies FoldForecasts;
});

/** Adds up the scores of a fold. */
export const scoreFold = Effect.fn("scoreFold")(function* (
  run: PreparedRun,
  fold: Fold,
  fingerprint: string,
  model: FoldModel,
) {
  const { data, panel, spans } = run;
  const { plan } = data;
  const forecasts = yield* forecastFold(run, model);
  const progress = yield* Progress;
  progress.stage("Scoring");
  const { origins } = forecasts;
  const groups = scoreGroups(plan.horizonSteps, panel.sensors);
  const hourOf = (step: number): number => Math.floor(data.readings.clock.minuteOfDay[step]! / 60);
  const conformal = decodeOffsets(model.issued);
  const { issued } = quantileLevels(run.pipeline);
  const { targets: readouts } = createRuntime(openArtefact(Buffer.from(model.artefact, "base64")));
  const targets = plan.targets.map(({ channel }, target) => {
    const scales = panel.sensors.map((_, sensor) => {
      const offset = (target * data.sensors + sensor) * data.steps;
      return seasonalScale(
        data.truth.subarray(offset, offset + data.steps),
        run.seasonSteps,
        spans.training.from,
        spans.validation.to,
      );
    });
    return {
      channel,
      unit: panel.channels[target]!.unit,
      unscaled: panel.sensors.filter((_, sensor) => Number.isNaN(scales[sensor]!)),
      errors: forecasts.sets.map((set) =>
        Array.from(errorSums(data, origins, set, target, scales, groups, hourOf)),
      ),
      band: Array.from(
        bandSums(
          data,
          origins,
          forecasts.shielded,
          target,
          conformal,
          issued,
          readouts[target]!,
          groups,
          hourOf,
        ),
      ),
    };
  });
  const { lower, shielded, ternary, upper } = forecasts;
  const ruleSums = yield* scoreRules(
    data,
    run.rules.rules.map(({ bound }) => bound),
    origins,
    [truthForecasts(data, origins), ternary.values, shielded.values, lower, upper],
    groups,
    hourOf,
  );
  const band = bandOf(conformal.quantiles, issued);
  const msOf = (step: number): number => panel.startMs + step * panel.stepMs;
  return new FoldSums({
    fold: fold.index + 1,
    fingerprint,
    artefact: forecasts.artefact,
    trainedFromMs: msOf(spans.training.from),
    validatedFromMs: msOf(spans.validation.from),
    firstOriginMs: msOf(origins[0]!),
    lastOriginMs: msOf(origins.at(-1)!),
    origins: origins.length,
    horizonSteps: plan.horizonSteps,
    sensors: panel.sensors,
    models: forecasts.sets.map((set) => set.model),
    targets,
    band: { lower: band.lowerLevel, upper: band.upperLevel },
    rules: run.rules.rules.map(({ bound: { goal, name } }, rule) => ({
      name,
      goal,
      sums: Array.from(ruleSums[rule]!),
    })),
  });
});

/** The lower and the upper end of the band around every value of a forecast set. */
const bandEnds = (
  data: TrainingData,
  origins: Int32Array,
  forecasts: ForecastSet,
  conformal: ConformalOffsets,
  band: Band,
  readouts: readonly { readonly minimum: number; readonly maximum: number }[],
): { readonly lower: Float32Array; readonly upper: Float32Array } => {
  const { horizonSteps, targets } = data.plan;
  const outputs = targets.length * horizonSteps;
  const levels = conformal.quantiles.length;
  const lower = new Float32Array(forecasts.values.length);
  const upper = new Float32Array(forecasts.values.length);
  const cell = new Float64Array(levels);
  for (let row = 0; row < origins.length * data.sensors; row++) {
    for (let output = 0; output < outputs; output++) {
      const at = row * outputs + output;
      const median = forecasts.values[at]!;
      const learned = forecasts.quantiles && {
        values: forecasts.quantiles,
        first: row * levels * outputs + output,
        stride: outputs,
      };
      const readout = readouts[Math.floor(output / horizonSteps)]!;
      cellQuantiles(data, conformal, output, readout, median, learned, cell);
      lower[at] = band.lower < 0 ? median : cell[band.lower]!;
      upper[at] = band.upper < 0 ? median : cell[band.upper]!;
    }
  }
  return { lower, upper };
};
