import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import { createEntryIntervals } from "./EntryIntervals.ts";
import { createLeafQueue } from "./LeafQueue.ts";
import type { RepairTask } from "./RepairTask.ts";
import { judgeNodes, leafValues, rulesOfNodes, type RuleSystem } from "./RuleSystem.ts";
import type { RuleComponent } from "./ruleComponents.ts";
import { deepestClause, RETRACTIONS, type SearchBounds, searchBounds } from "./shieldBounds.ts";

/**
 * `found`: the result reaches what every clause needs. `impossible`: proved that no entries within the bounds do.
 * `given-up`: neither, within the bounds on work and memory.
 */
export type SearchOutcome = "found" | "impossible" | "given-up";

/** Looks for entries of the component near `wanted`; writes them to `result` where there are some. */
export type SearchRepair = (task: RepairTask, wanted: Int32Array, result: Int32Array) => SearchOutcome;

/** What becomes of a node that is demanded: it cannot hold, all is said, or some of its children are demanded. */
const Demand = { refused: 0, settled: 1, opened: 2 } as const;
type Demand = (typeof Demand)[keyof typeof Demand];

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
 * Work is bounded: 256 choices taken back, max(50 000, 400 a leaf) visits of leaves. All memory is taken
 * at the start.
 */
export const createSearchRepair = (system: RuleSystem): SearchRepair => {
  const { kind, childOffsets, children, argument, leafRule, variables, components } = system;
  const { freeOffsets, freeCoefficient, freeVariable, leavesOffsets, leavesOf } = system;
  const bounds = new Map<RuleComponent, SearchBounds>(
    components.map((component) => [component, searchBounds(system, component)]),
  );
  const most = (of: (bound: SearchBounds) => number): number =>
    Math.max(0, ...Array.from(bounds.values(), of));
  const choices = most((bound) => bound.choices);
  const leafCount = system.constant.length;
  const leaves = new Float64Array(leafCount);
  const nodes = new Float64Array(kind.length);
  const intervals = createEntryIntervals(variables);
  const { low, high } = intervals;
  const active = new Uint8Array(leafCount);
  const postponed = new Uint8Array(kind.length);
  const able = new Uint8Array(children.length);
  const ruleOf = rulesOfNodes(system);
  // What must be undone when a choice is taken back.
  const activated = new Int32Array(leafCount);
  const pending = new Int32Array(choices);
  let activatedCount = 0;
  let pendingCount = 0;
  const queue = createLeafQueue(leafCount);
  // A choice that stands: which one, its options, the next of them, and how long the lists above were then.
  const framePosition = new Int32Array(choices);
  const frameOptions = new Int32Array(choices + 1);
  const frameNext = new Int32Array(choices);
  const frameActivated = new Int32Array(choices);
  const framePending = new Int32Array(choices);
  const options = new Int32Array(most((bound) => bound.options));
  // Two walks down the graph: nodes on the way, the next child of each, and how many must still hold.
  const depth = deepestClause(system);
  const heldNode = new Int32Array(depth);
  const heldEdge = new Int32Array(depth);
  const heldMissing = new Int32Array(depth);
  const wayNode = new Int32Array(depth);
  const wayEdge = new Int32Array(depth);

  let task: RepairTask;
  let visits = 0;
  let visitLimit = 0;
  /** Leaves that are active whatever is chosen. */
  let rootActivated = 0;

  const enqueueReaders = (variable: number, except: number): void => {
    for (let at = leavesOffsets[variable]!; at < leavesOffsets[variable + 1]!; at++) {
      const leaf = leavesOf[at]!;
      if (leaf !== except && active[leaf] === 1) queue.add(leaf);
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

  const narrow = (variable: number, newLow: number, newHigh: number, leaf: number): void => {
    intervals.narrow(variable, newLow, newHigh);
    enqueueReaders(variable, leaf);
  };

  const narrowByLeaf = (leaf: number): boolean => {
    const slack = extreme(leaf, true) - task.needed[leafRule[leaf]!]!;
    if (!(slack >= 0)) return false;
    if (slack === Infinity) return true;
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      const coefficient = freeCoefficient[term]!;
      const variable = freeVariable[term]!;
      const reach = Math.floor(slack / Math.abs(coefficient));
      if (coefficient > 0 && high[variable]! - reach > low[variable]!) {
        narrow(variable, high[variable]! - reach, high[variable]!, leaf);
      } else if (coefficient < 0 && low[variable]! + reach < high[variable]!) {
        narrow(variable, low[variable]!, low[variable]! + reach, leaf);
      }
    }
    return true;
  };

  /** Visits the leaves that wait; where nothing can hold any more, it only empties the queue. */
  const propagate = (possible: boolean): boolean => {
    let consistent = possible;
    for (let leaf = queue.take(); leaf >= 0; leaf = queue.take()) {
      if (consistent) consistent = visits < visitLimit && narrowByLeaf(leaf);
    }
    return consistent;
  };

  /** Whether a node can (`best`) or must hold within the intervals, as far as each leaf by itself tells. */
  const holds = (root: number, needed: number, best: boolean): boolean => {
    let at = 0;
    heldNode[0] = root;
    heldEdge[0] = childOffsets[root]!;
    heldMissing[0] = argument[root]!;
    for (;;) {
      const node = heldNode[at]!;
      let result = 0;
      switch (kind[node]!) {
        case NodeKind.leaf:
          result = visits < visitLimit && extreme(argument[node]!, best) >= needed ? 1 : 0;
          break;
        case NodeKind.clock:
          result = task.clock[argument[node]!] === Infinity ? 1 : 0;
          break;
        case NodeKind.constantTrue:
          result = 1;
          break;
        case NodeKind.constantFalse:
          break;
        default:
          if (heldMissing[at]! <= 0) {
            result = 1;
          } else if (childOffsets[node + 1]! - heldEdge[at]! >= heldMissing[at]!) {
            const child = children[heldEdge[at]!++]!;
            heldNode[++at] = child;
            heldEdge[at] = childOffsets[child]!;
            heldMissing[at] = argument[child]!;
            continue;
          }
      }
      if (at === 0) return result === 1;
      heldMissing[--at]! -= result;
    }
  };

  /** Activates a leaf or postpones a choice; of an opened node the children to demand are those marked able. */
  const enter = (node: number): Demand => {
    const from = childOffsets[node]!;
    const to = childOffsets[node + 1]!;
    switch (kind[node]!) {
      case NodeKind.leaf: {
        const leaf = argument[node]!;
        if (active[leaf] === 1) return Demand.settled;
        active[leaf] = 1;
        activated[activatedCount++] = leaf;
        queue.add(leaf);
        return Demand.settled;
      }
      case NodeKind.clock:
        return task.clock[argument[node]!] === Infinity ? Demand.settled : Demand.refused;
      case NodeKind.constantTrue:
        return Demand.settled;
      case NodeKind.constantFalse:
        return Demand.refused;
      default: {
        const count = argument[node]!;
        if (count <= 0) return Demand.settled;
        if (count > to - from) return Demand.refused;
        if (count === to - from) {
          able.fill(1, from, to);
          return Demand.opened;
        }
        // Where no more children can hold than must, there is nothing to choose: deciding late would cost retractions.
        const needed = task.needed[ruleOf[node]!]!;
        let ableCount = 0;
        for (let edge = from; edge < to; edge++) {
          able[edge] = holds(children[edge]!, needed, true) ? 1 : 0;
          ableCount += able[edge]!;
        }
        if (ableCount <= count) return ableCount === count ? Demand.opened : Demand.refused;
        if (postponed[node] === 0) {
          postponed[node] = 1;
          pending[pendingCount++] = node;
        }
        return Demand.settled;
      }
    }
  };

  /** Demands a node and what must hold under it. */
  const demand = (root: number): boolean => {
    const first = enter(root);
    if (first !== Demand.opened) return first === Demand.settled;
    let at = 0;
    wayNode[0] = root;
    wayEdge[0] = childOffsets[root]!;
    while (at >= 0) {
      const edge = wayEdge[at]!++;
      if (edge === childOffsets[wayNode[at]! + 1]) {
        at--;
      } else if (able[edge] === 1) {
        const child = children[edge]!;
        const met = enter(child);
        if (met === Demand.refused) return false;
        if (met === Demand.settled) continue;
        wayNode[++at] = child;
        wayEdge[at] = childOffsets[child]!;
      }
    }
    return true;
  };

  const release = (activatedMark: number, pendingMark: number): void => {
    while (activatedCount > activatedMark) active[activated[--activatedCount]!] = 0;
    while (pendingCount > pendingMark) postponed[pending[--pendingCount]!] = 0;
  };

  /**
   * Takes choices back. What the leaves that stay active make of the root's intervals is the same in whatever order they
   * narrow them, so it is found anew instead of being remembered.
   */
  const retract = (activatedMark: number, pendingMark: number): void => {
    release(activatedMark, pendingMark);
    intervals.backToRoot(task.component.variables);
    for (let index = rootActivated; index < activatedCount; index++) queue.add(activated[index]!);
    propagate(true);
  };

  /**
   * Whether a node can hold beside all that is demanded already: tried out, because its leaves may be possible one by
   * one and impossible together.
   */
  const canHold = (node: number): boolean => {
    const activatedMark = activatedCount;
    const pendingMark = pendingCount;
    intervals.mark();
    const possible = propagate(demand(node));
    intervals.undo();
    release(activatedMark, pendingMark);
    return possible;
  };

  /** Fixes one entry at a value; where that empties an interval, nothing has changed. */
  const fix = (variable: number, value: number): boolean => {
    intervals.mark();
    narrow(variable, value, value, -1);
    if (propagate(true)) return true;
    intervals.undo();
    return false;
  };

  /** Fixes the entries forward in time. */
  const assign = (wanted: Int32Array): boolean => {
    for (const variable of task.component.variables) {
      const least = low[variable]!;
      const largest = high[variable]!;
      if (least === largest) continue;
      const nearest = Math.min(Math.max(wanted[variable]!, least), largest);
      if (fix(variable, nearest)) continue;
      if (nearest !== least && fix(variable, least)) continue;
      if (nearest !== largest && fix(variable, largest)) continue;
      return false;
    }
    return true;
  };

  /** Lists the children of a choice that can hold, the nearest to holding first, from `options[first]` on; gives the end. */
  const listOptions = (node: number, needed: number, first: number): number => {
    let end = first;
    for (let edge = childOffsets[node]!; edge < childOffsets[node + 1]!; edge++) {
      const child = children[edge]!;
      if (!holds(child, needed, true) || (argument[node]! > 1 && !canHold(child))) continue;
      let place = end++;
      for (; place > first && comesBefore(child, options[place - 1]!); place--)
        options[place] = options[place - 1]!;
      options[place] = child;
    }
    return end;
  };

  const comesBefore = (node: number, other: number): boolean =>
    nodes[node]! > nodes[other]! || (nodes[node] === nodes[other] && node < other);

  /** Demands an option: the best `count` children, the last of them exchanged for a later one. */
  const takeOption = (first: number, count: number, next: number): boolean => {
    let possible = true;
    for (let kept = 0; possible && kept < count - 1; kept++) possible = demand(options[first + kept]!);
    return propagate(possible && demand(options[first + count - 1 + next]!));
  };

  const begin = (wanted: Int32Array): void => {
    const { component, fixed, clock, minimum, maximum } = task;
    visits = 0;
    visitLimit = bounds.get(component)!.visits;
    intervals.start(component.variables, minimum, maximum);
    for (const leaf of component.leaves) active[leaf] = 0;
    for (const node of component.nodes) postponed[node] = 0;
    activatedCount = 0;
    pendingCount = 0;
    leafValues(system, fixed, wanted, leaves, component.leaves);
    judgeNodes(system, leaves, clock, nodes, component.nodes);
  };

  const demandClauses = (widestFirst: Int32Array): boolean => {
    let possible = true;
    for (let index = 0; possible && index < widestFirst.length; index++)
      possible = demand(widestFirst[index]!);
    return propagate(possible);
  };

  return (given, wanted, result) => {
    task = given;
    const { component } = task;
    begin(wanted);
    if (!demandClauses(component.widestFirst)) return visits < visitLimit ? "impossible" : "given-up";
    intervals.setRoot(component.variables);
    rootActivated = activatedCount;

    let exhaustive = true;
    let retractions = 0;
    let position = 0;
    let frames = 0;
    for (;;) {
      let stuck = false;
      if (position === pendingCount) {
        if (assign(wanted)) {
          for (const variable of component.variables) result[variable] = low[variable]!;
          return "found";
        }
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
        const first = frameOptions[frames]!;
        const end = listOptions(node, needed, first);
        if (argument[node]! > 1 && end - first > argument[node]!) exhaustive = false;
        framePosition[frames] = position;
        frameNext[frames] = 0;
        frameActivated[frames] = activatedCount;
        framePending[frames] = pendingCount;
        frameOptions[++frames] = end;
      }
      // Takes the next option of the latest choice that has one left.
      for (;;) {
        if (frames === 0) return exhaustive && visits < visitLimit ? "impossible" : "given-up";
        const frame = frames - 1;
        const first = frameOptions[frame]!;
        const count = argument[pending[framePosition[frame]!]!]!;
        if (first + count - 1 + frameNext[frame]! >= frameOptions[frames]!) {
          frames--;
          stuck = true;
          continue;
        }
        if (retractions > RETRACTIONS || visits >= visitLimit) return "given-up";
        if (stuck) retract(frameActivated[frame]!, framePending[frame]!);
        if (takeOption(first, count, frameNext[frame]!++)) {
          position = framePosition[frame]! + 1;
          break;
        }
        stuck = true;
        retractions++;
      }
    }
  };
};
