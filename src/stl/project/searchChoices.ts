import { type ChoiceGraph, childrenOf } from "./ChoiceGraph.ts";
import type { NearestPoint, Work } from "./NearestPoint.ts";
import { NodeGaps } from "./NodeGaps.ts";

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
  work: Work,
): Searched => {
  const reachable = nodesBelow(graph, clauses);
  const gaps = new NodeGaps(graph);
  const variablesOf = new Map<Choice, Int32Array>();
  const taken = new Int32Array(graph.given.length);
  let stamp = 0;
  let best: NearestPoint | undefined;
  let complete = true;

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

  const choiceVariables = (choice: Choice): Int32Array => {
    let variables = variablesOf.get(choice);
    if (variables === undefined) {
      variables = variablesBelow(graph, choice.children);
      variablesOf.set(choice, variables);
    }
    return variables;
  };

  /** Whether nothing that follows from a point that breaks these choices can be nearer than the best found. */
  const tooFar = (point: NearestPoint, broken: readonly (readonly [Choice, number])[]): boolean => {
    if (best === undefined) return false;
    const enough = best.cost - sameCost * best.cost;
    let bound = point.cost;
    stamp++;
    for (const [choice, gap] of broken) {
      if (bound >= enough) return true;
      const variables = choiceVariables(choice);
      if (variables.some((variable) => taken[variable] === stamp)) continue;
      for (const variable of variables) taken[variable] = stamp;
      bound += point.costOfGap(gap, variables);
    }
    return bound >= enough;
  };

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
    if (tooFar(branch.point, [])) return;
    gaps.measure(branch.point.x, reachable);
    const broken = branch.choices
      .map((choice) => [choice, gaps.ofChoice(choice.children, choice.count)] as const)
      .filter(([, gap]) => gap > 0)
      .sort((a, b) => b[1] - a[1]);
    const [worst] = broken;
    if (worst === undefined) best = branch.point;
    else if (!tooFar(branch.point, broken)) {
      for (const next of split(branch, worst[0])) {
        if (work.spent >= work.limit) {
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
export const nodesBelow = (graph: ChoiceGraph, nodes: readonly number[]): Int32Array => {
  const found = new Set<number>();
  const visit = (node: number): void => {
    if (found.has(node)) return;
    found.add(node);
    for (const child of childrenOf(graph, node)) visit(child);
  };
  nodes.forEach(visit);
  return Int32Array.from(found).sort();
};

/** Variables that the rows below some nodes read. */
export const variablesBelow = (graph: ChoiceGraph, nodes: readonly number[]): Int32Array => {
  const found = new Set<number>();
  for (const node of nodesBelow(graph, nodes)) {
    const row = graph.row[node] as number;
    if (row < 0) continue;
    for (let k = graph.rowOffsets[row] as number; k < (graph.rowOffsets[row + 1] as number); k++) {
      found.add(graph.rowVariable[k] as number);
    }
  }
  return Int32Array.from(found);
};
