import { describe, expect, it } from "vitest";
import { columnOf, randomTable, rowOf } from "../../../src/model/sharedTable/SharedTable.ts";
import { softmaxLoss } from "../../../src/model/sharedTable/softmaxLoss.ts";
import { addHalfStepCost, costOfTable, zeroCost } from "../../../src/model/sharedTable/TableCost.ts";
import { random } from "../../../src/series/random.ts";

const numbers = random(44);
const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => numbers.normal());

describe("softmaxLoss", () => {
  const [positions, classes] = [5, 7];
  const logits = normals(positions * classes);
  const targets = Int32Array.of(0, 6, 3, 3, 2);
  /** Straight from the definition. */
  const reference = (values: ArrayLike<number>): number => {
    let product = 1;
    for (let position = 0; position < positions; position++) {
      const own = Array.from({ length: classes }, (_, k) => Math.E ** values[position * classes + k]!);
      product *= own[targets[position]!]! / own.reduce((sum, value) => sum + value, 0);
    }
    return -Math.log(product);
  };

  it("is minus the logarithm of the product of the probabilities", () => {
    expect(softmaxLoss(logits, targets, classes).loss).toBeCloseTo(reference(logits), 12);
  });

  it("has the gradient of central differences", () => {
    const { gradient } = softmaxLoss(logits, targets, classes);
    for (let k = 0; k < logits.length; k++) {
      const moved = (by: number): number => reference(logits.with(k, logits[k]! + by));
      expect(gradient[k]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 8);
    }
  });

  it("agrees with float32 logits within their rounding, and leaves them", () => {
    const short = Float32Array.from(logits);
    const kept = short.slice();
    const { gradient, loss } = softmaxLoss(short, targets, classes);
    expect(gradient).toBeInstanceOf(Float32Array);
    expect(short).toEqual(kept);
    expect(loss).toBeCloseTo(reference(logits), 5);
    softmaxLoss(logits, targets, classes).gradient.forEach((value, k) =>
      expect(gradient[k]).toBeCloseTo(value, 6),
    );
  });

  it("stands logits beyond the range of the exponential", () => {
    const { gradient, loss } = softmaxLoss(Float64Array.of(1e4, -1e4), Int32Array.of(1), 2);
    expect([loss, ...gradient]).toEqual([2e4, 1, -1]);
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
    const loss = softmaxLoss(rowLogits, rows, side).loss + softmaxLoss(columnLogits, columns, side).loss;
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
    expect(costOfTable(cost, other)).toBeCloseTo(softmaxLoss(logits, targets, 2).loss, 10);
  });
});
