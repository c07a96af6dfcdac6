import type { ChoiceGraph } from "./ChoiceGraph.ts";
import { foldRequirements, type Requirement } from "./foldRequirements.ts";
import type { Room, Variables } from "./GraphBuilder.ts";
import { type Nearest, nearestHolding } from "./nearestHolding.ts";
import type { Norm } from "./Norm.ts";
import { settleRounding } from "./settleRounding.ts";

/** Tried in turn until the exact evaluator agrees; only the first can prove that nothing holds. */
const rooms: readonly Room[] = [
  { rows: 0, strict: 2 ** -44 },
  { rows: 2 ** -44, strict: 2 ** -43 },
  { rows: 2 ** -36, strict: 2 ** -36 },
];

/** Of the work of one attempt. */
const shareToBetter = 0.05;

export type Projected = Nearest | { readonly kind: "rounding" };

/**
 * The nearest values of the variables that meet all requirements and that `accept`, the exact evaluator, takes.
 * `limit` bounds the pivots and branches of each attempt; with `toBetter` 0 the first point found will do.
 */
export const projectRequirements = (
  requirements: readonly Requirement[],
  variables: Variables,
  norm: Norm,
  limit: number,
  accept: (x: Float64Array) => boolean,
  toBetter = shareToBetter,
): Projected => {
  for (const room of rooms) {
    const graph = foldRequirements(requirements, variables, room);
    const nearest = nearestIn(graph, norm, limit, toBetter);
    if (nearest.kind === "found") {
      if (settleRounding(graph, nearest.x, () => accept(nearest.x))) return nearest;
    } else return room === rooms[0] ? nearest : { kind: "rounding" };
  }
  return { kind: "rounding" };
};

/** Where the work does not suffice in l1, whose bounds tell less, a point that is near in l2 is better than none. */
const nearestIn = (graph: ChoiceGraph, norm: Norm, limit: number, toBetter: number): Nearest => {
  const nearest = nearestHolding(graph, norm, { work: { spent: 0, limit }, toBetter });
  if (norm === "l2" || nearest.kind !== "work-limit") return nearest;
  const other = nearestHolding(graph, "l2", { work: { spent: 0, limit }, toBetter: 0 });
  return other.kind === "found" ? { ...other, optimal: false } : other;
};
