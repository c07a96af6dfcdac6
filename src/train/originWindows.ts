import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan } from "./TrainingSettings.ts";

/** Origins of a span whose whole context and whole forecast lie within the panel and the span's end. */
export const originsOf = (
  data: TrainingData,
  span: StepSpan,
  contextSteps: number,
  stride: number,
): Int32Array => {
  const origins: number[] = [];
  const first = Math.max(span.from, contextSteps - 1);
  for (let origin = first; origin + data.plan.horizonSteps < span.to; origin += stride) origins.push(origin);
  return Int32Array.from(origins);
};

/** Every sensor at every origin: rows are [origin][sensor]. */
export const everySensorAt = (
  data: TrainingData,
  origins: Int32Array,
): { readonly sensorOf: Int32Array; readonly originOf: Int32Array } => {
  const sensorOf = new Int32Array(origins.length * data.sensors);
  const originOf = new Int32Array(origins.length * data.sensors);
  origins.forEach((origin, index) => {
    for (let sensor = 0; sensor < data.sensors; sensor++) {
      sensorOf[index * data.sensors + sensor] = sensor;
      originOf[index * data.sensors + sensor] = origin;
    }
  });
  return { sensorOf, originOf };
};
