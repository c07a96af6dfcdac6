import { columnOf, rowOf, type SharedTable, sideOf } from "./SharedTable.ts";
import { logSumExp } from "./logSumExp.ts";

/**
 * What each token would cost in each row and each column: in the cell (i, j), rows[token][i] + columns[token][j] nats.
 *
 * The sums of -log P(row i) and of -log P(column j | the token's own row) over the positions where the token stands
 * (Li et al., "LightRNN", NIPS 2016, equations 5 to 7), with the model as it is: to move a token changes neither its
 * neighbours' losses nor the state.
 */
export interface TableCost {
  readonly tokens: number;
  readonly side: number;
  /** [tokens][side] */
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

export const zeroCost = (tokens: number): TableCost => {
  const side = sideOf(tokens);
  const zeros = (): Float64Array => new Float64Array(tokens * side);
  return { tokens, side, rows: zeros(), columns: zeros() };
};

/**
 * Adds the losses of one half-step to `sums`, either half of a cost, in place.
 *
 * @param logits [positions][side]
 * @param tokens [positions], the token that stands at each
 */
export const addHalfStepCost = (
  sums: Float64Array,
  side: number,
  logits: Float32Array | Float64Array,
  tokens: Int32Array,
): void => {
  for (let position = 0; position < tokens.length; position++) {
    const from = position * side;
    const to = tokens[position]! * side;
    const total = logSumExp(logits, from, side);
    for (let k = 0; k < side; k++) sums[to + k] = sums[to + k]! + total - logits[from + k]!;
  }
};

/** Cost of all tokens where a table has them, in nats. */
export const costOfTable = ({ columns, rows, side, tokens }: TableCost, table: SharedTable): number => {
  let sum = 0;
  for (let token = 0; token < tokens; token++) {
    sum += rows[token * side + rowOf(table, token)]! + columns[token * side + columnOf(table, token)]!;
  }
  return sum;
};
