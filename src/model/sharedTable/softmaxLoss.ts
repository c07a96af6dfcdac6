/** A loss summed over positions, in nats, and its gradient. */
export interface SoftmaxLoss<Values extends Float32Array | Float64Array> {
  readonly loss: number;
  /** [positions][classes], probability less 1 at the target. */
  readonly gradient: Values;
}

/** log(sum exp) of `classes` values from `start` on, without overflow. */
export const logSumExp = (values: Float32Array | Float64Array, start: number, classes: number): number => {
  let largest = -Infinity;
  for (let k = start; k < start + classes; k++) largest = Math.max(largest, values[k]!);
  let sum = 0;
  for (let k = start; k < start + classes; k++) sum += Math.exp(values[k]! - largest);
  return largest + Math.log(sum);
};

/**
 * Cross-entropy of a softmax over `classes` logits at each position. Sums are in float64 whatever the logits are.
 *
 * Where tokens have a row and a column, P(token) = P(row) P(column | row): the loss of a stream is the sum of two such
 * losses, each over the side of the table.
 *
 * @param logits [positions][classes]
 * @param targets [positions], 0 to classes - 1
 * @example
 * const { gradient, loss } = softmaxLoss(Float64Array.of(0, 0), Int32Array.of(1), 2);
 * [loss === Math.log(2), gradient]; // => [true, Float64Array [ 0.5, -0.5 ]]
 */
export const softmaxLoss = <Values extends Float32Array | Float64Array>(
  logits: Values,
  targets: Int32Array,
  classes: number,
): SoftmaxLoss<Values> => {
  const gradient = logits.slice() as Values;
  let loss = 0;
  for (let position = 0; position < targets.length; position++) {
    const start = position * classes;
    const target = start + targets[position]!;
    const total = logSumExp(logits, start, classes);
    loss += total - logits[target]!;
    for (let k = start; k < start + classes; k++) gradient[k] = Math.exp(logits[k]! - total);
    gradient[target]!--;
  }
  return { loss, gradient };
};
