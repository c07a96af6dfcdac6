import { type ChoiceGraph, withinBounds } from "./ChoiceGraph.ts";
import type { NearestPoint } from "./NearestPoint.ts";
import type { Norm } from "./Norm.ts";
import { NodeGaps } from "./NodeGaps.ts";
import { NearestPointL1 } from "./NearestPointL1.ts";
import { NearestPointL2 } from "./NearestPointL2.ts";
import { NodeVariables } from "./NodeVariables.ts";
import { type Effort, searchChoices } from "./searchChoices.ts";

/** Clauses that are solved together. */
interface Island {
  readonly clauses: number[];
  readonly variables: Set<number>;
  complete: boolean;
}

export type Nearest =
  | { readonly kind: "found"; readonly x: Float64Array; readonly optimal: boolean }
  /** No point holds the clauses of these requirements together. */
  | { readonly kind: "impossible"; readonly owners: readonly number[] }
  | { readonly kind: "work-limit" };

/**
 * The point nearest to the given one that lies within the bounds and holds all clauses of a graph.
 *
 * Only broken clauses are looked at, apart from each other as long as they share no variable. Where what they moved
 * breaks another clause, that one joins them and they are solved anew. What is then nearest for some of the clauses
 * and holds all of them is nearest for all.
 */
export const nearestHolding = (graph: ChoiceGraph, norm: Norm, effort: Effort): Nearest => {
  const { clauses, clauseOwner, hopeless, lower, upper } = graph;
  if (hopeless.length > 0) return { kind: "impossible", owners: hopeless };
  const x = withinBounds(graph);
  const gaps = new NodeGaps(graph);
  const reads = new NodeVariables(graph);
  const islandOf = new Map<number, Island>();
  const ownersOf = (island: Island): number[] => {
    const own = new Set(island.clauses);
    return Array.from(new Set(clauseOwner.filter((_, c) => own.has(clauses[c] as number))));
  };
  const solved = new Set<number>();

  /** The island of a clause, joined from all those that share a variable with it. */
  const join = (clause: number, changed: Set<Island>): void => {
    const variables = reads.of(clause);
    const touched = new Set(Array.from(variables, (variable) => islandOf.get(variable)).filter((one) => one));
    const [island = { clauses: [], variables: new Set(), complete: false }, ...others] =
      touched as Set<Island>;
    island.clauses.push(clause);
    for (const variable of variables) island.variables.add(variable);
    for (const other of others) {
      island.clauses.push(...other.clauses);
      for (const variable of other.variables) island.variables.add(variable);
      changed.delete(other);
    }
    for (const variable of island.variables) islandOf.set(variable, island);
    changed.add(island);
    solved.add(clause);
  };

  for (;;) {
    gaps.measure(x);
    const changed = new Set<Island>();
    for (const clause of clauses) {
      if ((gaps.gap[clause] as number) > 0 && !solved.has(clause)) join(clause, changed);
    }
    if (changed.size === 0) break;
    for (const island of changed) {
      const start: NearestPoint = norm === "l2" ? new NearestPointL2(graph) : new NearestPointL1(graph);
      const { point, complete } = searchChoices(graph, island.clauses, start, reads, effort);
      if (point === undefined) {
        return complete ? { kind: "impossible", owners: ownersOf(island) } : { kind: "work-limit" };
      }
      island.complete = complete;
      for (const variable of island.variables) {
        const value = point.x[variable] as number;
        x[variable] = Math.min(Math.max(value, lower[variable] as number), upper[variable] as number);
      }
    }
  }
  return { kind: "found", x, optimal: Array.from(islandOf.values()).every((island) => island.complete) };
};
