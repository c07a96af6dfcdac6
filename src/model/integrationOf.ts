import { type CellChoice } from "./Parameters.ts";
import { quantisedMatrix } from "./quantiseWeights.ts";

/**
 * Alpha, beta1, beta2 and bias as the cell takes them, [4][columns]: without multiplicative integration alpha is 0 and
 * the betas are 1, whatever is stored; HitNet's biases are ternary in the quantised phase.
 */
export const integrationOf = (choice: CellChoice, stored: Float32Array, quantised: boolean): Float32Array => {
  const columns = stored.length / 4;
  const integration = stored.slice();
  if (!choice.multiplicative) {
    integration.fill(0, 0, columns);
    integration.fill(1, columns, 3 * columns);
  }
  if (quantised && choice.weights === "hitnet") {
    integration.set(quantisedMatrix("hitnet", stored.subarray(3 * columns), 1, columns), 3 * columns);
  }
  return integration;
};

/** The gradient of what is stored from that of what the cell took; quantisers pass it straight through. */
export const storedIntegrationGradient = (choice: CellChoice, gradient: Float32Array): Float32Array =>
  choice.multiplicative ? gradient : gradient.fill(0, 0, (3 * gradient.length) / 4);
