import { heldShare } from "../../train/judgeForecasts.ts";
import type { Backtest } from "../backtestRun.ts";
import { cellQuantiles } from "../cellQuantiles.ts";
import type { PreparedRun } from "../prepareRun.ts";
import { quantileLevels } from "../quantileLevels.ts";
import { readoutsOf } from "../readoutsOf.ts";
import { hourLevels, hourOf } from "./hourLevels.ts";
import { inputReference } from "./inputReference.ts";
import { binMeans, binStepsFor } from "./originBins.ts";
import { originScores, relativeErrors } from "./originScores.ts";
import { scaledMargins, smallestMargin } from "./ruleMargins.ts";
import { brief, briefOrNull, type RuleReference, type WatchReference } from "./WatchReference.ts";

/** What a finished run shows of its readings, errors and rules: what its watch holds later ones against. */
export const referenceOfRun = (run: PreparedRun, backtest: Backtest): WatchReference => {
  const { data, panel, spans } = run;
  const { origins } = backtest;
  const binSteps = binStepsFor(origins.length);
  const { minuteOfDay } = data.readings.clock;
  const hours = Array.from(origins, (origin) => hourOf(minuteOfDay, origin));
  const bandAt = bandOfRun(run, backtest);
  const forecasts = {
    plan: data.plan,
    sensors: data.sensors,
    steps: data.steps,
    truth: data.truth,
    origins,
    median: backtest.device.shielded.values,
    ...(bandAt !== undefined && { bandAt }),
  };
  return {
    testFrom: new Date(panel.startMs + spans.test.from * panel.stepMs).toISOString(),
    inputs: inputReference(panel, spans.training.to),
    forecasts: {
      binSteps,
      targets: data.plan.targets.map(({ channel }, target) => {
        const { coverage, errors, mae } = originScores(forecasts, target);
        const relative = relativeErrors(errors, mae, origins.length);
        const byHour = hourLevels(relative, hours).map(brief);
        return {
          channel,
          unit: panel.channels[target]!.unit,
          mae: Array.from(mae, briefOrNull),
          byHour,
          errors: series(
            relative.map((value, index) => value / byHour[hours[index]!]!),
            binSteps,
          ),
          coverage: bandAt === undefined ? [] : series(coverage, binSteps),
        };
      }),
      rules: run.rules.rules.map(({ bound }, rule): RuleReference => {
        const issued = backtest.shieldedTallies[rule]!;
        const truth = backtest.truthTallies[rule]!;
        return {
          name: bound.name,
          enforced: !bound.goal,
          held: briefOrNull(heldShare(issued)),
          truthHeld: briefOrNull(heldShare(truth)),
          smallest: briefOrNull(smallestMargin(issued)),
          truthSmallest: briefOrNull(smallestMargin(truth)),
          margins: series(scaledMargins(issued, bound.scale), binSteps),
          truthMargins: series(scaledMargins(truth, bound.scale), binSteps),
        };
      }),
    },
  };
};

const series = (values: Float64Array, binSteps: number): (number | null)[] =>
  Array.from(binMeans(values, binSteps), briefOrNull);

/** The lowest and the highest issued quantile; undefined where there are not two. */
const bandOfRun = (run: PreparedRun, { conformal, device }: Backtest) => {
  const { issued } = quantileLevels(run.pipeline);
  if (issued.length < 2) return undefined;
  const { data } = run;
  const { horizonSteps, targets } = data.plan;
  const width = targets.length * horizonSteps;
  const levels = conformal.quantiles;
  const [low, high] = [levels.indexOf(issued[0]!), levels.indexOf(issued.at(-1)!)];
  const readouts = readoutsOf(run);
  const heads = device.shielded.quantiles;
  const values = new Float64Array(levels.length);
  return (index: number, sensor: number, output: number, band: Float64Array): void => {
    const row = index * data.sensors + sensor;
    const learned = heads && { values: heads, first: row * levels.length * width + output, stride: width };
    const median = device.shielded.values[row * width + output]!;
    const readout = readouts[Math.floor(output / horizonSteps)]!;
    cellQuantiles(data, conformal, output, readout, median, learned, values);
    band[0] = values[low]!;
    band[1] = values[high]!;
  };
};
