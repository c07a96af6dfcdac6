/** Judges a trained run on its test span: errors by lead, and how often each rule holds, for every model. */
import { Effect } from "effect";
import type { Artefact, Runtime } from "../edge/index.ts";
import { ruleFight } from "../report/ruleFight.ts";
import type { AlarmSummary, QuantileSummary, RuleSummary, RunSummary } from "../report/RunSummary.ts";
import { contextSteps } from "../series/features.ts";
import { heldShare, judgeForecasts, type RuleTally } from "../train/judgeForecasts.ts";
import { everySensorAt, originsOf } from "../train/originWindows.ts";
import type { RunForecaster } from "../model/ForecasterRun.ts";
import { predictWindows } from "../train/predictWindows.ts";
import { onThreads } from "../train/ThreadFailed.ts";
import { alarmsOf } from "./Alarm.ts";
import { alarmScores } from "./alarmScores.ts";
import { calibrationOrigins } from "./calibrationOrigins.ts";
import { type ConformalOffsets, conformalOffsets } from "./conformalOffsets.ts";
import { type DeviceForecasts, deviceForecasts } from "./deviceForecasts.ts";
import { errorsByLead } from "./errorsByLead.ts";
import { type ForecastSet, forecastOf } from "./ForecastSet.ts";
import {
  decodedForecasts,
  persistenceForecasts,
  ridgeForecasts,
  seasonalForecasts,
} from "./naiveForecasts.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { Progress } from "./Progress.ts";
import { RuleCostMeter } from "./RuleCostMeter.ts";
import type { TrainedRun } from "./trainRun.ts";
import { quantileLevels } from "./quantileLevels.ts";
import { type QuantileCandidate, quantileScores } from "./quantileScores.ts";
import { readoutsOf } from "./readoutsOf.ts";
import { reportedLeads } from "./reportedLeads.ts";
import { truthForecasts } from "./truthForecasts.ts";

export interface Backtest {
  readonly origins: Int32Array;
  readonly float: ForecastSet;
  readonly device: DeviceForecasts;
  readonly metrics: RunSummary["metrics"];
  /** Errors of unseen sensors beside those of seen ones; absent where every sensor was trained on. */
  readonly unseen?: RunSummary["unseen"];
  readonly rules: readonly RuleSummary[];
  /** Tallies of the unshielded and the shielded ternary model, one a rule. */
  readonly ternaryTallies: readonly RuleTally[];
  readonly shieldedTallies: readonly RuleTally[];
  /** The same of what happened. */
  readonly truthTallies: readonly RuleTally[];
  /** Of the issued quantiles and those that alarms read, learned or around the median. */
  readonly conformal: ConformalOffsets;
  /** Absent without quantile heads. */
  readonly quantiles?: QuantileSummary;
  readonly alarms: readonly AlarmSummary[];
}

