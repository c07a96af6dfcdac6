import { meanSensorVector } from "./meanSensor.ts";
import type { Parameters } from "./Parameters.ts";

/**
 * Parameters for more sensors than were trained: the learned vectors go to their places, every other sensor gets
 * their mean.
 *
 * @param seen places of the trained sensors among all `sensors`, in the order of the table
 */
export const extendEmbedding = (
  parameters: Parameters,
  seen: readonly number[],
  sensors: number,
): Parameters => {
  const width = parameters.embedding.length / seen.length;
  const mean = meanSensorVector(parameters.embedding, width);
  const embedding = new Float32Array(sensors * width);
  for (let sensor = 0; sensor < sensors; sensor++) embedding.set(mean, sensor * width);
  seen.forEach((sensor, row) => {
    embedding.set(parameters.embedding.subarray(row * width, (row + 1) * width), sensor * width);
  });
  return { ...parameters, embedding };
};
