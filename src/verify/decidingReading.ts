import type { CompiledRule } from "../edge/CompiledRule.ts";
import { NodeKind } from "../stl/unroll/UnrolledRule.ts";

/** Where a rule is decided. */
export interface DecidingReading {
  readonly sensor: number;
  /** From the origin. */
  readonly step: number;
}

/**
 * The latest reading of the leaf that decides a rule: at each `all` the worst child, at each `any` the best, at an
 * `atLeast` the k-th best. `quanta(channel, sensor, step)` gives readings in quanta, NaN where missing (then the
 * leaf counts as broken).
 */
export const decidingReading = (
  rule: CompiledRule,
  quanta: (channel: number, sensor: number, step: number) => number,
): DecidingReading | undefined => {
  const values = new Float64Array(rule.kind.length);
  const decidedBy = new Int32Array(rule.kind.length);
  for (let node = 0; node < rule.kind.length; node++) {
    const children = Array.from(
      rule.children.subarray(rule.childOffsets[node], rule.childOffsets[node + 1]),
    ).sort((a, b) => values[b]! - values[a]!);
    const kind = rule.kind[node];
    const rank =
      kind === NodeKind.all
        ? children.length
        : kind === NodeKind.any
          ? 1
          : kind === NodeKind.atLeast
            ? rule.argument[node]!
            : 0;
    const chosen = children[rank - 1];
    decidedBy[node] = chosen === undefined ? node : decidedBy[chosen]!;
    values[node] =
      chosen !== undefined
        ? values[chosen]!
        : kind === NodeKind.leaf
          ? leafQuanta(rule, rule.argument[node]!, quanta)
          : kind === NodeKind.all || kind === NodeKind.constantTrue
            ? Infinity
            : -Infinity;
  }
  const decider = decidedBy[rule.kind.length - 1]!;
  if (rule.kind[decider] !== NodeKind.leaf) return undefined;
  const leaf = rule.argument[decider]!;
  let latest: DecidingReading | undefined;
  for (let term = rule.termOffsets[leaf]!; term < rule.termOffsets[leaf + 1]!; term++) {
    const step = rule.step[term]!;
    if (latest === undefined || step > latest.step) latest = { sensor: rule.sensor[term]!, step };
  }
  return latest;
};

const leafQuanta = (
  rule: CompiledRule,
  leaf: number,
  quanta: (channel: number, sensor: number, step: number) => number,
): number => {
  let sum = rule.constant[leaf]!;
  for (let term = rule.termOffsets[leaf]!; term < rule.termOffsets[leaf + 1]!; term++) {
    sum += rule.coefficient[term]! * quanta(rule.channel[term]!, rule.sensor[term]!, rule.step[term]!);
  }
  return Number.isNaN(sum) ? -Infinity : sum;
};
