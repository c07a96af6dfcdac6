import { describe, expect, it } from "vitest";
import { columnOf, randomTable, rowOf } from "../../../src/model/sharedTable/SharedTable.ts";
import { logSumExp } from "../../../src/model/sharedTable/logSumExp.ts";
import { addHalfStepCost, costOfTable, zeroCost } from "../../../src/model/sharedTable/TableCost.ts";
import { random } from "../../../src/series/random.ts";

const numbers = random(44);
const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => numbers.normal());

/** Minus the logarithm of the product of the probabilities, straight from the definition. */
const lossOf = (logits: Float64Array, targets: Int32Array, classes: number): number => {
  let product = 1;
  targets.forEach((target, position) => {
    const own = Array.from({ length: classes }, (_, k) => Math.E ** logits[position * classes + k]!);
    product *= own[target]! / own.reduce((sum, value) => sum + value, 0);
  });
  return -Math.log(product);
};

describe("logSumExp", () => {
  it("is the logarithm of the sum of the exponentials", () => {
    expect(logSumExp(Float64Array.of(9, 1, -2, 0.5, 9), 1, 3)).toBeCloseTo(
      Math.log(Math.E + Math.E ** -2 + Math.E ** 0.5),
      12,
    );
  });

  it("stands values beyond the range of the exponential", () => {
    expect(logSumExp(Float64Array.of(1e4, -1e4, 1e4), 0, 3)).toBeCloseTo(1e4 + Math.log(2), 9);
  });
});

describe("TableCost", () => {
  it("of the table in use is the loss of the stream: the row's and the column's", () => {
    const tokens = Int32Array.of(3, 0, 6, 3, 1, 4, 3);
    const table = randomTable(7, numbers);
    const { side } = table;
    const rowLogits = normals(tokens.length * side);
    const columnLogits = normals(tokens.length * side);
    const cost = zeroCost(7);
    addHalfStepCost(cost.rows, side, rowLogits, tokens);
    addHalfStepCost(cost.columns, side, columnLogits, tokens);
    const rows = tokens.map((token) => rowOf(table, token));
    const columns = tokens.map((token) => columnOf(table, token));
    const loss = lossOf(rowLogits, rows, side) + lossOf(columnLogits, columns, side);
    expect(costOfTable(cost, table)).toBeCloseTo(loss, 10);
    expect(cost.rows.subarray(2 * side, 3 * side)).toEqual(new Float64Array(side));
  });

  it("of another table is the loss with the targets of that table", () => {
    const tokens = Int32Array.of(2, 2, 0, 1);
    const logits = normals(tokens.length * 2);
    const cost = zeroCost(4);
    addHalfStepCost(cost.rows, 2, logits, tokens);
    const other = randomTable(4, numbers);
    const targets = tokens.map((token) => rowOf(other, token));
    expect(costOfTable(cost, other)).toBeCloseTo(lossOf(logits, targets, 2), 10);
  });
});
