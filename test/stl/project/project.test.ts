import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFormula } from "../../../src/stl/compile/parseFormula.ts";
import { robustness, satisfaction } from "../../../src/stl/evaluate/robustness.ts";
import { project, type ProjectOptions } from "../../../src/stl/project/project.ts";

type Signals = Readonly<Record<string, readonly number[]>>;

const near = (text: string, signals: Signals, options: ProjectOptions = {}) =>
  project(parseFormula(text), { signals }, options);

const foundFor = (text: string, signals: Signals, options: ProjectOptions = {}) => {
  const outcome = near(text, signals, options);
  if (!outcome.found) throw new Error(outcome.message);
  const lists = Object.entries(outcome.trace.signals).map(([name, samples]) => [name, Array.from(samples)]);
  return { ...outcome, signals: Object.fromEntries(lists) as Record<string, number[]> };
};

const reasonFor = (text: string, signals: Signals, options: ProjectOptions = {}): string => {
  const outcome = near(text, signals, options);
  return outcome.found ? "found" : outcome.reason;
};

describe("the nearest trace", () => {
  it.each(["l1", "l2"] as const)("is that of the worked example of STLnet, in %s", (norm) => {
    const {
      optimal,
      robustness: rho,
      signals,
    } = foundFor("always[0, 3] x >= 1 and eventually[1, 3] x <= 5", { x: [0, 6.1, 7.2, 0.5] }, { norm });
    expect({ optimal, rho, signals }).toEqual({ optimal: true, rho: 0, signals: { x: [1, 6.1, 7.2, 1] } });
  });

  it("is the trace itself where it holds", () => {
    const signals = { x: [1, 2, 3], other: [7, 7, 7] };
    const { distance, optimal, signals: moved } = foundFor("always x > 0.5", signals);
    expect({ distance, optimal, moved }).toEqual({ distance: 0, optimal: true, moved: signals });
  });

  it("really holds a strict comparison, a hair beyond it", () => {
    const { signals, robustness: rho } = foundFor("always x > 3", { x: [1, 4] });
    expect(signals.x![1]).toBe(4);
    expect(rho).toBeGreaterThan(0);
    expect(rho).toBeLessThan(1e-11);
  });

  it.each([
    { text: "always x >= 0.1", margin: 0.2, expected: [0.3, 0.3, 2] },
    { text: "always x > 0.1", margin: 0.2, expected: [0.3, 0.3, 2] },
    { text: "always x >= 0.1", margin: -0.05, expected: [0.05, 0.3, 2] },
  ])("keeps the margin $margin of $text", ({ text, margin, expected }) => {
    const { signals, robustness: rho } = foundFor(text, { x: [-1, 0.3, 2] }, { margin });
    signals.x!.forEach((value, step) => expect(value).toBeCloseTo(expected[step]!, 12));
    expect(rho).toBeGreaterThanOrEqual(margin);
  });

  it("shares a move between both sides of a relation in l2", () => {
    const { signals } = foundFor("always x <= y", { x: [3, 0], y: [1, 5] });
    expect(signals).toEqual({ x: [2, 0], y: [2, 5] });
  });

  it("meets an equality of sums to the bit", () => {
    const { signals } = foundFor("always x + y == 3", { x: [0.1, 6.1], y: [1.3, 2.7] });
    signals.x!.forEach((value, step) => expect(value + signals.y![step]!).toBe(3));
  });

  it("meets a chain of equalities whose nearest point has thirds", () => {
    const { distance, signals } = foundFor("x == y and x - z == (-5)", { x: [5], y: [5], z: [5] });
    expect(signals.x![0]).toBe(signals.y![0]);
    expect(signals.x![0]! - signals.z![0]!).toBe(-5);
    expect(distance).toBeCloseTo(Math.hypot(5 / 3, 5 / 3, 10 / 3), 12);
  });

  it("meets an equality whose other side is held by a bound", () => {
    const { signals } = foundFor("y - x == (-1) and y == 0 and next x < 0", { x: [-3, 0], y: [0, 0] });
    expect(signals.x![0]).toBe(1);
    expect(signals.y![0]).toBe(0);
  });

  it("spreads a jump over a ramp", () => {
    const { signals, distance } = foundFor("always abs(next_x - x) <= 1", {
      x: [0, 0, 0],
      next_x: [0, 4, 0],
    });
    expect(signals.next_x![1]! - signals.x![1]!).toBeCloseTo(1, 12);
    expect(distance).toBeCloseTo(3 / Math.SQRT2, 12);
    const ramp = foundFor("always[1, 3] abs(delta(x)) <= 1", { x: [0, 4, 4, 0] }, { norm: "l1" });
    // Raising or lowering: any best trace costs 6.
    expect(ramp.distance).toBeCloseTo(6, 12);
  });

  it("takes the cheaper disjunct of every instant", () => {
    const { distance, signals } = foundFor("always (x >= 3 or y >= 3)", { x: [2, 0, 1], y: [0, 2.5, 3] });
    expect(signals).toEqual({ x: [3, 0, 1], y: [0, 3, 3] });
    expect(distance).toBeCloseTo(Math.sqrt(1.25), 12);
  });

  it("takes the far disjunct where the near one cannot hold beside another rule", () => {
    const { signals, optimal } = foundFor("always x <= 4 and (x >= 5 or y >= 9)", { x: [4], y: [0] });
    expect({ optimal, signals }).toEqual({ optimal: true, signals: { x: [4], y: [9] } });
  });

  it("moves no fixed sample", () => {
    const { signals } = foundFor("eventually[0, 3] x >= 5", { x: [4.9, 1, 3, 2] }, { fixedSamples: 2 });
    expect(signals.x).toEqual([4.9, 1, 5, 2]);
    expect(reasonFor("always x >= 5", { x: [4.9, 9] }, { fixedSamples: 1 })).toBe("impossible");
  });

  it("stays within the ranges, of signals that the formula does not read as well", () => {
    const ranges = { x: [0, 4], z: [0, 1] } as const;
    const { signals } = foundFor("always x + y >= 6", { x: [-1], y: [0], z: [3] }, { ranges });
    expect(signals.x![0]).toBeCloseTo(2.5, 12);
    expect(signals.y![0]).toBeCloseTo(3.5, 12);
    expect(signals.z).toEqual([1]);
    expect(reasonFor("always x >= 4.5", { x: [0] }, { ranges: { x: [0, 4] } })).toBe("impossible");
  });

  it("finds nothing that reads a missing sample, and moves beside it", () => {
    expect(reasonFor("always x >= 1", { x: [0, NaN] })).toBe("impossible");
    const { signals } = foundFor("eventually x >= 1", { x: [0, NaN] });
    expect(signals.x).toEqual([1, NaN]);
  });

  it("says that samples outside of the trace are read", () => {
    const outcome = near("always abs(delta(x)) <= 1", { x: [0, 4] });
    expect(!outcome.found && outcome.message).toMatch(
      /which reads samples that are missing or outside of the trace/,
    );
  });

  it("leaves infinite samples where they are", () => {
    expect(reasonFor("always x <= 1", { x: [Infinity] })).toBe("impossible");
    expect(foundFor("always x >= 1", { x: [Infinity, 0] }).signals.x).toEqual([Infinity, 1]);
  });

  it("cuts windows at the ends of the trace", () => {
    expect(reasonFor("eventually[5, 9] x >= 1", { x: [0, 0] })).toBe("impossible");
    expect(foundFor("always[5, 9] x >= 1", { x: [0, 0] }).distance).toBe(0);
    expect(foundFor("always (x >= 1 or prev x >= 1)", { x: [0, 0, 0] }).signals.x).toEqual([0, 1, 0]);
  });

  it.each([
    { text: "always x > 3 and always x < 3", reason: "impossible" },
    { text: "always x >= 3 and eventually[1, 2] x <= 2", reason: "impossible" },
    { text: "always x == 1 and always x + x == 3", reason: "impossible" },
    { text: "x * x > 1", reason: "not-affine" },
  ])("says why there is none: $text is $reason", ({ text, reason }) => {
    expect(reasonFor(text, { x: [0, 0, 0] })).toBe(reason);
  });

  it("says that an equality lies between the doubles", () => {
    expect([3 * 0.3, 3 * (0.3 + 2 ** -54)]).toEqual([0.8999999999999999, 0.9000000000000001]);
    expect(reasonFor("3 * x == 0.9", { x: [0] })).toBe("rounding");
  });

  it("has nothing to judge without a sample", () => {
    expect(reasonFor("always x > 1", { x: [] })).toBe("impossible");
  });

  it("says when the work was not enough", () => {
    const outcome = near("always x + y >= 3", { x: [0, 0, 0], y: [0, 0, 0] }, { workLimit: 1 });
    expect(outcome).toMatchObject({ found: false, reason: "work-limit" });
  });

  it("takes a trace that is near in l2 where the work does not suffice for the nearest in l1", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const signals = Object.fromEntries(names.map((name) => [name, [0]]));
    const ranges = Object.fromEntries(names.map((name) => [name, [0, 1] as const]));
    const sum = `${names.join(" + ")} >= 5`;
    // One signal after the other rises to its end, or all of them rise by the same.
    const hurried = foundFor(sum, signals, { norm: "l1", ranges, workLimit: 3 });
    expect(hurried.optimal).toBe(false);
    expect(hurried.distance).toBeCloseTo(5, 12);
    expect(foundFor(sum, signals, { norm: "l1", ranges }).optimal).toBe(true);
  });

  it("tells all faulty options at once", () => {
    const call = () =>
      near("x > 1", { x: [0] }, { margin: NaN, fixedSamples: -1, ranges: { x: [2, 1], z: [0, 1] } });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(/margin is NaN.*fixedSamples is -1.*range of x is \[2, 1\].*ranges names z/);
  });
});

