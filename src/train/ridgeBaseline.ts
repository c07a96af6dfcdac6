import { baselineStep } from "../series/baseline.ts";
import { addOuterProduct, solveRidge } from "./solveRidge.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan } from "./TrainingSettings.ts";

/** Ridge regression of the forecast on the origin's features and the last readings, one for all sensors. */
export interface RidgeModel {
  /** [input][output], the intercept last. */
  readonly coefficients: Float64Array;
  readonly inputs: number;
  readonly lagSteps: number;
}

/** Readings of each target that enter beside the origin's features. */
const LAG_STEPS = 24;
const PENALTY = 100;

/**
 * Fits the linear peer that a forecaster has to beat: squared loss in physical units, against the same baseline,
 * with the features of the origin, the last 24 readings of each target and the baseline's own forecast at the
 * first and the last lead as inputs.
 *
 * Rows with a missing truth at any lead of a target are left out for that target's outputs.
 */
export const fitRidge = (data: TrainingData, span: StepSpan, stride: number): RidgeModel => {
  const { plan } = data;
  const lagSteps = Math.min(LAG_STEPS, plan.windowSteps);
  const inputs = inputWidth(data, lagSteps);
  const outputs = plan.targets.length * plan.horizonSteps;
  const coefficients = new Float64Array(inputs * outputs);
  const row = new Float64Array(inputs);
  for (let target = 0; target < plan.targets.length; target++) {
    const gram = new Float64Array(inputs * inputs);
    const moments = new Float64Array(inputs * plan.horizonSteps);
    const residual = new Float64Array(plan.horizonSteps);
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      const first = Math.max(span.from, plan.windowSteps + longestPeriod(data));
      for (let origin = first; origin + plan.horizonSteps < span.to; origin += stride) {
        if (!residuals(data, target, sensor, origin, residual)) continue;
        ridgeInputs(data, lagSteps, sensor, origin, row);
        addOuterProduct(gram, row);
        for (let i = 0; i < inputs; i++) {
          const value = row[i]!;
          if (value === 0) continue;
          const offset = i * plan.horizonSteps;
          for (let lead = 0; lead < plan.horizonSteps; lead++)
            moments[offset + lead]! += value * residual[lead]!;
        }
      }
    }
    const solved = solveRidge(gram, moments, plan.horizonSteps, PENALTY);
    for (let i = 0; i < inputs; i++) {
      for (let lead = 0; lead < plan.horizonSteps; lead++) {
        coefficients[i * outputs + target * plan.horizonSteps + lead] = solved[i]![lead]!;
      }
    }
  }
  return { coefficients, inputs, lagSteps };
};

/** Forecast of one sensor at one origin in physical units, [target][lead]. */
export const predictRidge = (
  model: RidgeModel,
  data: TrainingData,
  sensor: number,
  origin: number,
  forecast: Float64Array,
): void => {
  const { plan } = data;
  const row = new Float64Array(model.inputs);
  ridgeInputs(data, model.lagSteps, sensor, origin, row);
  for (let target = 0; target < plan.targets.length; target++) {
    const held = (target * data.sensors + sensor) * data.steps;
    for (let lead = 1; lead <= plan.horizonSteps; lead++) {
      forecast[target * plan.horizonSteps + lead - 1] = data.held[held + baselineStep(plan, origin, lead)]!;
    }
  }
  for (let i = 0; i < model.inputs; i++) {
    const value = row[i]!;
    const offset = i * forecast.length;
    for (let output = 0; output < forecast.length; output++) {
      forecast[output]! += value * model.coefficients[offset + output]!;
    }
  }
};

const longestPeriod = (data: TrainingData): number =>
  data.plan.baseline.kind === "persistence" ? 0 : data.plan.baseline.periodSteps;

const inputWidth = (data: TrainingData, lagSteps: number): number =>
  data.observed + data.plan.targets.length * (lagSteps + 2) + 1;

const ridgeInputs = (
  data: TrainingData,
  lagSteps: number,
  sensor: number,
  origin: number,
  row: Float64Array,
): void => {
  const { plan } = data;
  const offset = (sensor * data.steps + origin) * data.observed;
  for (let k = 0; k < data.observed; k++) row[k] = data.features[offset + k]!;
  let column = data.observed;
  plan.targets.forEach((scaling, target) => {
    const held = (target * data.sensors + sensor) * data.steps;
    const scale =
      scaling.transform === "identity" ? scaling.deviation : Math.max(1, Math.abs(scaling.fallback));
    for (let lag = 0; lag < lagSteps; lag++) row[column++] = data.held[held + origin - lag]! / scale;
    for (const lead of [1, plan.horizonSteps]) {
      row[column++] = data.held[held + baselineStep(plan, origin, lead)]! / scale;
    }
  });
  row[column] = 1;
};

const residuals = (
  data: TrainingData,
  target: number,
  sensor: number,
  origin: number,
  residual: Float64Array,
): boolean => {
  const offset = (target * data.sensors + sensor) * data.steps;
  for (let lead = 1; lead <= data.plan.horizonSteps; lead++) {
    const value =
      data.truth[offset + origin + lead]! - data.held[offset + baselineStep(data.plan, origin, lead)]!;
    if (Number.isNaN(value)) return false;
    residual[lead - 1] = value;
  }
  return true;
};
