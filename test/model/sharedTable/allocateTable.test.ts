import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateTable } from "../../../src/model/sharedTable/allocateTable.ts";
import { randomTable, sharedTable, type SharedTable } from "../../../src/model/sharedTable/SharedTable.ts";
import { costOfTable, type TableCost, zeroCost } from "../../../src/model/sharedTable/TableCost.ts";
import { random } from "../../../src/series/random.ts";

const randomCost = (tokens: number, seed: number, draw?: (uniform: number) => number): TableCost => {
  const numbers = random(seed);
  const cost = zeroCost(tokens);
  for (const half of [cost.rows, cost.columns]) {
    for (let k = 0; k < half.length; k++) half[k] = (draw ?? ((u) => u))(numbers.uniform());
  }
  return cost;
};

/** The cheapest of all 9! tables of nine tokens. */
const bruteForce = ({ columns, rows }: TableCost): number => {
  const visit = (token: number, taken: number): number => {
    if (token === 9) return 0;
    let least = Infinity;
    for (let cell = 0; cell < 9; cell++) {
      if (taken & (1 << cell)) continue;
      const own = rows[token * 3 + Math.floor(cell / 3)]! + columns[token * 3 + (cell % 3)]!;
      least = Math.min(least, own + visit(token + 1, taken | (1 << cell)));
    }
    return least;
  };
  return visit(0, 0);
};

const isBijection = ({ cellOf, side }: SharedTable): boolean =>
  [...cellOf].sort((a, b) => a - b).every((cell, k) => cell === k) && cellOf.length === side * side;

const inPhases = { exactSide: 0 };

describe("allocateTable", () => {
  it.each([1, 2, 3])("nine tokens, seed %i: the cheapest of all tables", (seed) => {
    const cost = randomCost(9, seed);
    const { cost: nats, lowerBound, table } = allocateTable(cost, sharedTable(9));
    expect(nats).toBeCloseTo(bruteForce(cost), 10);
    expect(lowerBound).toBeCloseTo(nats, 10);
    expect(costOfTable(cost, table)).toBe(nats);
  });

  it("in two phases comes near the whole matching, and its bound stays below", () => {
    let [exact, phased] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const cost = randomCost(140, 100 + seed);
      const whole = allocateTable(cost, sharedTable(140));
      const parts = allocateTable(cost, sharedTable(140), inPhases);
      expect(parts.cost).toBeGreaterThanOrEqual(whole.cost - 1e-9);
      expect(parts.lowerBound).toBeLessThanOrEqual(whole.cost + 1e-9);
      exact += whole.cost;
      phased += parts.cost;
    }
    expect(phased).toBeLessThan(1.25 * exact);
  });

  it("finds the table that the costs were made of, where rows and columns are both decided", () => {
    const hidden = randomTable(400, random(5));
    const cost = zeroCost(400);
    hidden.cellOf.forEach((cell, token) => {
      cost.rows.fill(4, token * 20, token * 20 + 20);
      cost.columns.fill(3, token * 20, token * 20 + 20);
      cost.rows[token * 20 + Math.floor(cell / 20)] = 1;
      cost.columns[token * 20 + (cell % 20)] = 1;
    });
    expect(allocateTable(cost, sharedTable(400), inPhases).table.cellOf).toEqual(hidden.cellOf);
  });

  it("leaves the previous table where none is cheaper", () => {
    const previous = randomTable(30, random(6));
    const { cost, table } = allocateTable(zeroCost(30), previous, inPhases);
    expect(table).toBe(previous);
    expect(cost).toBe(0);
  });

  it("is a bijection, never dearer than the table before, within its bound, and the same again", () => {
    const cases = fc.record({
      tokens: fc.integer({ min: 1, max: 60 }),
      seed: fc.nat(1e6),
      levels: fc.integer({ min: 1, max: 1000 }),
      exactSide: fc.constantFrom(0, 4, 32),
    });
    fc.assert(
      fc.property(cases, ({ exactSide, levels, seed, tokens }) => {
        const cost = randomCost(tokens, seed, (u) => Math.floor(u * levels) - levels / 3);
        const previous = randomTable(tokens, random(seed, 1));
        const found = allocateTable(cost, previous, { exactSide });
        expect(isBijection(found.table)).toBe(true);
        expect(found.cost).toBe(costOfTable(cost, found.table));
        expect(found.cost).toBeLessThanOrEqual(costOfTable(cost, previous));
        expect(found.lowerBound).toBeLessThanOrEqual(found.cost + 1e-9 * levels * tokens);
        expect(allocateTable(cost, previous, { exactSide })).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses a cost of another size", () => {
    expect(() => allocateTable(zeroCost(9), sharedTable(16))).toThrow(
      "the cost is of 9 tokens, the table of 16: give a pair",
    );
  });
});