const threshold = fc.integer({ min: -2, max: 2 });
const interval = fc
  .tuple(fc.nat(2), fc.nat(2), fc.boolean())
  .map(([a, width, open]) => (open ? "" : `[${a}, ${a + width}]`));

/** Comparisons with whole thresholds; without strict ones the least L1 distance is reached on whole numbers. */
const formulas = (relations: readonly string[]): fc.Arbitrary<string> =>
  fc.letrec<{ formula: string }>((tie) => ({
    formula: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc
        .tuple(fc.constantFrom("x", "y", "x - y", "y - x"), fc.constantFrom(...relations), threshold)
        .map(([a, relation, c]) => `(${a} ${relation} ${c < 0 ? `(${c})` : c})`),
      fc
        .tuple(tie("formula"), fc.constantFrom("and", "or"), tie("formula"))
        .map(([p, o, q]) => `(${p} ${o} ${q})`),
      fc
        .tuple(fc.constantFrom("always", "eventually", "historically", "once"), interval, tie("formula"))
        .map(([o, i, p]) => `${o}${i} ${p}`),
      fc
        .tuple(
          tie("formula"),
          fc.constantFrom("until", "release", "since", "triggers"),
          interval,
          tie("formula"),
        )
        .map(([p, o, i, q]) => `(${p} ${o}${i} ${q})`),
      fc
        .tuple(fc.constantFrom("next", "prev", "s_next", "s_prev"), tie("formula"))
        .map(([o, p]) => `${o} ${p}`),
    ),
  })).formula;

