/**
 * The trainable numbers of the forecaster, by name; every one is a matrix, row after row.
 *
 * `inputs` below is the observed features plus the embedding.
 */
export interface ForecasterShape {
  /** Length of a feature vector without the embedding. */
  readonly observed: number;
  readonly embedding: number;
  readonly sensors: number;
  /** Hidden state of the cell. */
  readonly units: number;
  /** Hidden layer of the readout head. */
  readonly headUnits: number;
  /** Targets x horizon steps. */
  readonly outputs: number;
}

export const parameterNames = [
  "inputWeights",
  "stateWeights",
  "integration",
  "hiddenWeights",
  "hiddenBias",
  "outputWeights",
  "skipWeights",
  "outputBias",
  "embedding",
] as const;
export type ParameterName = (typeof parameterNames)[number];
export type Parameters = Readonly<Record<ParameterName, Float32Array>>;

/** Weight matrices decay; biases, integration vectors and the embedding do not. */
export const decayedParameters: ReadonlySet<ParameterName> = new Set([
  "inputWeights",
  "stateWeights",
  "hiddenWeights",
  "outputWeights",
  "skipWeights",
]);

/** Rows and columns of each parameter. `integration` holds alpha, beta1, beta2, bias, one a row. */
export const parameterShapes = (
  shape: ForecasterShape,
): Readonly<Record<ParameterName, [number, number]>> => {
  const inputs = shape.observed + shape.embedding;
  return {
    inputWeights: [inputs, 3 * shape.units],
    stateWeights: [shape.units, 3 * shape.units],
    integration: [4, 3 * shape.units],
    hiddenWeights: [shape.units + inputs, shape.headUnits],
    hiddenBias: [1, shape.headUnits],
    outputWeights: [shape.headUnits, shape.outputs],
    skipWeights: [shape.units + inputs, shape.outputs],
    outputBias: [1, shape.outputs],
    embedding: [shape.sensors, shape.embedding],
  };
};

export const copyParameters = (parameters: Parameters): Parameters =>
  mapParameters((name) => parameters[name].slice());

/** Builds a full set of parameters from one function of the name. */
export const mapParameters = (of: (name: ParameterName) => Float32Array): Parameters =>
  Object.fromEntries(parameterNames.map((name) => [name, of(name)])) as Parameters;
