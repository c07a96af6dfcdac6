/** In place of a sensor's index: a sensor that training does not know, whose vector is {@link meanSensorVector}. */
export const MEAN_SENSOR = -1;

/**
 * The vector of a sensor that training never saw: the mean of all learned ones.
 *
 * @param table learned vectors, [sensor][embedding]
 * @example
 * meanSensorVector(Float32Array.of(1, 2, 3, 6), 2); // => Float32Array [ 2, 4 ]
 */
export const meanSensorVector = (table: Float32Array, embedding: number): Float32Array => {
  const sums = new Float64Array(embedding);
  for (let k = 0; k < table.length; k++) sums[k % embedding]! += table[k]!;
  return Float32Array.from(sums, (sum) => (sum * embedding) / table.length);
};
