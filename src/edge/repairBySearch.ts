import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import type { RepairTask } from "./RepairTask.ts";
import { judgeNodes, leafValues, type RuleSystem } from "./RuleSystem.ts";

/** Choices that are taken back before the search gives up. */
const RETRACTIONS = 256;
/** Visits of leaves before the search gives up: this many a leaf, and a floor. */
const VISITS_A_LEAF = 400;
const VISITS_FLOOR = 50_000;

/**
 * `found`: the result reaches what every clause needs. `impossible`: proved that no entries within the bounds do.
 * `given-up`: neither, within the bound on work.
 */
export type SearchOutcome = "found" | "impossible" | "given-up";

/** Looks for entries of the component near `wanted`; writes them to `result` where there are some. */
export type SearchRepair = (task: RepairTask, wanted: Int32Array, result: Int32Array) => SearchOutcome;

/**
 * Repairs by interval propagation and choice.
 *
 * The leaves that must hold in any case narrow the interval of every entry until nothing changes (each leaf bounds
 * one variable by the best that the others can do). Then, one after another and the widest clauses first, each `any`
 * and `atLeast` takes the children that can still hold and are nearest to holding; a choice that empties an interval
 * is taken back. At
 * last the entries are fixed forward in time, each at the value of its interval nearest to the wanted one, with
 * the intervals narrowed after each. For limits, ramps and relations of two entries this never fails once the
 * choices stand: such systems of difference constraints are decomposable (Dechter, Meiri and Pearl,
 * Temporal constraint networks, 1991).
 *
 * Work is bounded: 256 choices taken back and max(50 000, 400 a leaf) visits of leaves.
 */
