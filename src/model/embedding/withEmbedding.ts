import type { RunForecaster } from "../ForecasterRun.ts";
import type { Parameters } from "../Parameters.ts";
import { composeEmbedding, type EmbeddingLayout, storedGradient } from "./EmbeddingLayout.ts";

/** Parameters with the vectors of all sensors in place of the rows that they are made of: what is judged and deployed. */
export const composedParameters = (
  stored: Parameters,
  layout: EmbeddingLayout | undefined,
  width: number,
): Parameters =>
  layout === undefined ? stored : { ...stored, embedding: composeEmbedding(layout, stored.embedding, width) };

/**
 * Runs a forecaster whose embedding is made of trained rows: it sees the vectors of all sensors, and their gradient is
 * taken back to the rows. Without a layout the vectors themselves are trained.
 */
export const withEmbedding = (run: RunForecaster, layout: EmbeddingLayout | undefined): RunForecaster => {
  if (layout === undefined) return run;
  return (stored, shape, input, options) => {
    const { backward, ...result } = run(
      composedParameters(stored, layout, shape.embedding),
      shape,
      input,
      options,
    );
    return {
      ...result,
      backward: (outputGradient) => {
        const gradients = backward(outputGradient);
        const embedding = storedGradient(layout, stored.embedding, gradients.embedding, shape.embedding);
        return { ...gradients, embedding };
      },
    };
  };
};
