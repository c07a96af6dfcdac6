/** Parameters of a GRU without multiplicative integration, row by row, gates in the order z, r, candidate. */
export interface FloatGru {
  readonly inputs: number;
  readonly units: number;
  /** [3 units][inputs] */
  readonly inputWeights: Float32Array;
  /** [3 units][units] */
  readonly stateWeights: Float32Array;
  /** [3 units] */
  readonly bias: Float32Array;
}

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** One step in float64, the reset gate before the product: h' = (1 - z) c + z h, c = tanh(W x + U (r h) + bias). */
export const floatGruStep = (gru: FloatGru, x: ArrayLike<number>, state: Float64Array): Float64Array => {
  const { bias, inputWeights, inputs, stateWeights, units } = gru;
  const row = (index: number, h: Float64Array): number => {
    let sum = bias[index]!;
    for (let k = 0; k < inputs; k++) sum += inputWeights[index * inputs + k]! * x[k]!;
    for (let k = 0; k < units; k++) sum += stateWeights[index * units + k]! * h[k]!;
    return sum;
  };
  const gated = state.map((h, unit) => h * sigmoid(row(units + unit, state)));
  return state.map((h, unit) => {
    const z = sigmoid(row(unit, state));
    return (1 - z) * Math.tanh(row(2 * units + unit, gated)) + z * h;
  });
};
