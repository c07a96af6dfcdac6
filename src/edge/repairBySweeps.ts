import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import { leafValue, type RepairTask } from "./RepairTask.ts";
import { judgeNodes, leafValues, type RuleSystem } from "./RuleSystem.ts";
import { deepestClause, PASSES_OVER_A_LEAF, SWEEPS_A_NOTE } from "./shieldBounds.ts";

/** Moves a forecast in place, by so many sweeps at most; true where every clause then reaches what it needs. */
export type SweepRepair = (task: RepairTask, forecast: Int32Array, sweeps: number) => boolean;

/**
 * Repairs by cyclic projection: each sweep visits the broken clauses in order and shifts the variables of each broken
 * leaf by the nearest whole amounts that mend it. `all` mends every child, `any` and `atLeast` the children that
 * are nearest to holding; that choice is kept from sweep to sweep, so that two children cannot take turns.
 *
 * Each sweep is linear in nodes and terms (four passes over the terms of a broken leaf).
 */
export const createSweepRepair = (system: RuleSystem): SweepRepair => {
  const { kind, childOffsets, children, argument, freeOffsets, freeCoefficient, freeVariable } = system;
  const leaves = new Float64Array(system.constant.length);
  const nodes = new Float64Array(kind.length);
  const visitedIn = new Uint8Array(kind.length);
  const chosen = new Uint8Array(children.length);
  const hasChosen = new Uint8Array(kind.length);
  const depth = deepestClause(system);
  // The walk below a clause: nodes on the way down, and the next child of each.
  const wayNode = new Int32Array(depth);
  const wayEdge = new Int32Array(depth);

  const mendLeaf = (task: RepairTask, forecast: Int32Array, leaf: number): void => {
    let deficit = task.needed[system.leafRule[leaf]!]! - leafValue(system, task.fixed, forecast, leaf);
    if (deficit === Infinity) return;
    for (let pass = 0; pass < PASSES_OVER_A_LEAF && deficit > 0; pass++) {
      const from = freeOffsets[leaf]!;
      const to = freeOffsets[leaf + 1]!;
      let squares = 0;
      for (let term = from; term < to; term++) {
        if (roomOf(task, forecast, term) > 0) squares += freeCoefficient[term]! ** 2;
      }
      if (squares === 0) return;
      for (let term = from; term < to && deficit > 0; term++) {
        const room = roomOf(task, forecast, term);
        if (room <= 0) continue;
        const coefficient = freeCoefficient[term]!;
        const size = Math.abs(coefficient);
        const move = Math.min(room, Math.ceil((size * deficit) / squares));
        forecast[freeVariable[term]!]! += coefficient > 0 ? move : -move;
        deficit -= size * move;
        squares -= size * size;
      }
    }
  };

  /** How far the variable of a term can go in the direction that helps. */
  const roomOf = (task: RepairTask, forecast: Int32Array, term: number): number => {
    const variable = freeVariable[term]!;
    return freeCoefficient[term]! > 0
      ? task.maximum[variable]! - forecast[variable]!
      : forecast[variable]! - task.minimum[variable]!;
  };

  const choose = (node: number): void => {
    hasChosen[node] = 1;
    for (let count = 0; count < argument[node]!; count++) {
      let best = -1;
      for (let edge = childOffsets[node]!; edge < childOffsets[node + 1]!; edge++) {
        if (chosen[edge] === 1) continue;
        if (best < 0 || nodes[children[edge]!]! > nodes[children[best]!]!) best = edge;
      }
      if (best >= 0) chosen[best] = 1;
    }
  };

  /** Mends a leaf; true for a node whose children are to be mended. */
  const enter = (
    task: RepairTask,
    forecast: Int32Array,
    node: number,
    needed: number,
    note: number,
  ): boolean => {
    if (nodes[node]! >= needed || visitedIn[node] === note) return false;
    visitedIn[node] = note;
    if (kind[node] === NodeKind.leaf) mendLeaf(task, forecast, argument[node]!);
    if (childOffsets[node] === childOffsets[node + 1]) return false;
    if (kind[node] !== NodeKind.all && hasChosen[node] === 0) choose(node);
    return true;
  };

  const mend = (
    task: RepairTask,
    forecast: Int32Array,
    clause: number,
    needed: number,
    note: number,
  ): void => {
    if (!enter(task, forecast, clause, needed, note)) return;
    let at = 0;
    wayNode[0] = clause;
    wayEdge[0] = childOffsets[clause]!;
    while (at >= 0) {
      const node = wayNode[at]!;
      const edge = wayEdge[at]!++;
      if (edge === childOffsets[node + 1]) at--;
      else if (kind[node] === NodeKind.all || chosen[edge] === 1) {
        const child = children[edge]!;
        if (!enter(task, forecast, child, needed, note)) continue;
        wayNode[++at] = child;
        wayEdge[at] = childOffsets[child]!;
      }
    }
  };

  return (task, forecast, sweeps) => {
    const { clauses, clauseRule } = task.component;
    for (const node of task.component.nodes) {
      hasChosen[node] = 0;
      chosen.fill(0, childOffsets[node], childOffsets[node + 1]);
    }
    for (let sweep = 1; ; sweep++) {
      const note = ((sweep - 1) % SWEEPS_A_NOTE) + 1;
      if (note === 1) for (const node of task.component.nodes) visitedIn[node] = 0;
      leafValues(system, task.fixed, forecast, leaves, task.component.leaves);
      judgeNodes(system, leaves, task.clock, nodes, task.component.nodes);
      let broken = false;
      for (let index = 0; index < clauses.length; index++) {
        const clause = clauses[index]!;
        const needed = task.needed[clauseRule[index]!]!;
        if (nodes[clause]! >= needed) continue;
        broken = true;
        if (sweep <= sweeps) mend(task, forecast, clause, needed, note);
      }
      if (!broken) return true;
      if (sweep > sweeps) return false;
    }
  };
};
