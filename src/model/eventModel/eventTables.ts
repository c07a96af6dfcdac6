import type { EventModelShape, EventParameters } from "./EventModel.ts";
import { biasVectors, expandVectors, reduceVectors } from "./TokenVectors.ts";

/** Vectors and biases as a model reads them: by code, one a value; with classes, outputs by class, then by member. */
export type EventTables = Pick<EventParameters, "inputVectors" | "outputVectors" | "outputBiases">;

/** Tables from the parameters: the same arrays, but where vectors come from something else. */
export const expandTables = (shape: EventModelShape, parameters: EventParameters): EventTables => {
  const { codes, inputs, units, vectors } = shape;
  if (vectors === undefined || vectors.kind === "classes") return parameters;
  const tokens = codes[0]!;
  return {
    inputVectors: [expandVectors(vectors, parameters.inputVectors, tokens, inputs)],
    outputVectors: [expandVectors(vectors, parameters.outputVectors, tokens, units)],
    outputBiases: [expandVectors(biasVectors(vectors), parameters.outputBiases, tokens, 1)],
  };
};

/** The gradient of the parameters from that of the tables. */
export const reduceTables = (
  shape: EventModelShape,
  parameters: EventParameters,
  gradient: EventTables,
): EventTables => {
  const { codes, inputs, units, vectors } = shape;
  if (vectors === undefined || vectors.kind === "classes") return gradient;
  const tokens = codes[0]!;
  const reduced = (name: keyof EventTables, width: number): readonly Float32Array[] =>
    reduceVectors(
      name === "outputBiases" ? biasVectors(vectors) : vectors,
      parameters[name],
      gradient[name][0]!,
      tokens,
      width,
    );
  return {
    inputVectors: reduced("inputVectors", inputs),
    outputVectors: reduced("outputVectors", units),
    outputBiases: reduced("outputBiases", 1),
  };
};
