import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChoiceGraph, rowGap } from "../../../src/stl/project/ChoiceGraph.ts";
import { dimensions, graphOf, type Halfspaces, halfspaces } from "./halfspaces.ts";
import { NearestPointL1 } from "../../../src/stl/project/NearestPointL1.ts";
import { NearestPointL2 } from "../../../src/stl/project/NearestPointL2.ts";

/** Solves a square system by elimination; undefined where it is singular. */
const solve = (matrix: readonly (readonly number[])[], right: readonly number[]): number[] | undefined => {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]!) > Math.abs(rows[best]![k]!) ? k + i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    if (Math.abs(rows[k]![k]!) < 1e-9) return undefined;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return rows.map((row, k) => row[n]! / row[k]!);
};

const subsets = <Item>(items: readonly Item[], size: number): Item[][] =>
  size === 0
    ? [[]]
    : items.flatMap((item, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [item, ...rest]));

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

const isFeasible = (rows: Halfspaces["rows"], x: readonly number[]): boolean =>
  rows.every(({ coefficients, need }) => dot(coefficients, x) >= need - 1e-7);

/** The least L1 distance is reached where three of the rows and of the planes x_j = given_j meet. */
const leastL1 = ({ given, rows }: Halfspaces): number => {
  const planes = [
    ...rows,
    ...given.map((need, j) => ({ coefficients: given.map((_, i) => (i === j ? 1 : 0)), need })),
  ];
  const corners = subsets(planes, dimensions)
    .map((chosen) =>
      solve(
        chosen.map((plane) => plane.coefficients),
        chosen.map((plane) => plane.need),
      ),
    )
    .filter((corner) => corner !== undefined && isFeasible(rows, corner));
  return Math.min(
    ...corners.map((corner) =>
      dot(
        corner!.map((value, j) => Math.abs(value - given[j]!)),
        [1, 1, 1],
      ),
    ),
  );
};

/** The nearest point is the nearest of a flat where some of the rows are tight. */
const leastL2 = ({ given, rows }: Halfspaces): number => {
  const feet = [0, 1, 2, 3].flatMap((size) =>
    subsets(rows, size).map((tight) => {
      const gram = tight.map((a) => tight.map((b) => dot(a.coefficients, b.coefficients)));
      const multipliers = solve(
        gram,
        tight.map((row) => row.need - dot(row.coefficients, given)),
      );
      return (
        multipliers &&
        given.map(
          (value, j) =>
            value + tight.reduce((sum, row, k) => sum + multipliers[k]! * row.coefficients[j]!, 0),
        )
      );
    }),
  );
  return Math.min(
    ...feet
      .filter((foot) => foot !== undefined && isFeasible(rows, foot))
      .map((foot) => Math.hypot(...foot!.map((value, j) => value - given[j]!))),
  );
};

const plenty = (): { spent: number; limit: number } => ({ spent: 0, limit: 10_000 });

describe.each([
  {
    norm: "L1",
    create: (graph: ChoiceGraph) => new NearestPointL1(graph),
    least: leastL1,
    distance: (cost: number) => cost,
  },
  {
    norm: "L2",
    create: (graph: ChoiceGraph) => new NearestPointL2(graph),
    least: leastL2,
    distance: Math.sqrt,
  },
])("the nearest point of halfspaces in $norm", ({ create, least, distance }) => {
  it("is as near as the best of all corners and flats, and is none where there is none", () => {
    let infeasible = 0;
    fc.assert(
      fc.property(halfspaces(6), (problem) => {
        const point = create(graphOf(problem));
        point.demand(problem.rows.map((_, r) => r));
        const settled = point.settle(plenty());
        const expected = least(problem);
        if (expected === Infinity) {
          infeasible++;
          expect(settled).toBe("infeasible");
          return;
        }
        expect(settled).toBe("settled");
        expect(isFeasible(problem.rows, Array.from(point.x))).toBe(true);
        expect(distance(point.cost)).toBeCloseTo(expected, 7);
      }),
      { numRuns: 500 },
    );
    expect(infeasible).toBeGreaterThan(20);
  });

  it("is the same when rows are demanded one after the other, and forks do not disturb it", () => {
    fc.assert(
      fc.property(halfspaces(6), (problem) => {
        let point = create(graphOf(problem));
        let settled = point.settle(plenty());
        problem.rows.forEach((_, r) => {
          if (settled !== "settled") return;
          const before = Array.from(point.x);
          const fork = point.fork();
          fork.demand([r]);
          settled = fork.settle(plenty());
          expect(Array.from(point.x)).toEqual(before);
          point = fork;
        });
        const expected = least(problem);
        expect(settled).toBe(expected === Infinity ? "infeasible" : "settled");
        if (settled === "settled") expect(distance(point.cost)).toBeCloseTo(expected, 7);
      }),
    );
  });

  it("keeps the bounds of the variables that are demanded", () => {
    fc.assert(
      fc.property(halfspaces(6), (problem) => {
        const walls = [0, 1, 2].flatMap((j) =>
          [1, -1].map((sign) => ({ coefficients: [0, 1, 2].map((i) => (i === j ? sign : 0)), need: -3 })),
        );
        // Every variable is read by some row, so that all walls count.
        const read = { coefficients: [1, 1, 1], need: -20 };
        const walled = { given: problem.given, rows: [...problem.rows, read, ...walls] };
        const point = create(graphOf({ given: problem.given, rows: [...problem.rows, read] }, 3));
        point.demand([...problem.rows.keys(), problem.rows.length]);
        const settled = point.settle(plenty());
        const expected = least(walled);
        expect(settled).toBe(expected === Infinity ? "infeasible" : "settled");
        const { given } = problem;
        const total = Array.from(point.x, (value, j) => Math.abs(value - given[j]!));
        const reached = distance(1) === 1 && least === leastL1 ? dot(total, [1, 1, 1]) : Math.hypot(...total);
        if (settled === "settled") expect(reached).toBeCloseTo(expected, 7);
      }),
    );
  });

  it("becomes dearer by what the gap of another row costs, at least, where no variable of it is tied", () => {
    let asked = 0;
    let reached = 0;
    fc.assert(
      fc.property(halfspaces(6), (problem) => {
        const graph = graphOf(problem);
        const last = problem.rows.length - 1;
        const point = create(graph);
        point.demand([...problem.rows.keys()].slice(0, -1));
        fc.pre(point.settle(plenty()) === "settled");
        const gap = rowGap(graph, last, point.x);
        const isTied = problem.rows[last]!.coefficients.some((value, v) => value !== 0 && point.isTied(v));
        fc.pre(gap > 0 && !isTied);
        const before = point.cost;
        const bound = before + point.costOfGap(gap);
        point.demand([last]);
        fc.pre(point.settle(plenty()) === "settled");
        asked++;
        expect(point.cost).toBeGreaterThanOrEqual(bound - 1e-9);
        if (point.cost < bound + 1e-9) reached++;
      }),
      { numRuns: 500 },
    );
    expect(asked).toBeGreaterThan(100);
    expect(reached).toBeGreaterThan(10);
  });

  it("says so when the work runs out", () => {
    const point = create(graphOf({ given: [0, 0, 0], rows: [{ coefficients: [1, 0, 0], need: 1 }] }));
    point.demand([0]);
    expect(point.settle({ spent: 5, limit: 5 })).toBe("out-of-work");
  });
});