const grid = [-3, -2, -1, 0, 1, 2, 3];
const gridTraces = grid.flatMap((a) =>
  grid.flatMap((b) => grid.flatMap((c) => grid.map((d) => ({ x: [a, b], y: [c, d] })))),
);

const small = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 })
  .map(([a, b, c, d]) => ({ x: [a!, b!], y: [c!, d!] }));

const apart = (a: Signals, b: Signals, norm: "l1" | "l2"): number => {
  const moves = Object.entries(a).flatMap(([name, samples]) =>
    samples.map((value, k) => value - b[name]![k]!),
  );
  return norm === "l1" ? moves.reduce((sum, move) => sum + Math.abs(move), 0) : Math.hypot(...moves);
};

const bestOnGrid = (text: string, signals: Signals, norm: "l1" | "l2"): number => {
  const formula = parseFormula(text);
  let best = Infinity;
  for (const candidate of gridTraces) {
    const distance = apart(candidate, signals, norm);
    if (distance < best && satisfaction(formula, { signals: { ...signals, ...candidate } })[0] === 1)
      best = distance;
  }
  return best;
};

/** Formulas read x or y or both; the traces have both. */
const readsBoth = (text: string): string =>
  `(${text}) and always (x >= -3 and x <= 3 and y >= -3 and y <= 3)`;

