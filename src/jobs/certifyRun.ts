/** What can be said of an artefact beside its proof: certificates of real windows, the cost of its integers, coverage. */
import { Effect } from "effect";
import { type Artefact, createRuntime, type Runtime } from "../edge/index.ts";
import { contextSteps } from "../series/features.ts";
import { lipschitzConstant } from "../stl/plan/lipschitzConstant.ts";
import { judgeForecasts } from "../train/judgeForecasts.ts";
import { originsOf } from "../train/originWindows.ts";
import type { StepSpan } from "../train/TrainingSettings.ts";
import type { CertificateReport } from "../verify/CertificateReport.ts";
import { certifyWindows } from "../verify/certifyWindows.ts";
import { conformalCoverage, type RobustnessPairs } from "../verify/conformalCoverage.ts";
import type { ConformalReport } from "../verify/ConformalReport.ts";
import { measureQuantisation } from "../verify/measureQuantisation.ts";
import type { QuantisationReport } from "../verify/QuantisationReport.ts";
import { deviceForecasts } from "./deviceForecasts.ts";
import { forecastOf } from "./ForecastSet.ts";
import type { PreparedRun } from "./prepareRun.ts";
import { Progress } from "./Progress.ts";
import { judgesOf, testWindows } from "./proveRun.ts";

export interface CertifyOptions {
  /** Sizes of the balls in quanta. */
  readonly quanta: readonly number[];
  /** Newest steps whose readings move; all where left out. */
  readonly newest?: number;
  readonly windows: number;
  readonly seed: number;
}

export interface Certification {
  readonly certificates: readonly CertificateReport[];
  readonly quantisation: QuantisationReport;
  readonly conformal: ConformalReport;
}

/** Points of each ball that are sampled to see how wide its bounds are. */
const SAMPLES = 64;
/** Windows on which integers are compared with real numbers: ten for each that is certified. */
const QUANTISATION_WINDOWS = 10;
const SHARE_OF_CERTIFICATES = 0.7;
const DAY_MS = 86_400_000;

/** Certifies windows of the test span, compares integers with real numbers there, and looks at the coverage of margins. */
export const certifyRun = Effect.fn("certifyRun")(function* (
  run: PreparedRun,
  artefact: Artefact,
  options: CertifyOptions,
) {
  const progress = yield* Progress;
  const provider = testWindows(run);
  const certificates = yield* Effect.promise(() =>
    certifyWindows({
      artefact,
      provider,
      ...options,
      samples: SAMPLES,
      onProgress: (done, total) =>
        progress.update((SHARE_OF_CERTIFICATES * done) / total, `${done} of ${total} balls`),
    }),
  );
  const rules = run.rules.rules.map(({ bound }) => bound);
  const quantisation = measureQuantisation({
    artefact,
    provider,
    judges: judgesOf(run),
    slopes: rules.map(({ channels, plan }) => ({ channels, lipschitz: lipschitzConstant(plan) })),
    windows: QUANTISATION_WINDOWS * options.windows,
  });
  const runtime = createRuntime(artefact);
  const calibration = yield* robustnessPairs(run, runtime, run.spans.validation);
  progress.update(0.85, "coverage of margins");
  const test = yield* robustnessPairs(run, runtime, { ...run.spans.test, from: run.spans.test.from - 1 });
  const level = run.pipeline.proof.confidence;
  return {
    certificates,
    quantisation,
    conformal: {
      level,
      confidence: level,
      rules: rules.flatMap(({ goal, name }, rule) =>
        goal
          ? []
          : [conformalCoverage(name, calibration[rule]!, test[rule]!, level, level, options.seed + rule)],
      ),
    },
  } satisfies Certification;
});

/** Robustness of the shielded forecasts and of what happened at every origin of a span, one pair of lists a rule. */
const robustnessPairs = Effect.fnUntraced(function* (run: PreparedRun, runtime: Runtime, span: StepSpan) {
  const { data, panel } = run;
  const { horizonSteps, targets } = data.plan;
  const origins = originsOf(data, span, contextSteps(data.plan), 1);
  const forecasts = yield* deviceForecasts(runtime, data, origins, () => undefined);
  const rules = run.rules.rules.map(({ bound }) => bound);
  const width = targets.length * horizonSteps;
  const ofForecasts = judgeForecasts(data, rules, origins, (index, sensor) =>
    forecastOf(forecasts.shielded.values, data.sensors, width, index, sensor),
  );
  const happened = new Float64Array(width);
  const ofTruth = judgeForecasts(data, rules, origins, (index, sensor) => {
    for (let target = 0; target < targets.length; target++) {
      const from = (target * data.sensors + sensor) * data.steps + origins[index]! + 1;
      happened.set(data.truth.subarray(from, from + horizonSteps), target * horizonSteps);
    }
    return happened;
  });
  const day = origins.map((origin) => Math.floor((panel.startMs + origin * panel.stepMs) / DAY_MS));
  return rules.map((_, rule): RobustnessPairs => ({
    forecast: ofForecasts[rule]!.margins,
    truth: ofTruth[rule]!.margins,
    day,
  }));
});