export const backtestRun = Effect.fn("backtestRun")(function* (
  run: PreparedRun,
  trained: Pick<TrainedRun, "float" | "ruleCosines">,
  artefact: Artefact,
  runtime: Runtime,
  forecaster: RunForecaster,
) {
  const progress = yield* Progress;
  const { data, shape, spans } = run;
  const context = contextSteps(data.plan);
  const width = data.plan.targets.length * data.plan.horizonSteps;
  // An origin lies in the test span with its whole forecast: the first one is the step before the span.
  const origins = originsOf(data, { from: spans.test.from - 1, to: spans.test.to }, context, 1);
  const { originOf, sensorOf } = everySensorAt(data, origins);
  progress.update(0, "naive forecasts");
  const naive = [
    persistenceForecasts(data, origins),
    seasonalForecasts(data, origins, run.seasonSteps),
    ridgeForecasts(data, origins, spans.training, run.seen.data),
  ];
  yield* Effect.sleep(0);
  const float = decodedForecasts(
    "float",
    data,
    origins,
    yield* onThreads("the test of the float model", () =>
      predictWindows(forecaster, trained.float, shape, data, sensorOf, originOf, false),
    ),
    shape.quantiles,
  );
  yield* Effect.sleep(0);
  const device = yield* deviceForecasts(runtime, data, origins, (done) =>
    progress.update(0.1 + 0.6 * done, "device"),
  );

  const calibration = calibrationOrigins(data, spans.validation);
  const units = data.plan.targets.map((_, target) => run.panel.channels[target]!.unit);
  const meter = new RuleCostMeter(artefact, data, units, run.seen.places);
  const calibrated = yield* deviceForecasts(
    runtime,
    data,
    calibration,
    (done) => progress.update(0.7 + 0.15 * done, "quantiles and costs of rules"),
    (forecast, origin) => meter.add(forecast, origin),
  );
  const costs = meter.costs();
  const conformal = conformalOffsets(
    data,
    calibration,
    calibrated.shielded,
    quantileLevels(run.pipeline).all,
    run.seen.places,
  );
  const bound = run.rules.rules.map((rule) => rule.bound);
  const judge = (values: Float32Array): RuleTally[] =>
    judgeForecasts(data, bound, origins, (index, sensor) =>
      forecastOf(values, data.sensors, width, index, sensor),
    );
  progress.update(0.85, "rules");
  const truthTallies = judge(truthForecasts(data, origins));
  yield* Effect.sleep(0);
  const floatTallies = judge(float.values);
  yield* Effect.sleep(0);
  const ternaryTallies = judge(device.raw.values);
  yield* Effect.sleep(0);
  const shieldedTallies = judge(device.shielded.values);
  const sets = [...naive, float, device.raw, device.shielded];
  yield* Effect.sleep(0);
  progress.update(0.95, "quantiles and alarms");
  const floatCalibrated = Effect.fnUntraced(function* () {
    const at = everySensorAt(data, calibration);
    const outputs = yield* onThreads("the calibration of the float model", () =>
      predictWindows(forecaster, trained.float, shape, data, at.sensorOf, at.originOf, false),
    );
    return decodedForecasts("float", data, calibration, outputs, shape.quantiles);
  });
  const quantiles =
    shape.quantiles &&
    judgeQuantiles(run, origins, calibration, shape.quantiles, [
      { tested: float, calibrated: yield* floatCalibrated() },
      { tested: device.raw, calibrated: calibrated.raw },
      { tested: device.shielded, calibrated: calibrated.shielded },
    ]);
  return {
    origins,
    float,
    device,
    metrics: errorsByLead(data, origins, sets, units),
    ...(run.unseen.length > 0 && {
      unseen: {
        sensors: run.unseen.map(({ name, reason }) => ({ name, reason })),
        metrics: errorsByLead(
          data,
          origins,
          sets,
          units,
          run.unseen.map(({ place }) => place),
        ),
        seenMetrics: errorsByLead(data, origins, sets, units, run.seen.places),
      },
    }),
    rules: bound.map((rule, index) => {
      const rates = {
        truth: heldShare(truthTallies[index]!),
        float: heldShare(floatTallies[index]!),
        ternary: heldShare(ternaryTallies[index]!),
        shielded: heldShare(shieldedTallies[index]!),
      };
      const cost = costs[index]!;
      const gradientCosine = trained.ruleCosines.get(rule.name);
      const fights = ruleFight({ cost, rates });
      return {
        name: rule.name,
        text: rule.text,
        because: rule.because,
        severity: rule.severity,
        goal: rule.goal,
        unit: rule.unit,
        rates,
        truthUnknown: truthTallies[index]!.unknown / Math.max(1, origins.length),
        smallestShieldedMargin: smallestJudged(shieldedTallies[index]!),
        cost,
        ...(gradientCosine !== undefined && { gradientCosine }),
        ...(fights !== undefined && { fights }),
      };
    }),
    ternaryTallies,
    shieldedTallies,
    truthTallies,
    conformal,
    ...(quantiles !== undefined && { quantiles }),
    alarms: alarmScores(
      data,
      origins,
      alarmsOf(run.pipeline),
      device.shielded,
      conformal,
      runtime.targets,
      reportedLeads(data.plan.horizonSteps),
    ),
  } satisfies Backtest;
});

/** Learned, conformal and conformalised quantiles of each model. */
const judgeQuantiles = (
  run: PreparedRun,
  origins: Int32Array,
  calibration: Int32Array,
  levels: readonly number[],
  models: readonly { readonly tested: ForecastSet; readonly calibrated: ForecastSet }[],
): QuantileSummary => {
  const { data, seen } = run;
  const offsets = data.plan.targets.length * data.plan.horizonSteps * levels.length;
  const medianOf = ({ model, values }: ForecastSet): ForecastSet => ({ model, values });
  const candidates = models.flatMap(({ tested, calibrated }): QuantileCandidate[] => [
    {
      method: "conformal",
      forecasts: medianOf(tested),
      conformal: conformalOffsets(data, calibration, medianOf(calibrated), levels, seen.places),
    },
    {
      method: "learned",
      forecasts: tested,
      conformal: { quantiles: levels, offsets: new Float64Array(offsets) },
    },
    {
      method: "conformalised",
      forecasts: tested,
      conformal: conformalOffsets(data, calibration, calibrated, levels, seen.places),
    },
  ]);
  const { issued } = quantileLevels(run.pipeline);
  const leads = reportedLeads(data.plan.horizonSteps);
  return { levels, scores: quantileScores(data, origins, candidates, issued, readoutsOf(run), leads) };
};

const smallestJudged = (tally: RuleTally): number => {
  let smallest = Number.NaN;
  for (const margin of tally.margins) {
    if (Number.isFinite(margin) && !(margin >= smallest)) smallest = margin;
  }
  return smallest;
};
