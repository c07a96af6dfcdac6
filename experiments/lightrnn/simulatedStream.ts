import type { EventStream } from "./EventStream.ts";
import { mapFeatures } from "./mapFeatures.ts";
import { simulateCity } from "./simulateCity.ts";

/** Events of the simulated city: eight tenths to train, one to validate, one to test. */
export const simulatedStream = (detectors: number, events: number, seed: number): EventStream => {
  const { positions, surprises, tokens } = simulateCity(detectors, events, seed);
  const [training, validation] = [Math.floor(0.8 * events), Math.floor(0.9 * events)];
  const nats = surprises.subarray(validation).reduce((sum, value) => sum + value, 0);
  return {
    name: `simulated, ${detectors} detectors, ${events} events`,
    detectors,
    training: tokens.subarray(0, training),
    validation: tokens.subarray(training, validation),
    test: tokens.subarray(validation),
    floor: Math.exp(nats / (events - validation)),
    features: mapFeatures(positions, seed),
  };
};
