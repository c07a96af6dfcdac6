import type { Random } from "../../series/random.ts";
import { SharedTableError } from "./SharedTableError.ts";

/**
 * Tokens in the cells of a square table: a token's vector is made of its row's and its column's, so `tokens` of them
 * need 2 side vectors (Li, Qin, Yang, Hu & Liu, "LightRNN", NIPS 2016).
 *
 * Cell c stands in row floor(c / side) and column c mod side. The numbers from `tokens` to side^2 - 1 are dummies, which
 * never occur in a stream and fill the cells that are left over: with them the table is a bijection.
 */
export interface SharedTable {
  readonly tokens: number;
  readonly side: number;
  /** [side^2], cell of each token, then of each dummy. */
  readonly cellOf: Int32Array;
}

/** Side of the smallest square that holds so many tokens. */
export const sideOf = (tokens: number): number => {
  const root = Math.floor(Math.sqrt(tokens));
  return root * root < tokens ? root + 1 : root;
};

/**
 * A table from the cell of each token and dummy; in their own order without.
 *
 * @param cellOf [side^2], every cell once; kept, not copied
 * @throws SharedTableError naming the first cell that is taken twice, and whatever else does not fit
 * @example
 * const table = sharedTable(7);
 * [table.side, rowOf(table, 5), columnOf(table, 5)]; // => [3, 1, 2]
 */
export const sharedTable = (tokens: number, cellOf?: Int32Array): SharedTable => {
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > 2 ** 24) {
    throw new SharedTableError([`tokens is ${tokens}: give a whole number from 1 to 2^24`]);
  }
  const side = sideOf(tokens);
  const cells = side * side;
  if (cellOf === undefined) return { tokens, side, cellOf: Int32Array.from({ length: cells }, (_, k) => k) };
  const problems: string[] = [];
  if (cellOf.length !== cells) {
    problems.push(
      `${cellOf.length} cells are given: ${tokens} tokens need ${cells}, dummies from ${tokens} on included`,
    );
  }
  const tokenIn = new Int32Array(cells).fill(-1);
  cellOf.forEach((cell, token) => {
    if (cell < 0 || cell >= cells)
      problems.push(`token ${token} is in cell ${cell}: give one from 0 to ${cells - 1}`);
    else if (tokenIn[cell]! >= 0)
      problems.push(`tokens ${tokenIn[cell]} and ${token} are both in cell ${cell}: move one of them`);
    else tokenIn[cell] = token;
  });
  if (problems.length > 0) throw new SharedTableError(problems);
  return { tokens, side, cellOf };
};

export const rowOf = ({ cellOf, side }: SharedTable, token: number): number =>
  Math.floor(cellOf[token]! / side);

export const columnOf = ({ cellOf, side }: SharedTable, token: number): number => cellOf[token]! % side;

/** [side^2], the token or dummy in each cell. */
export const tokenAt = ({ cellOf }: SharedTable): Int32Array => {
  const tokens = new Int32Array(cellOf.length);
  cellOf.forEach((cell, token) => (tokens[cell] = token));
  return tokens;
};

/** A table with its tokens shuffled, every order as likely as another. */
export const randomTable = (tokens: number, numbers: Random): SharedTable => {
  const { cellOf } = sharedTable(tokens);
  for (let k = cellOf.length - 1; k > 0; k--) {
    const other = Math.floor(numbers.uniform() * (k + 1));
    [cellOf[k], cellOf[other]] = [cellOf[other]!, cellOf[k]!];
  }
  return sharedTable(tokens, cellOf);
};