export const createSearchRepair = (system: RuleSystem): SearchRepair => {
  const { kind, childOffsets, children, argument, leafRule, variables } = system;
  const { freeOffsets, freeCoefficient, freeVariable, leavesOffsets, leavesOf } = system;
  const leafCount = system.constant.length;
  const leaves = new Float64Array(leafCount);
  const nodes = new Float64Array(kind.length);
  const low = new Int32Array(variables);
  const high = new Int32Array(variables);
  const active = new Uint8Array(leafCount);
  const queued = new Uint8Array(leafCount);
  const postponed = new Uint8Array(kind.length);
  const ruleOf = rulesOfNodes(system);

  let task: RepairTask;
  let visits = 0;
  let visitLimit = 0;
  // What must be undone when a choice is taken back.
  const narrowed: number[] = [];
  const activated: number[] = [];
  const pending: number[] = [];
  let queue: number[] = [];

  const needOf = (leaf: number): number => task.needed[leafRule[leaf]!]!;

  const setLow = (variable: number, value: number): void => {
    narrowed.push(variable, low[variable]!, high[variable]!);
    low[variable] = value;
  };
  const setHigh = (variable: number, value: number): void => {
    narrowed.push(variable, low[variable]!, high[variable]!);
    high[variable] = value;
  };

  const enqueueReaders = (variable: number, except: number): void => {
    for (let at = leavesOffsets[variable]!; at < leavesOffsets[variable + 1]!; at++) {
      const leaf = leavesOf[at]!;
      if (leaf !== except && active[leaf] === 1 && queued[leaf] === 0) {
        queued[leaf] = 1;
        queue.push(leaf);
      }
    }
  };

  /** Largest (`best`) or smallest value of a leaf within the intervals. */
  const extreme = (leaf: number, best: boolean): number => {
    visits++;
    let sum = task.fixed[leaf]!;
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      const coefficient = freeCoefficient[term]!;
      const variable = freeVariable[term]!;
      sum += coefficient * (coefficient > 0 === best ? high[variable]! : low[variable]!);
    }
    return sum;
  };

  const narrowByLeaf = (leaf: number): boolean => {
    const slack = extreme(leaf, true) - needOf(leaf);
    if (!(slack >= 0)) return false;
    if (slack === Infinity) return true;
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      const coefficient = freeCoefficient[term]!;
      const variable = freeVariable[term]!;
      const reach = Math.floor(slack / Math.abs(coefficient));
      if (coefficient > 0 && high[variable]! - reach > low[variable]!) {
        setLow(variable, high[variable]! - reach);
        enqueueReaders(variable, leaf);
      } else if (coefficient < 0 && low[variable]! + reach < high[variable]!) {
        setHigh(variable, low[variable]! + reach);
        enqueueReaders(variable, leaf);
      }
    }
    return true;
  };

  const propagate = (): boolean => {
    let consistent = true;
    for (let at = 0; at < queue.length; at++) {
      const leaf = queue[at]!;
      queued[leaf] = 0;
      if (consistent) consistent = visits < visitLimit && narrowByLeaf(leaf);
    }
    queue = [];
    return consistent;
  };

  /** Demands a node: activates its leaves, postpones its choices. */
  const demand = (node: number): boolean => {
    const from = childOffsets[node]!;
    const to = childOffsets[node + 1]!;
    switch (kind[node]!) {
      case NodeKind.leaf: {
        const leaf = argument[node]!;
        if (active[leaf] === 1) return true;
        active[leaf] = 1;
        activated.push(leaf);
        queued[leaf] = 1;
        queue.push(leaf);
        return true;
      }
      case NodeKind.clock:
        return task.clock[argument[node]!] === Infinity;
      case NodeKind.constantTrue:
        return true;
      case NodeKind.constantFalse:
        return false;
      default: {
        const count = argument[node]!;
        if (count <= 0) return true;
        if (count > to - from) return false;
        if (count === to - from) {
          for (let edge = from; edge < to; edge++) if (!demand(children[edge]!)) return false;
          return true;
        }
        // Where no more children can hold than must, there is nothing to choose: deciding late would cost retractions.
        const needed = task.needed[ruleOf[node]!]!;
        const able = childrenOf(system, node).filter((child) => holds(child, needed, true));
        if (able.length <= count) return able.length === count && able.every(demand);
        if (postponed[node] === 0) {
          postponed[node] = 1;
          pending.push(node);
        }
        return true;
      }
    }
  };

  /** Whether a node can (`best`) or must hold within the intervals, as far as each leaf by itself tells. */
  const holds = (node: number, needed: number, best: boolean): boolean => {
    switch (kind[node]!) {
      case NodeKind.leaf:
        return extreme(argument[node]!, best) >= needed;
      case NodeKind.clock:
        return task.clock[argument[node]!] === Infinity;
      case NodeKind.constantTrue:
        return true;
      case NodeKind.constantFalse:
        return false;
      default: {
        let missing = argument[node]!;
        const to = childOffsets[node + 1]!;
        for (let edge = childOffsets[node]!; missing > 0 && edge < to; edge++) {
          if (holds(children[edge]!, needed, best)) missing--;
          else if (to - edge - 1 < missing) return false;
        }
        return missing <= 0;
      }
    }
  };

  const undo = (mark: Mark): void => {
    while (narrowed.length > mark.narrowed) {
      const oldHigh = narrowed.pop()!;
      const oldLow = narrowed.pop()!;
      const variable = narrowed.pop()!;
      low[variable] = oldLow;
      high[variable] = oldHigh;
    }
    while (activated.length > mark.activated) active[activated.pop()!] = 0;
    while (pending.length > mark.pending) postponed[pending.pop()!] = 0;
  };
  const mark = (): Mark => ({
    narrowed: narrowed.length,
    activated: activated.length,
    pending: pending.length,
  });

  const demandAll = (chosen: Iterable<number>): boolean => {
    let possible = true;
    for (const node of chosen) possible &&= demand(node);
    return propagate() && possible;
  };

  /**
   * Whether a node can hold beside all that is demanded already: tried out, because its leaves may be possible one by
   * one and impossible together.
   */
  const canHold = (node: number): boolean => {
    const before = mark();
    const possible = demandAll([node]);
    undo(before);
    return possible;
  };

  /** Fixes the entries forward in time. */
  const assign = (wanted: Int32Array): boolean => {
    for (const variable of task.component.variables) {
      if (low[variable] === high[variable]) continue;
      const nearest = Math.min(Math.max(wanted[variable]!, low[variable]!), high[variable]!);
      const fixed = [nearest, low[variable]!, high[variable]!].some((value) => {
        const before = mark();
        setLow(variable, value);
        setHigh(variable, value);
        enqueueReaders(variable, -1);
        if (propagate()) return true;
        undo(before);
        return false;
      });
      if (!fixed) return false;
    }
    return true;
  };

  return (given, wanted, result) => {
    task = given;
    const { component } = task;
    visits = 0;
    visitLimit = Math.max(VISITS_FLOOR, VISITS_A_LEAF * component.leaves.length);
    undo({ narrowed: 0, activated: 0, pending: 0 });
    for (const variable of component.variables) {
      low[variable] = task.minimum[variable]!;
      high[variable] = task.maximum[variable]!;
    }
    leafValues(system, task.fixed, wanted, -Infinity, leaves, component.leaves);
    judgeNodes(system, leaves, task.clock, nodes, component.nodes);
    if (!demandAll(component.widestFirst)) return visits < visitLimit ? "impossible" : "given-up";

    let exhaustive = true;
    let retractions = 0;
    let position = 0;
    const frames: Frame[] = [];
    for (;;) {
      let stuck = false;
      if (position === pending.length) {
        const before = mark();
        if (assign(wanted)) {
          for (const variable of component.variables) result[variable] = low[variable]!;
          return "found";
        }
        undo(before);
        exhaustive = false;
        retractions++;
        stuck = true;
      } else {
        const node = pending[position]!;
        const needed = task.needed[ruleOf[node]!]!;
        if (holds(node, needed, false)) {
          position++;
          continue;
        }
        const able = childrenOf(system, node)
          .filter((child) => holds(child, needed, true) && (argument[node] === 1 || canHold(child)))
          .sort((a, b) => nodes[b]! - nodes[a]! || a - b);
        if (argument[node]! > 1 && able.length > argument[node]!) exhaustive = false;
        frames.push({ position, options: optionsOf(able, argument[node]!), next: 0, before: mark() });
      }
      // Takes the next option of the latest choice that has one left.
      for (;;) {
        const frame = frames.at(-1);
        if (frame === undefined) return exhaustive && visits < visitLimit ? "impossible" : "given-up";
        if (stuck) undo(frame.before);
        const option = frame.options[frame.next++];
        if (option === undefined) {
          frames.pop();
          stuck = true;
          continue;
        }
        if (retractions > RETRACTIONS || visits >= visitLimit) return "given-up";
        if (demandAll(option)) {
          position = frame.position + 1;
          break;
        }
        stuck = true;
        retractions++;
      }
    }
  };
};

interface Mark {
  readonly narrowed: number;
  readonly activated: number;
  readonly pending: number;
}

interface Frame {
  readonly position: number;
  readonly options: readonly (readonly number[])[];
  next: number;
  readonly before: Mark;
}

/** The `count` best of some nodes, then that set with its last member exchanged for each of the others. */
const optionsOf = (ordered: readonly number[], count: number): readonly (readonly number[])[] => {
  if (ordered.length < count) return [];
  const kept = ordered.slice(0, count - 1);
  return ordered.slice(count - 1).map((last) => [...kept, last]);
};

const childrenOf = (system: RuleSystem, node: number): number[] =>
  Array.from(system.children.subarray(system.childOffsets[node], system.childOffsets[node + 1]));

const rulesOfNodes = (system: RuleSystem): Int32Array => {
  const owner = new Int32Array(system.kind.length);
  for (let rule = 0; rule < system.rules.length; rule++) {
    owner.fill(rule, system.firstNode[rule], system.firstNode[rule + 1]);
  }
  return owner;
};
