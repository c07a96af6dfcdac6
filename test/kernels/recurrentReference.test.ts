import { describe, expect, it } from "vitest";
import { randomRecurrentCall } from "./randomRecurrentCall.ts";
import { type ReferenceCall, runRecurrentReference } from "./recurrentReference.ts";

const sizes = { batch: 2, steps: 4, inputs: 3, units: 2 };
const names = ["x", "w", "u", "mi", "initialState"] as const;

describe.each([
  ["rnn", 1],
  ["lstm", 1],
  ["gru", 1],
  ["rnn", 1.5],
  ["lstm", 2],
  ["gru", 3],
] as const)("the reference's gradients of the cell %s with slope %f", (cell, slope) => {
  const { stateGradient, ...rest } = randomRecurrentCall(sizes, 1, cell);
  const call: ReferenceCall & Record<(typeof names)[number], Float32Array> = { ...rest, slope };
  const carries = {
    "the state itself": (raw: number) => raw,
    // The straight-through rule is the exact gradient when the rounding is a constant offset.
    "a state offset by a constant": (raw: number, index: number) => raw + 0.1 * Math.sin(index),
  };

  for (const [title, carry] of Object.entries(carries)) {
    const loss = (changed: ReferenceCall): number =>
      runRecurrentReference(changed, carry).states.reduce(
        (sum, state, index) => sum + state * (stateGradient[index] ?? 0),
        0,
      );
    const gradients = runRecurrentReference(call, carry).backward(stateGradient);

    it.each(names)(`carrying ${title}: %s agrees with central differences to 1e-6`, (name) => {
      const step = 1e-5;
      const values = Float64Array.from(call[name]);
      const differences = values.map((value, index) => {
        const lossAt = (moved: number): number => loss({ ...call, [name]: values.with(index, moved) });
        return (lossAt(value + step) - lossAt(value - step)) / (2 * step);
      });
      const largest = Math.max(...differences.map(Math.abs));
      differences.forEach((difference, index) => {
        expect(Math.abs(difference - (gradients[name][index] ?? 0)) / largest).toBeLessThan(1e-6);
      });
    });
  }
});
