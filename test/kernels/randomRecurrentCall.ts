import { type Cell, gatesOf, type RecurrentSizes } from "../../src/kernels/RecurrentCall.ts";

/** Uniform numbers in [-1, 1) from a seed (mulberry32). */
export const uniformFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
};

/** Arrays of a call at the scale of a network in training, and a gradient that fits. */
export const randomRecurrentCall = (sizes: RecurrentSizes, seed: number, cell: Cell = "gru") => {
  const { batch, steps, inputs, units } = sizes;
  const next = uniformFrom(seed);
  const random = (length: number, scale: number, centre = 0): Float32Array =>
    Float32Array.from({ length }, () => centre + scale * next());
  const gates = gatesOf[cell] * units;
  return {
    cell,
    sizes,
    x: random(steps * batch * inputs, 2),
    w: random(inputs * gates, 1.5 / Math.sqrt(inputs)),
    u: random(units * gates, 1.5 / Math.sqrt(units)),
    mi: Float32Array.of(...random(gates, 0.3, 1), ...random(2 * gates, 0.3, 0.5), ...random(gates, 0.5)),
    initialState: random(batch * units, 0.9),
    stateGradient: random(steps * batch * units, 1),
  };
};
