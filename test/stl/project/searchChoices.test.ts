import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ChoiceGraph } from "../../../src/stl/project/ChoiceGraph.ts";
import type { NearestPoint } from "../../../src/stl/project/NearestPoint.ts";
import { NearestPointL1 } from "../../../src/stl/project/NearestPointL1.ts";
import { NearestPointL2 } from "../../../src/stl/project/NearestPointL2.ts";
import { NodeVariables } from "../../../src/stl/project/NodeVariables.ts";
import { searchChoices } from "../../../src/stl/project/searchChoices.ts";
import { graphOf, type Halfspaces, halfspaces } from "./halfspaces.ts";

interface Choices {
  readonly halfspaces: Halfspaces;
  /** Rows of every clause, and how many of them must hold. */
  readonly clauses: readonly { readonly rows: readonly number[]; readonly count: number }[];
}

const choices: fc.Arbitrary<Choices> = halfspaces(12).chain((problem) =>
  fc.record({
    halfspaces: fc.constant(problem),
    clauses: fc.array(
      fc
        .uniqueArray(fc.nat(problem.rows.length - 1), { minLength: 1, maxLength: 3 })
        .chain((rows) => fc.integer({ min: 1, max: rows.length }).map((count) => ({ rows, count }))),
      { minLength: 1, maxLength: 5 },
    ),
  }),
);

/** The rows are the first nodes, and the clauses follow. */
const choiceGraph = ({ halfspaces: problem, clauses }: Choices): ChoiceGraph => {
  const graph = graphOf(problem);
  const leaves = problem.rows.length;
  const offsets = clauses.reduce<number[]>((ends, { rows }) => [...ends, ends.at(-1)! + rows.length], [0]);
  return {
    ...graph,
    row: Int32Array.from([...graph.row, ...clauses.map(() => -1)]),
    count: Int32Array.from([...graph.count, ...clauses.map(({ count }) => count)]),
    childOffsets: Int32Array.from([...graph.childOffsets.subarray(0, leaves), ...offsets]),
    children: Int32Array.from(clauses.flatMap(({ rows }) => rows)),
    clauses: clauses.map((_, k) => leaves + k),
    clauseOwner: clauses.map(() => 0),
  };
};

const subsets = (items: readonly number[], size: number): number[][] =>
  size === 0
    ? [[]]
    : items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));

const plenty = (): { spent: number; limit: number } => ({ spent: 0, limit: 1_000_000 });

/** The least cost over all sets of rows that the clauses may be held by. */
const leastOfAll = (
  problem: Choices,
  graph: ChoiceGraph,
  create: (graph: ChoiceGraph) => NearestPoint,
): number => {
  const sets = problem.clauses.reduce<number[][]>(
    (all, { count, rows }) => all.flatMap((set) => subsets(rows, count).map((more) => [...set, ...more])),
    [[]],
  );
  const costs = sets.map((rows) => {
    const point = create(graph);
    point.demand(rows);
    return point.settle(plenty()) === "settled" ? point.cost : Infinity;
  });
  return Math.min(...costs);
};

it.each([
  { norm: "L1", create: (graph: ChoiceGraph): NearestPoint => new NearestPointL1(graph) },
  { norm: "L2", create: (graph: ChoiceGraph): NearestPoint => new NearestPointL2(graph) },
])("finds the nearest over all choices in $norm, or none where there is none", ({ create }) => {
  let impossible = 0;
  fc.assert(
    fc.property(choices, (problem) => {
      const graph = choiceGraph(problem);
      const reads = new NodeVariables(graph);
      const effort = { work: plenty(), toBetter: 1 };
      const { complete, point } = searchChoices(graph, graph.clauses, create(graph), reads, effort);
      const least = leastOfAll(problem, graph, create);
      if (least === Infinity) impossible++;
      expect(complete).toBe(true);
      expect(point?.cost ?? Infinity).toBeCloseTo(least, 7);
    }),
    { numRuns: 1500 },
  );
  expect(impossible).toBeGreaterThan(10);
});

it("stops where it is told to, and says that it is not finished", () => {
  const problem: Choices = {
    halfspaces: {
      given: [0, 0, 0],
      rows: [0, 1, 2].map((j) => ({ coefficients: [0, 1, 2].map((i) => (i === j ? 1 : 0)), need: j + 1 })),
    },
    clauses: [{ rows: [0, 1, 2], count: 2 }],
  };
  const graph = choiceGraph(problem);
  const reads = new NodeVariables(graph);
  const search = (limit: number, toBetter: number) =>
    searchChoices(graph, graph.clauses, new NearestPointL2(graph), reads, {
      work: { spent: 0, limit },
      toBetter,
    });
  expect(search(1, 1)).toEqual({ point: undefined, complete: false });
  expect(search(1000, 1)).toMatchObject({ point: { cost: 5 }, complete: true });
});
