import { describe, expect, it } from "vitest";
import {
  countInContexts,
  fitContextCounts,
  lossInContexts,
  probabilitiesIn,
} from "../../../src/series/events/ContextCounts.ts";
import { random } from "../../../src/series/random.ts";

/** Each token is followed by the next of five with a probability, else by any. */
const chain = (events: number, follows: number, seed: number) => {
  const numbers = random(seed);
  const all = [0];
  for (let k = 0; k < events; k++) {
    const next = numbers.uniform() < follows ? (all.at(-1)! + 1) % 5 : Math.floor(5 * numbers.uniform());
    all.push(next);
  }
  return { tokens: Int32Array.from(all.slice(1)), contexts: Int32Array.from(all.slice(0, -1)) };
};

describe("counts by context", () => {
  const { contexts, tokens } = chain(200, 0.5, 1);
  const model = countInContexts(tokens, contexts, 5, 3);

  it("are probabilities in every context, one never seen included", () => {
    for (const context of [0, 1, 4, 99]) {
      const probabilities = probabilitiesIn(model, context);
      expect(probabilities.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...probabilities)).toBeGreaterThan(0);
    }
    expect(probabilitiesIn(model, 99)).toEqual(model.overall);
  });

  it("are (n + strength overall) / (N + strength)", () => {
    const after2 = Array.from(tokens).filter((_, k) => contexts[k] === 2);
    const to3 = after2.filter((token) => token === 3).length;
    const overall = (tokens.filter((token) => token === 3).length + 1) / 205;
    expect(probabilitiesIn(model, 2)[3]).toBeCloseTo((to3 + 3 * overall) / (after2.length + 3), 12);
  });

  it("have as loss the mean of -log of what came", () => {
    const other = chain(50, 0.5, 2);
    const losses = Array.from(
      other.tokens,
      (token, k) => -Math.log(probabilitiesIn(model, other.contexts[k]!)[token]!),
    );
    expect(lossInContexts(model, other.tokens, other.contexts)).toBeCloseTo(
      losses.reduce((sum, loss) => sum + loss, 0) / 50,
      12,
    );
  });

  it("are trusted as the validation stream allows", () => {
    const fit = (follows: number) =>
      fitContextCounts(chain(300, follows, 3), chain(300, follows, 4), 5).strength;
    expect(fit(0.95)).toBeLessThan(8);
    expect(fit(0)).toBeGreaterThan(50);
  });
});
