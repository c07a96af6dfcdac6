import type { WhichScore } from "../../report/events/EventSummary.ts";

/** Counts how well the next token was foretold, event by event. */
export interface WhichTally {
  /** Adds what a model said of an event; returns the rank of what came, 1 for the likeliest, ties at their middle. */
  readonly add: (probabilities: Float64Array, token: number) => number;
  readonly score: () => WhichScore;
}

/**
 * @example
 * const tally = tallyWhich("coin");
 * tally.add(Float64Array.of(0.5, 0.5), 1); // => 1.5
 */
export const tallyWhich = (model: string): WhichTally => {
  let [events, loss, top1, top5, top10] = [0, 0, 0, 0, 0];
  return {
    add: (probabilities, token) => {
      const own = probabilities[token]!;
      let [above, equal] = [0, 0];
      for (const probability of probabilities) {
        if (probability > own) above++;
        else if (probability === own) equal++;
      }
      const rank = above + (equal + 1) / 2;
      events++;
      loss -= Math.log(own);
      top1 += Number(rank <= 1);
      top5 += Number(rank <= 5);
      top10 += Number(rank <= 10);
      return rank;
    },
    score: () => {
      const nats = loss / events;
      return {
        model,
        nats,
        perplexity: Math.exp(nats),
        top1: top1 / events,
        top5: top5 / events,
        top10: top10 / events,
      };
    },
  };
};