describe("against all traces of a grid", () => {
  it.each(["l1", "l2"] as const)("holds and is never farther in %s", (norm) => {
    const relations = ["<", "<=", ">", ">=", "==", "!="];
    fc.assert(
      fc.property(formulas(relations), small, (body, signals) => {
        const text = readsBoth(body);
        const best = bestOnGrid(text, signals, norm);
        const outcome = near(text, signals, { norm });
        // Strict comparisons may leave room between the grid points only.
        if (!outcome.found) {
          expect([outcome.reason, best]).toEqual(["impossible", Infinity]);
          return;
        }
        const formula = parseFormula(text);
        expect(satisfaction(formula, outcome.trace)[0]).toBe(1);
        expect(outcome.robustness).toBe(robustness(formula, outcome.trace)[0]);
        expect(outcome.optimal).toBe(true);
        expect(outcome.distance).toBeLessThanOrEqual(best + 1e-9);
        const again = project(formula, outcome.trace, { norm });
        expect(again).toEqual({ ...outcome, distance: 0 });
      }),
      { numRuns: 100 },
    );
  });

  it("is exactly as near as the best in l1, where whole numbers reach it", () => {
    let moved = 0;
    let impossible = 0;
    fc.assert(
      fc.property(formulas(["<=", ">=", "=="]), small, (body, signals) => {
        const text = readsBoth(body);
        const best = bestOnGrid(text, signals, "l1");
        const outcome = near(text, signals, { norm: "l1" });
        expect(outcome.found ? outcome.distance : Infinity).toBeCloseTo(best, 9);
        if (best > 0) moved++;
        if (best === Infinity) impossible++;
      }),
      { numRuns: 200 },
    );
    expect(moved).toBeGreaterThan(80);
    expect(impossible).toBeGreaterThan(3);
  });
});

/** Sets of one comparison of every disjunction. */
const selections = (disjunctions: readonly (readonly string[])[]): string[][] =>
  disjunctions.reduce<string[][]>(
    (sets, disjuncts) => sets.flatMap((set) => disjuncts.map((disjunct) => [...set, disjunct])),
    [[]],
  );

describe("against a list of all choices in l2", () => {
  const comparison = fc
    .tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 1, max: 2 }), fc.integer({ min: -6, max: 6 }))
    .map(([a, b, c]) => `(${a}) * x + ${b} * y >= (${c})`);
  const opposed = comparison.map((text) => text.replace(">=", "<="));
  const disjunction = fc.array(fc.oneof(comparison, opposed), { minLength: 1, maxLength: 3 });

  it("is the nearest over all sets of one disjunct each", () => {
    let branched = 0;
    fc.assert(
      fc.property(
        fc.array(disjunction, { minLength: 2, maxLength: 5 }),
        fc.tuple(threshold, threshold),
        (choices, [x, y]) => {
          const signals = { x: [x], y: [y] };
          const joined = (parts: readonly string[], word: string): string =>
            parts.map((part) => `(${part})`).join(word);
          const distanceOf = (parts: readonly string[]): number => {
            const outcome = near(joined(parts, " and "), signals);
            // Three rows may meet in one point with thirds, which no doubles are.
            fc.pre(outcome.found || outcome.reason === "impossible");
            return outcome.found ? outcome.distance : Infinity;
          };
          const distances = selections(choices).map(distanceOf);
          const distance = distanceOf(choices.map((parts) => joined(parts, " or ")));
          expect(distance).toBeCloseTo(Math.min(...distances), 9);
          if (new Set(distances).size > 1) branched++;
        },
      ),
      { numRuns: 100 },
    );
    expect(branched).toBeGreaterThan(50);
  });
});
