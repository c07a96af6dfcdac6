import type { RunForecaster } from "../model/ForecasterRun.ts";
import type { ForecasterShape, Parameters } from "../model/Parameters.ts";
import type { TrainingData } from "./TrainingData.ts";

export const WINDOWS_PER_CALL = 256;

/**
 * Features of sequences, [steps][batch][observed]: sequence b covers the steps `firstOf[b]..firstOf[b] + steps - 1`
 * of sensor `sensorOf[b]`.
 */
export const gatherSequences = (
  data: TrainingData,
  sensorOf: ArrayLike<number>,
  firstOf: ArrayLike<number>,
  steps: number,
): Float32Array => {
  const batch = sensorOf.length;
  const { observed } = data;
  const gathered = new Float32Array(steps * batch * observed);
  for (let b = 0; b < batch; b++) {
    const source = (sensorOf[b]! * data.steps + firstOf[b]!) * observed;
    for (let step = 0; step < steps; step++) {
      const from = source + step * observed;
      gathered.set(data.features.subarray(from, from + observed), (step * batch + b) * observed);
    }
  }
  return gathered;
};

/**
 * Head outputs of windows that start from a zero state and end at their origin, rows of [block][target][lead] (see `blocksOf`): what the
 * device computes, in float32.
 */
export const predictWindows = (
  run: RunForecaster,
  parameters: Parameters,
  shape: ForecasterShape,
  data: TrainingData,
  sensorOf: Int32Array,
  originOf: Int32Array,
  ternary: boolean,
): Float32Array => {
  const outputs = new Float32Array(sensorOf.length * shape.outputs);
  const { windowSteps } = data.plan;
  for (let from = 0; from < sensorOf.length; from += WINDOWS_PER_CALL) {
    const to = Math.min(sensorOf.length, from + WINDOWS_PER_CALL);
    const sensors = sensorOf.subarray(from, to);
    const firstOf = originOf.subarray(from, to).map((origin) => origin - windowSteps + 1);
    const features = gatherSequences(data, sensors, firstOf, windowSteps);
    const { outputs: part, release } = run(
      parameters,
      shape,
      { features, steps: windowSteps, sensors, scoredFrom: windowSteps - 1 },
      { ternary },
    );
    release();
    outputs.set(part, from * shape.outputs);
  }
  return outputs;
};
