import {
  copyParameters,
  decayedParameters,
  mapParameters,
  type ParameterName,
  parameterNames,
  type Parameters,
} from "../model/Parameters.ts";
import { adamUpdate } from "./adamUpdate.ts";

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
  const update = (name: ParameterName): void => {
    const keep = decayedParameters.has(name) ? 1 - learningRate * settings.weightDecay : 1;
    const moments = [state.firstMoment[name], state.secondMoment[name]] as const;
    adamUpdate(parameters[name], gradients[name], ...moments, { step, learningRate, factor, keep });
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
