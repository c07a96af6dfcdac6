import { type AffineBlock, SLACK } from "./AffineBlock.ts";

/** Which columns of the blocks of one sensor's window stand for what. */
export interface SymbolTable {
  /** Columns in use. */
  readonly count: () => number;
  /** Column of a named input; a new one where it has none. -1 where there is no room left. */
  readonly columnOf: (input: number) => number;
  /** First of `count` new columns; -1 where there is no room for them. */
  readonly reserve: (count: number) => number;
  /**
   * Where fewer than `room` columns are free, keeps the half of the columns that weigh most in these blocks and puts the
   * others into the remainders (Girard, "Reachability of uncertain linear systems using zonotopes", HSCC 2005). An input
   * that lost its column gets a new one when it is asked for again: the two are then taken for independent.
   */
  readonly makeRoom: (blocks: readonly AffineBlock[], room: number) => void;
  readonly clear: () => void;
}

/** Makes a table of `capacity` columns; with none, blocks are boxes. */
export const createSymbolTable = (capacity: number): SymbolTable => {
  const columns = new Map<number, number>();
  let count = 0;
  const weights = new Float64Array(capacity);
  const kept = new Int32Array(capacity);

  const makeRoom: SymbolTable["makeRoom"] = (blocks, room) => {
    if (count + room <= capacity) return;
    weights.fill(0);
    for (const { coefficients, rows, stride } of blocks) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < count; column++) {
          weights[column]! += Math.abs(coefficients[row * stride + column]!);
        }
      }
    }
    const most = Math.max(0, Math.min(capacity - room, capacity >> 1));
    const ranked = Int32Array.from({ length: count }, (_, column) => column).sort(
      (a, b) => weights[b]! - weights[a]! || a - b,
    );
    kept.fill(-1);
    const staying = ranked.subarray(0, most).sort();
    staying.forEach((column, place) => (kept[column] = place));
    for (const { coefficients, remainder, rows, stride } of blocks) {
      for (let row = 0; row < rows; row++) {
        const at = row * stride;
        for (let column = 0; column < count; column++) {
          const value = coefficients[at + column]!;
          coefficients[at + column] = 0;
          if (kept[column]! >= 0) coefficients[at + kept[column]!] = value;
          else remainder[row]! += Math.abs(value) * (1 + SLACK);
        }
      }
    }
    for (const [input, column] of columns) {
      if (kept[column]! >= 0) columns.set(input, kept[column]!);
      else columns.delete(input);
    }
    count = staying.length;
  };

  return {
    count: () => count,
    columnOf: (input) => {
      const known = columns.get(input);
      if (known !== undefined) return known;
      if (count === capacity) return -1;
      columns.set(input, count);
      return count++;
    },
    reserve: (wanted) => {
      if (count + wanted > capacity) return -1;
      count += wanted;
      return count - wanted;
    },
    makeRoom,
    clear: () => {
      columns.clear();
      count = 0;
    },
  };
};
