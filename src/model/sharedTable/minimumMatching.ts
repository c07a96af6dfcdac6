import { SharedTableError } from "./SharedTableError.ts";

/** A perfect matching of rows and columns, with the dual numbers that prove it the cheapest. */
export interface Matching {
  /** [size], the column of each row. */
  readonly columnOf: Int32Array;
  /**
   * [size] each: rowDuals[i] + columnDuals[j] <= cost[i][j] everywhere, with equality where i and j are matched, within
   * rounding. The sum of both is then a lower bound of every matching's cost.
   */
  readonly rowDuals: Float64Array;
  readonly columnDuals: Float64Array;
  readonly cost: number;
}

const FREE = -1;
/** Passes of augmenting row reduction, as in the paper: later ones match few rows more. */
const REDUCTION_PASSES = 2;
/** Evicted rows, in sizes, that a pass goes on with at once: two rows may outbid each other by less and less. */
const EVICTIONS = 8;

/** Arrays that one matching works in. */
interface Search {
  readonly cost: Float64Array;
  readonly size: number;
  readonly columnOf: Int32Array;
  readonly rowOf: Int32Array;
  readonly duals: Float64Array;
}

/** Gives each column the dual of its cheapest row, and that row where no other column has it. Returns how many ask for each row. */
const reduceColumns = ({ columnOf, cost, duals, rowOf, size }: Search): Int32Array => {
  const asked = new Int32Array(size);
  for (let column = size - 1; column >= 0; column--) {
    let best = 0;
    for (let row = 1; row < size; row++) {
      if (cost[row * size + column]! < cost[best * size + column]!) best = row;
    }
    duals[column] = cost[best * size + column]!;
    const before = asked[best]!;
    asked[best] = before + 1;
    if (before > 0) continue;
    columnOf[best] = column;
    rowOf[column] = best;
  }
  return asked;
};

/** Lowers the dual of a column that is its row's only one until the row's second-best column is as good. */
const transferReduction = ({ columnOf, cost, duals, size }: Search, asked: Int32Array): void => {
  if (size === 1) return;
  for (let row = 0; row < size; row++) {
    if (asked[row] !== 1) continue;
    const own = columnOf[row]!;
    let slack = Infinity;
    for (let column = 0; column < size; column++) {
      if (column !== own) slack = Math.min(slack, cost[row * size + column]! - duals[column]!);
    }
    duals[own] = duals[own]! - (slack - (cost[row * size + own]! - duals[own]!));
  }
};

/** Matches free rows to their best column, whose former row becomes free, while that lowers a dual. Returns the rows left free. */
const reduceRows = (
  { columnOf, cost, duals, rowOf, size }: Search,
  free: Int32Array,
  count: number,
): number => {
  let [left, next, evictions] = [0, 0, 0];
  while (next < count) {
    const row = free[next++]!;
    const start = row * size;
    let [best, second] = [0, FREE];
    let least = cost[start]! - duals[0]!;
    let secondLeast = Infinity;
    for (let column = 1; column < size; column++) {
      const slack = cost[start + column]! - duals[column]!;
      if (slack >= secondLeast) continue;
      if (slack < least) {
        [second, secondLeast] = [best, least];
        [best, least] = [column, slack];
      } else {
        [second, secondLeast] = [column, slack];
      }
    }
    const lowered = duals[best]! - (secondLeast - least);
    // A difference too small to show in the dual counts as a tie: otherwise two rows could evict each other for ever.
    const lowers = lowered < duals[best]!;
    if (lowers) duals[best] = lowered;
    else if (rowOf[best] !== FREE && second !== FREE) best = second;
    const evicted = rowOf[best]!;
    rowOf[best] = row;
    columnOf[row] = best;
    if (evicted === FREE) continue;
    columnOf[evicted] = FREE;
    if (lowers && evictions++ < EVICTIONS * size) free[--next] = evicted;
    else free[left++] = evicted;
  }
  return left;
};

