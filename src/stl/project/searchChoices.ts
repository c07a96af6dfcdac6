import { type ChoiceGraph, childrenOf } from "./ChoiceGraph.ts";
import type { NearestPoint, Work } from "./NearestPoint.ts";
import { NodeGaps } from "./NodeGaps.ts";
import type { NodeVariables } from "./NodeVariables.ts";

/** Some of these nodes must still hold, `count` of them. */
interface Choice {
  readonly children: readonly number[];
  readonly count: number;
}

interface Branch {
  readonly point: NearestPoint;
  readonly choices: readonly Choice[];
}

/** Costs that differ by less are equal. */
const sameCost = 1e-12;

/** How hard to look. */
export interface Effort {
  readonly work: Work;
  /** The share of all work that one search may spend on bettering what it has found: others need theirs. */
  readonly toBetter: number;
}

export interface Searched {
  /** The nearest point found that holds all clauses, or undefined. */
  readonly point: NearestPoint | undefined;
  /** The search is finished: no point is nearer, or there is none. */
  readonly complete: boolean;
}

/**
 * The nearest point that holds all `clauses`, by branch and bound: a branch is a set of demanded rows, and its cost a
 * lower bound for all that follows from it. The choice that is broken furthest is branched on; its children are
 * settled at once and followed from the nearest. Variables of different choices add up in the bound.
 *
 * Land and Doig, "An automatic method of solving discrete programming problems", Econometrica 28, 1960.
 */
export const searchChoices = (
  graph: ChoiceGraph,
  clauses: readonly number[],
  start: NearestPoint,
  reads: NodeVariables,
  { toBetter, work }: Effort,
): Searched => {
  const reachable = nodesBelow(graph, clauses);
  const gaps = new NodeGaps(graph);
  const taken = new Int32Array(graph.given.length);
  let stamp = 0;
  let best: NearestPoint | undefined;
  let complete = true;
  const enough = work.spent + toBetter * work.limit;
  const isSpent = (): boolean => work.spent >= (best === undefined ? work.limit : enough);

  const demand = (node: number, rows: number[], choices: Choice[]): void => {
    const row = graph.row[node] as number;
    if (row >= 0) rows.push(row);
    else demandSome(Array.from(childrenOf(graph, node)), graph.count[node] as number, rows, choices);
  };
  const demandSome = (
    children: readonly number[],
    count: number,
    rows: number[],
    choices: Choice[],
  ): void => {
    if (count === children.length) for (const child of children) demand(child, rows, choices);
    else choices.push({ children, count });
  };

  /** Whether no variable of a choice is tied or taken by another choice; takes them all if so. */
  const takeVariables = (point: NearestPoint, choice: Choice): boolean => {
    const isFree = (variable: number): boolean => taken[variable] !== stamp && !point.isTied(variable);
    if (!choice.children.every((child) => reads.of(child).every(isFree))) return false;
    for (const child of choice.children) for (const variable of reads.of(child)) taken[variable] = stamp;
    return true;
  };

  const tooFar = (cost: number): boolean => best !== undefined && cost >= best.cost - sameCost * best.cost;

  /** Whether nothing that follows from a point that breaks these choices can be nearer than the best found. */
  const leadsTooFar = (point: NearestPoint, broken: readonly (readonly [Choice, number])[]): boolean => {
    let bound = point.cost;
    stamp++;
    for (const [choice, gap] of broken) {
      if (best === undefined || tooFar(bound)) break;
      if (takeVariables(point, choice)) bound += point.costOfGap(gap);
    }
    return tooFar(bound);
  };

  const isTooFarOff = (point: NearestPoint, child: number): boolean =>
    tooFar(point.cost + point.costOfGap(gaps.gap[child] as number)) &&
    !reads.of(child).some((variable) => point.isTied(variable));

  /** Branches of a broken choice: the first of the broken children that is made to hold tells them apart. */
  const split = (branch: Branch, choice: Choice): Branch[] => {
    const isBroken = (child: number): boolean => (gaps.gap[child] as number) > 0;
    const broken = choice.children
      .filter((child) => isBroken(child) && gaps.gap[child] !== Infinity)
      .sort((a, b) => (gaps.gap[a] as number) - (gaps.gap[b] as number));
    const held = choice.children.filter((child) => !isBroken(child));
    const others = branch.choices.filter((other) => other !== choice);
    const branches: Branch[] = [];
    for (let first = 0; first + choice.count - held.length <= broken.length; first++) {
      if (isTooFarOff(branch.point, broken[first] as number)) continue;
      const rows: number[] = [];
      const choices = others.slice();
      demand(broken[first] as number, rows, choices);
      const rest = [...held, ...broken.slice(first + 1)];
      if (choice.count > 1) demandSome(rest, choice.count - 1, rows, choices);
      const point = branch.point.fork();
      point.demand(rows);
      work.spent++;
      const settled = point.settle(work);
      if (settled === "out-of-work") {
        complete = false;
        break;
      }
      if (settled === "settled") branches.push({ point, choices });
    }
    return branches.sort((a, b) => a.point.cost - b.point.cost);
  };

  const follow = (branch: Branch): void => {
    if (tooFar(branch.point.cost)) return;
    gaps.measure(branch.point.x, reachable);
    const broken = branch.choices
      .map((choice) => [choice, gaps.ofChoice(choice.children, choice.count)] as const)
      .filter(([, gap]) => gap > 0)
      .sort((a, b) => b[1] - a[1]);
    const [worst] = broken;
    if (worst === undefined) best = branch.point;
    else if (!leadsTooFar(branch.point, broken)) {
      for (const next of split(branch, worst[0])) {
        if (isSpent()) {
          complete = false;
          return;
        }
        follow(next);
      }
    }
  };

  const rows: number[] = [];
  const choices: Choice[] = [];
  for (const clause of clauses) demand(clause, rows, choices);
  start.demand(rows);
  const settled = start.settle(work);
  if (settled === "settled") follow({ point: start, choices });
  return { point: best, complete: complete && settled !== "out-of-work" };
};

/** Nodes that the given ones stand on, themselves included, children before parents. */
const nodesBelow = (graph: ChoiceGraph, nodes: readonly number[]): Int32Array => {
  const found = new Set<number>();
  const visit = (node: number): void => {
    if (found.has(node)) return;
    found.add(node);
    for (const child of childrenOf(graph, node)) visit(child);
  };
  nodes.forEach(visit);
  return Int32Array.from(found).sort();
};
