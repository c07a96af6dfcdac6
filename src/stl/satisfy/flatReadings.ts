import type { ChoiceGraph } from "../project/ChoiceGraph.ts";
import { NodeGaps } from "../project/NodeGaps.ts";

const levels = [0.5, 0.25, 0.1, 0.02, 0.75, 0.9, 0.98];
const rounds = 2;

/**
 * Readings that are constant in every channel, at the levels of the channels' ranges that break the fewest clauses as
 * far as trying one channel after the other tells: most rule files hold on a quiet day, and a search that starts on
 * one has little to do. `width` variables in a row are one channel.
 */
export const flatReadings = (graph: ChoiceGraph, width: number): Float64Array => {
  const { clauses, lower, upper } = graph;
  const x = lower.map((least, v) => atLevel(least, upper[v] as number, 0.5));
  const gaps = new NodeGaps(graph);
  const broken = (): number => {
    gaps.measure(x);
    return clauses.reduce((count, clause) => count + ((gaps.gap[clause] as number) > 0 ? 1 : 0), 0);
  };
  const fill = (from: number, level: number): void => {
    for (let v = from; v < from + width; v++) x[v] = atLevel(lower[v] as number, upper[v] as number, level);
  };
  let fewest = broken();
  for (let round = 0; round < rounds; round++) {
    for (let from = 0; from < x.length && fewest > 0; from += width) {
      let best = x.slice(from, from + width);
      for (const level of levels) {
        fill(from, level);
        const count = broken();
        if (count < fewest) {
          fewest = count;
          best = x.slice(from, from + width);
        }
      }
      x.set(best, from);
    }
  }
  return x;
};

/** A share of a range; of one without an end, what is nearest to 0. */
const atLevel = (lower: number, upper: number, level: number): number =>
  Number.isFinite(upper - lower) ? lower + level * (upper - lower) : Math.min(Math.max(0, lower), upper);
