import { describe, expect, it } from "vitest";
import {
  decayedParameters,
  mapParameters,
  parameterNames,
  type Parameters,
} from "../../src/model/Parameters.ts";
import { random } from "../../src/series/random.ts";
import { adamWStep, initialAdamW } from "../../src/train/AdamW.ts";
import { movedParameters, smallShape } from "../model/smallForecaster.ts";

const gradientsOf = (seed: number, size: number): Parameters => {
  const source = random(seed, 2);
  return mapParameters((name) => movedParameters(smallShape, 1)[name].map(() => size * source.normal()));
};

/** Algorithm 2 of Loshchilov & Hutter 2019 for one number, its gradients already clipped. */
const published = (
  start: number,
  gradients: readonly number[],
  rates: readonly number[],
  decay: number,
): number => {
  let theta = start;
  let m = 0;
  let v = 0;
  gradients.forEach((g, k) => {
    const t = k + 1;
    m = 0.9 * m + 0.1 * g;
    v = 0.99 * v + 0.01 * g * g;
    const mHat = m / (1 - 0.9 ** t);
    const vHat = v / (1 - 0.99 ** t);
    theta -= rates[k]! * (mHat / (Math.sqrt(vHat) + 1e-8) + decay * theta);
  });
  return theta;
};

describe("adamWStep", () => {
  it("is the published algorithm, with the gradient clipped over all parameters together", () => {
    const weightDecay = 0.1;
    const clipNorm = 2;
    const rates = [0.01, 0.02, 0.03, 0.02, 0.01];
    // The first, third and fifth gradient are longer than the clip, the others shorter.
    const gradients = [1, 0.01, 3, 0.02, 0.5].map((size, k) => gradientsOf(k, size));
    const lengths = gradients.map((step) =>
      Math.sqrt(parameterNames.reduce((sum, name) => sum + step[name].reduce((s, g) => s + g * g, 0), 0)),
    );
    expect(lengths.map((length) => length > clipNorm)).toEqual([true, false, true, false, true]);

    const start = movedParameters(smallShape, 1);
    const parameters = movedParameters(smallShape, 1);
    let state = initialAdamW(parameters);
    gradients.forEach((step, k) => {
      const result = adamWStep(parameters, step, state, rates[k]!, { weightDecay, clipNorm });
      expect(result.gradientNorm).toBeCloseTo(lengths[k]!, 4);
      state = result.state;
    });
    expect(state.step).toBe(5);
    for (const name of parameterNames) {
      const decay = decayedParameters.has(name) ? weightDecay : 0;
      start[name].forEach((value, index) => {
        const clipped = gradients.map((step, k) => step[name][index]! * Math.min(1, clipNorm / lengths[k]!));
        // Parameters and moments are float32: five steps round to some 1e-7 each.
        expect(Math.abs(parameters[name][index]! - published(value, clipped, rates, decay))).toBeLessThan(
          2e-6,
        );
      });
    }
  });

  it("without a gradient only decays weight matrices, by the learning rate times the decay", () => {
    const start = movedParameters(smallShape, 2);
    const parameters = movedParameters(smallShape, 2);
    const zero = mapParameters((name) => new Float32Array(start[name].length));
    const { gradientNorm } = adamWStep(parameters, zero, initialAdamW(parameters), 0.5, {
      weightDecay: 0.2,
      clipNorm: 1,
    });
    expect(gradientNorm).toBe(0);
    for (const name of parameterNames) {
      const kept = decayedParameters.has(name) ? 0.9 : 1;
      expect(parameters[name]).toEqual(start[name].map((value) => value * kept));
    }
  });
});
