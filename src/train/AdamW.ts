import {
  copyParameters,
  decayedParameters,
  mapParameters,
  type ParameterName,
  parameterNames,
  type Parameters,
} from "../model/Parameters.ts";

export interface AdamWSettings {
  readonly weightDecay: number;
  /** Gradients are scaled down to this length over all parameters together. */
  readonly clipNorm: number;
}

export interface AdamWState {
  readonly step: number;
  readonly firstMoment: Parameters;
  readonly secondMoment: Parameters;
}

const BETA1 = 0.9;
const BETA2 = 0.99;
const EPSILON = 1e-8;

export const initialAdamW = (parameters: Parameters): AdamWState => {
  const zeros = (): Parameters => mapParameters((name) => new Float32Array(parameters[name].length));
  return { step: 0, firstMoment: zeros(), secondMoment: zeros() };
};

export const copyAdamW = (state: AdamWState): AdamWState => ({
  step: state.step,
  firstMoment: copyParameters(state.firstMoment),
  secondMoment: copyParameters(state.secondMoment),
});

/**
 * One step of Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), in place.
 *
 * @returns the next state (its arrays are those of `state`, updated) and the gradient's length before clipping
 */
export const adamWStep = (
  parameters: Parameters,
  gradients: Parameters,
  state: AdamWState,
  learningRate: number,
  settings: AdamWSettings,
): { readonly state: AdamWState; readonly gradientNorm: number } => {
  const step = state.step + 1;
  const gradientNorm = norm(gradients);
  const factor = gradientNorm > settings.clipNorm ? settings.clipNorm / gradientNorm : 1;
  const correction1 = 1 - BETA1 ** step;
  const correction2 = 1 - BETA2 ** step;
  const update = (name: ParameterName): void => {
    const values = parameters[name];
    const gradient = gradients[name];
    const first = state.firstMoment[name];
    const second = state.secondMoment[name];
    const keep = decayedParameters.has(name) ? 1 - learningRate * settings.weightDecay : 1;
    for (let k = 0; k < values.length; k++) {
      const g = gradient[k]! * factor;
      first[k] = BETA1 * first[k]! + (1 - BETA1) * g;
      second[k] = BETA2 * second[k]! + (1 - BETA2) * g * g;
      values[k] =
        keep * values[k]! -
        (learningRate * (first[k]! / correction1)) / (Math.sqrt(second[k]! / correction2) + EPSILON);
    }
  };
  parameterNames.forEach(update);
  return { state: { ...state, step }, gradientNorm };
};

const norm = (gradients: Parameters): number => {
  let squares = 0;
  for (const name of parameterNames) {
    const gradient = gradients[name];
    for (let k = 0; k < gradient.length; k++) squares += gradient[k]! * gradient[k]!;
  }
  return Math.sqrt(squares);
};
