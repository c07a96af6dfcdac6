/** Bounds on the work and the memory of a shield; every implementation gives up at the same ones. */
import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import type { RuleSystem } from "./RuleSystem.ts";
import type { RuleComponent } from "./ruleComponents.ts";

/** Sweeps over the broken clauses of a component, and passes over the terms of a broken leaf in each. */
export const SWEEPS = 8;
export const PASSES_OVER_A_LEAF = 4;
/** Sweeps where the searches gave up: relations along a chain of entries pass what is moved on by one entry a sweep. */
export const LONG_SWEEPS = 512;
/** Sweeps after which the notes of which nodes were visited begin anew. */
export const SWEEPS_A_NOTE = 8;
/** Choices that are taken back before a search gives up. */
export const RETRACTIONS = 256;
/** Visits of leaves before a search gives up: this many a leaf, and a floor. */
const VISITS_A_LEAF = 400;
const VISITS_FLOOR = 50_000;

/** What a search of one component may take. */
export interface SearchBounds {
  readonly visits: number;
  /** Nodes that leave a choice: `any` and `atLeast` with more children than must hold. */
  readonly choices: number;
  /** Children of all those nodes. */
  readonly options: number;
}

export const searchBounds = (
  system: Pick<RuleSystem, "argument" | "childOffsets" | "kind">,
  component: RuleComponent,
): SearchBounds => {
  let choices = 0;
  let options = 0;
  for (const node of component.nodes) {
    const children = system.childOffsets[node + 1]! - system.childOffsets[node]!;
    const isCount = system.kind[node] === NodeKind.any || system.kind[node] === NodeKind.atLeast;
    if (!isCount || system.argument[node]! >= children) continue;
    choices++;
    options += children;
  }
  return {
    visits: Math.max(VISITS_FLOOR, VISITS_A_LEAF * component.leaves.length),
    choices,
    options,
  };
};

/** Nodes on the longest way from a clause down to a leaf, both counted: what a walk must remember. */
export const deepestClause = (
  system: Pick<RuleSystem, "childOffsets" | "children" | "components">,
): number => {
  const height = new Int32Array(system.childOffsets.length - 1);
  let deepest = 1;
  for (const { nodes } of system.components) {
    for (const node of nodes) {
      let below = 0;
      for (let edge = system.childOffsets[node]!; edge < system.childOffsets[node + 1]!; edge++) {
        below = Math.max(below, height[system.children[edge]!]!);
      }
      height[node] = below + 1;
      deepest = Math.max(deepest, below + 1);
    }
  }
  return deepest;
};
