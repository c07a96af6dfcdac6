import { NodeKind, type UnrolledRule, unrolledRobustness } from "../../src/stl/index.ts";

/**
 * Robustness of what a forecast has in its hands: a predicate that reads given samples alone holds or does not, by +inf
 * or -inf, however near the limit it came.
 *
 * @param unrolled a formula over the whole trace
 * @param trace [signal][step]
 * @param given first samples of every signal that were measured
 */
export const forecastMargin = (unrolled: UnrolledRule, trace: Float64Array, given: number): number => {
  const { argument, channel, coefficient, constant, step, strict, termOffsets } = unrolled;
  const steps = trace.length / (Math.max(...channel) + 1);
  const kind = unrolled.kind.map((of, node) => {
    if (of !== NodeKind.leaf) return of;
    const leaf = argument[node]!;
    let value = constant[leaf]!;
    for (let k = termOffsets[leaf]!; k < termOffsets[leaf + 1]!; k++) {
      if (step[k]! >= given) return of;
      value += coefficient[k]! * trace[channel[k]! * steps + step[k]!]!;
    }
    if (Number.isNaN(value)) return of;
    return (strict[leaf] === 1 ? value > 0 : value >= 0) ? NodeKind.constantTrue : NodeKind.constantFalse;
  });
  return unrolledRobustness({ ...unrolled, kind }, { values: trace, steps }, 0, 1).lower;
};
