import { describe, expect, it } from "vitest";
import { tallyWhich } from "../../../src/jobs/events/whichScore.ts";

describe("tallyWhich", () => {
  it("has perplexity and shares of what was foretold", () => {
    const tally = tallyWhich("x");
    const twelve = Float64Array.from({ length: 12 }, (_, k) => (12 - k) / 78);
    expect([0, 4, 9, 11].map((token) => tally.add(twelve, token))).toEqual([1, 5, 10, 12]);
    const nats = -[12, 8, 3, 1].reduce((sum, weight) => sum + Math.log(weight / 78), 0) / 4;
    const { perplexity, ...rest } = tally.score();
    expect(perplexity).toBeCloseTo(Math.exp(nats), 9);
    expect(rest.nats).toBeCloseTo(nats, 12);
    expect(rest).toMatchObject({ model: "x", top1: 0.25, top5: 0.5, top10: 0.75 });
  });

  it("does not call one of several equal the first", () => {
    const tally = tallyWhich("even");
    tally.add(new Float64Array(4).fill(0.25), 0);
    expect(tally.score()).toMatchObject({ top1: 0, top5: 1 });
  });
});
