import { seasonStep } from "../series/baseline.ts";
import type { LinearBaseline } from "../series/FeaturePlan.ts";
import { addOuterProduct, solveRidge } from "./solveRidge.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan } from "./TrainingSettings.ts";

const LAG_STEPS = 24;
/** Counts like this many rows of unit spread that say that the last reading stays. */
const PENALTY = 10;
/** More rows than this do not change a regression on some twenty inputs, they only cost time. */
const ROWS = 20_000;

/** Thins the rows, and shares no divisor with the season, so that every hour of it is seen. */
const strideOver = (steps: number, sensors: number, periodSteps: number): number => {
  let stride = Math.max(1, Math.ceil((steps * sensors) / ROWS));
  while (greatestCommonDivisor(stride, periodSteps) > 1) stride++;
  return stride;
};

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * Fits the linear baseline on the learned scale by least squares, one for all sensors: a ridge regression of the change
 * from the level now on the last levels and the level one season before, each less the sensor's mean. The penalty draws
 * it towards persistence.
 *
 * Rows are the origins of the span whose own reading and whose truth at the lead were observed, thinned to about 20,000.
 */
export const fitLinearBaseline = (
  data: TrainingData,
  span: StepSpan,
  periodSteps: number,
): LinearBaseline => {
  const { plan } = data;
  const lagSteps = Math.min(LAG_STEPS, plan.windowSteps);
  const first = span.from + Math.max(lagSteps, periodSteps);
  const stride = strideOver(span.to - first, data.sensors, periodSteps);
  const inputs = lagSteps + 2;
  const row = new Float64Array(inputs);
  const fitLead = (target: number, lead: number): number[] => {
    const gram = new Float64Array(inputs * inputs);
    const moments = new Float64Array(inputs);
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const offset = (target * data.sensors + sensor) * data.steps;
      const mean = plan.sensorMean[target]![sensor]!;
      for (let origin = first; origin + lead < span.to; origin += stride) {
        if (Number.isNaN(data.truth[offset + origin]!)) continue;
        if (Number.isNaN(data.truth[offset + origin + lead]!)) continue;
        for (let lag = 0; lag < lagSteps; lag++) row[lag] = data.level[offset + origin - lag]! - mean;
        row[lagSteps] = data.level[offset + seasonStep(periodSteps, origin, lead)]! - mean;
        row[lagSteps + 1] = 1;
        const change = data.level[offset + origin + lead]! - data.level[offset + origin]!;
        addOuterProduct(gram, row);
        for (let k = 0; k < inputs; k++) moments[k]! += row[k]! * change;
      }
    }
    const deviations = plan.sensorDeviation[target]!;
    const spread = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0) / deviations.length;
    return solveRidge(gram, moments, 1, PENALTY * spread).map(([weight]) => weight!);
  };
  return {
    kind: "linear",
    lagSteps,
    periodSteps,
    weights: plan.targets.map((_, target) =>
      Array.from({ length: plan.horizonSteps }, (_unused, index) => fitLead(target, index + 1)),
    ),
  };
};
