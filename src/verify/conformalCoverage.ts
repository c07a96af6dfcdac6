import { random } from "../series/random.ts";
import { blockBootstrap } from "../stl/learn/blockBootstrap.ts";
import { clopperPearsonUpper } from "./clopperPearson.ts";
import { conformalMargin } from "./conformalMargin.ts";
import type { Interval, RuleConformal } from "./ConformalReport.ts";

/** Robustness of forecasts and of what happened, one number a window; NaN where it cannot be judged. */
export interface RobustnessPairs {
  readonly forecast: Float64Array;
  readonly truth: Float64Array;
  /** Day of each window, whole numbers that ascend. */
  readonly day: Int32Array;
}

const RESAMPLES = 2000;

/**
 * The conformal margin of one rule from calibration windows, and its coverage on test windows.
 *
 * Windows of one day share most of their readings. So beside the interval of independent trials stands the block
 * bootstrap over days; where it cannot say anything, because every window or none is covered, the exact interval for as
 * many trials as there are days.
 */
export const conformalCoverage = (
  name: string,
  calibration: RobustnessPairs,
  test: RobustnessPairs,
  level: number,
  confidence: number,
  seed: number,
): RuleConformal => {
  const scores = Float64Array.from(
    finiteWindows(calibration),
    (window) => calibration.forecast[window]! - calibration.truth[window]!,
  );
  const margin = conformalMargin(scores, level);
  const windows = finiteWindows(test);
  const days = [...new Set(windows.map((window) => test.day[window]!))];
  const held = new Float64Array(days.length);
  const broken = new Float64Array(days.length);
  const dayAt = new Map(days.map((day, place) => [day, place]));
  let covered = 0;
  for (const window of windows) {
    const isCovered = test.truth[window]! >= test.forecast[window]! - margin;
    if (isCovered) covered++;
    (isCovered ? held : broken)[dayAt.get(test.day[window]!)!]! += 1;
  }
  const counts = { held, broken, unknown: 0, doubtful: 0 };
  const coverage = windows.length === 0 ? Number.NaN : covered / windows.length;
  const varies = covered > 0 && covered < windows.length;
  const draws = random(seed);
  const deviation = varies
    ? blockBootstrap(counts, () => draws.uniform(), RESAMPLES, confidence)
    : { lower: 0, upper: 0 };
  return {
    name,
    calibrationWindows: scores.length,
    margin: Number.isFinite(margin) ? margin : null,
    testWindows: windows.length,
    covered,
    coverage: windows.length === 0 ? null : coverage,
    independent: clopperPearsonInterval(covered, windows.length, confidence),
    byDays: varies
      ? { lower: coverage + deviation.lower, upper: coverage + deviation.upper }
      : clopperPearsonInterval(covered === 0 ? 0 : days.length, days.length, confidence),
    days: days.length,
  };
};

/** Windows on which both robustnesses are numbers. */
const finiteWindows = ({ forecast, truth }: RobustnessPairs): number[] =>
  Array.from(forecast.keys()).filter(
    (window) => Number.isFinite(forecast[window]!) && Number.isFinite(truth[window]!),
  );

/** Two-sided interval of Clopper and Pearson; 0..1 where there are no trials. */
const clopperPearsonInterval = (successes: number, trials: number, confidence: number): Interval => {
  if (trials === 0) return { lower: 0, upper: 1 };
  const oneSided = (1 + confidence) / 2;
  return {
    lower: 1 - clopperPearsonUpper(trials - successes, trials, oneSided),
    upper: clopperPearsonUpper(successes, trials, oneSided),
  };
};