/** Finds for each free row the shortest path to a free column, Dijkstra's way on reduced costs, and swaps along it. */
const augment = ({ columnOf, cost, duals, rowOf, size }: Search, free: Int32Array, count: number): void => {
  const distance = new Float64Array(size);
  const before = new Int32Array(size);
  /** Columns [0, low) are scanned, [low, up) are at distance `least`, the rest further. */
  const order = new Int32Array(size);
  for (let index = 0; index < count; index++) {
    const start = free[index]!;
    for (let column = 0; column < size; column++) {
      distance[column] = cost[start * size + column]! - duals[column]!;
      before[column] = start;
      order[column] = column;
    }
    let [low, up, settled] = [0, 0, 0];
    let least = 0;
    let end = FREE;
    while (end === FREE) {
      if (low === up) {
        settled = low;
        least = distance[order[up++]!]!;
        for (let k = up; k < size; k++) {
          const column = order[k]!;
          const away = distance[column]!;
          if (away > least) continue;
          if (away < least) {
            up = low;
            least = away;
          }
          order[k] = order[up]!;
          order[up++] = column;
        }
        for (let k = low; k < up && end === FREE; k++) if (rowOf[order[k]!] === FREE) end = order[k]!;
        if (end !== FREE) break;
      }
      const via = order[low++]!;
      const row = rowOf[via]!;
      const already = cost[row * size + via]! - duals[via]! - least;
      for (let k = up; k < size; k++) {
        const column = order[k]!;
        const away = cost[row * size + column]! - duals[column]! - already;
        if (away >= distance[column]!) continue;
        distance[column] = away;
        before[column] = row;
        if (away > least) continue;
        if (rowOf[column] === FREE) {
          end = column;
          break;
        }
        order[k] = order[up]!;
        order[up++] = column;
      }
    }
    for (let k = 0; k < settled; k++) {
      const column = order[k]!;
      duals[column] = duals[column]! + distance[column]! - least;
    }
    let row = FREE;
    while (row !== start) {
      row = before[end]!;
      rowOf[end] = row;
      const given = columnOf[row]!;
      columnOf[row] = end;
      end = given;
    }
  }
};

/**
 * The cheapest perfect matching of a square matrix of costs, exactly, in at most size^3 steps.
 *
 * Column reduction, reduction transfer, augmenting row reduction, then shortest augmenting paths (Jonker & Volgenant,
 * "A Shortest Augmenting Path Algorithm for Dense and Sparse Linear Assignment Problems", Computing 38, 1987). Equal
 * costs give equal matchings: ties go to the lower number.
 *
 * @param cost [size][size], finite; costs that differ by 2^52 times can hide the smaller in rounding
 * @throws SharedTableError where a size or a number does not fit
 * @example
 * minimumMatching(Float64Array.of(4, 1, 2, 9), 2).columnOf; // => Int32Array [ 1, 0 ]
 */
export const minimumMatching = (cost: Float64Array, size: number): Matching => {
  const problems: string[] = [];
  if (!Number.isSafeInteger(size) || size < 1)
    problems.push(`size is ${size}: give a whole number of at least 1`);
  if (cost.length !== size * size) {
    problems.push(`${cost.length} costs are given: [${size}][${size}] needs ${size * size}`);
  }
  const unfit = cost.findIndex((value) => !Number.isFinite(value));
  if (unfit >= 0) {
    const place = `row ${Math.floor(unfit / size)}, column ${unfit % size}`;
    problems.push(`the cost in ${place} is ${cost[unfit]}: give a finite number`);
  }
  if (problems.length > 0) throw new SharedTableError(problems);

  const columnOf = new Int32Array(size).fill(FREE);
  const rowOf = new Int32Array(size).fill(FREE);
  const duals = new Float64Array(size);
  const search: Search = { cost, size, columnOf, rowOf, duals };
  transferReduction(search, reduceColumns(search));
  const free = new Int32Array(size);
  let count = 0;
  for (let row = 0; row < size; row++) if (columnOf[row] === FREE) free[count++] = row;
  for (let pass = 0; pass < REDUCTION_PASSES && count > 0; pass++) count = reduceRows(search, free, count);
  augment(search, free, count);

  const rowDuals = new Float64Array(size);
  let total = 0;
  for (let row = 0; row < size; row++) {
    const column = columnOf[row]!;
    const value = cost[row * size + column]!;
    rowDuals[row] = value - duals[column]!;
    total += value;
  }
  return { columnOf, rowDuals, columnDuals: duals, cost: total };
};
