import { balancedGroups, type Grouping } from "./balancedGroups.ts";
import { minimumMatching } from "./minimumMatching.ts";
import { columnOf, rowOf, type SharedTable, sharedTable } from "./SharedTable.ts";
import { SharedTableError } from "./SharedTableError.ts";
import { costOfTable, type TableCost } from "./TableCost.ts";

/** A table and how good it is known to be; costs in the unit of the `TableCost`. */
export interface Allocation {
  readonly table: SharedTable;
  readonly cost: number;
  /** No table costs less. Equal to `cost`, within rounding, where the matching of tokens and cells was solved whole. */
  readonly lowerBound: number;
}

export interface AllocationSettings {
  /** Largest side at which tokens and cells are matched as one problem of side^2; 32 when absent. */
  readonly exactSide?: number;
  /** Most passes over rows and columns from each start; 12 when absent. */
  readonly passes?: number;
}

/** A matrix of 1,024 tokens and cells takes 8 MiB and less than a second. */
const EXACT_SIDE = 32;
const PASSES = 12;
/** A pass that gains less than this share of the cost is the last. */
const LEAST_GAIN = 1e-7;

/** Cells of tokens and dummies while they are moved; a dummy costs nothing anywhere. */
interface Places {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

const placesOf = (table: SharedTable): Places => {
  const cells = table.side * table.side;
  return {
    rows: Int32Array.from({ length: cells }, (_, token) => rowOf(table, token)),
    columns: Int32Array.from({ length: cells }, (_, token) => columnOf(table, token)),
  };
};

const tableOf = ({ columns, rows }: Places, { side, tokens }: TableCost): SharedTable =>
  sharedTable(
    tokens,
    rows.map((row, token) => row * side + columns[token]!),
  );

/** Group of each token and dummy, where dummies fill up the groups from the first on. */
const filledGroups = ({ groupOf }: Grouping, side: number): Int32Array => {
  const filled = new Int32Array(side * side);
  filled.set(groupOf);
  const sizes = new Int32Array(side);
  for (const group of groupOf) sizes[group]!++;
  let group = 0;
  for (let token = groupOf.length; token < filled.length; token++) {
    while (sizes[group] === side) group++;
    filled[token] = group;
    sizes[group]!++;
  }
  return filled;
};

/** Gives the members of each group, side of them, the cheapest distinct places, exactly, in `places`. */
const matchWithinGroups = (
  groupOf: Int32Array,
  places: Int32Array,
  costs: Float64Array,
  { side, tokens }: TableCost,
): void => {
  const members = new Int32Array(side * side);
  const sizes = new Int32Array(side);
  groupOf.forEach((group, token) => (members[group * side + sizes[group]!++] = token));
  const matrix = new Float64Array(side * side);
  for (let group = 0; group < side; group++) {
    const own = members.subarray(group * side, (group + 1) * side);
    matrix.fill(0);
    own.forEach((token, k) => {
      if (token < tokens) matrix.set(costs.subarray(token * side, (token + 1) * side), k * side);
    });
    const { columnOf: placeOf } = minimumMatching(matrix, side);
    own.forEach((token, k) => (places[token] = placeOf[k]!));
  }
};

/** Columns inside each row, then rows inside each column, each exactly, until nothing is gained. */
const improve = (start: Places, cost: TableCost, passes: number): SharedTable => {
  let table = tableOf(start, cost);
  let least = costOfTable(cost, table);
  for (let pass = 0; pass < passes; pass++) {
    const { columns, rows } = placesOf(table);
    matchWithinGroups(rows, columns, cost.columns, cost);
    matchWithinGroups(columns, rows, cost.rows, cost);
    const next = tableOf({ rows, columns }, cost);
    const now = costOfTable(cost, next);
    if (!(now < least)) break;
    const gain = least - now;
    [table, least] = [next, now];
    if (gain < LEAST_GAIN * Math.abs(least)) break;
  }
  return table;
};

/** Tokens and cells matched as one problem. */
const allocateExactly = (cost: TableCost): Allocation => {
  const { side, tokens } = cost;
  const cells = side * side;
  const matrix = new Float64Array(cells * cells);
  for (let token = 0; token < tokens; token++) {
    for (let cell = 0; cell < cells; cell++) {
      matrix[token * cells + cell] =
        cost.rows[token * side + Math.floor(cell / side)]! + cost.columns[token * side + (cell % side)]!;
    }
  }
  const matching = minimumMatching(matrix, cells);
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const table = sharedTable(tokens, matching.columnOf);
  return {
    table,
    cost: costOfTable(cost, table),
    lowerBound: sum(matching.rowDuals) + sum(matching.columnDuals),
  };
};

/**
 * Two phases: tokens into rows at the least cost of the rows alone, exactly, then passes of exact matchings; the same with
 * columns first, and from the previous table. What rows and columns cost at the least by themselves bounds every table.
 */
const allocateInPhases = (cost: TableCost, previous: SharedTable, passes: number): Allocation => {
  const { side } = cost;
  const byRows = balancedGroups(cost.rows, side, side);
  const byColumns = balancedGroups(cost.columns, side, side);
  const rows = filledGroups(byRows, side);
  const columnsWithin = new Int32Array(rows.length);
  matchWithinGroups(rows, columnsWithin, cost.columns, cost);
  const columns = filledGroups(byColumns, side);
  const rowsWithin = new Int32Array(columns.length);
  matchWithinGroups(columns, rowsWithin, cost.rows, cost);
  const [best] = [{ rows, columns: columnsWithin }, { rows: rowsWithin, columns }, placesOf(previous)]
    .map((start) => improve(start, cost, passes))
    .map((table) => ({ table, cost: costOfTable(cost, table), lowerBound: byRows.cost + byColumns.cost }))
    .sort((a, b) => a.cost - b.cost);
  return best!;
};

/**
 * The cheapest table for a cost (Li et al., "LightRNN", NIPS 2016, section 3.3): for small tables a minimum-weight perfect
 * matching of tokens and cells, for large ones a good table found in two phases, whose distance from the best the lower
 * bound limits. Never dearer than `previous`: where nothing cheaper is found, that is the result.
 *
 * @throws SharedTableError where cost and table are of different sizes, or a cost is not finite
 * @example
 * const cost = { tokens: 3, side: 2, rows: Float64Array.of(0, 5, 5, 0, 0, 1), columns: Float64Array.of(0, 5, 1, 2, 5, 0) };
 * const previous = { tokens: 3, side: 2, cellOf: Int32Array.of(0, 1, 2, 3) };
 * const { cost: nats, table } = allocateTable(cost, previous);
 * [nats, table.cellOf]; // => [1, Int32Array [ 0, 2, 1, 3 ]]
 */
export const allocateTable = (
  cost: TableCost,
  previous: SharedTable,
  { exactSide = EXACT_SIDE, passes = PASSES }: AllocationSettings = {},
): Allocation => {
  const problems: string[] = [];
  if (cost.tokens !== previous.tokens)
    problems.push(`the cost is of ${cost.tokens} tokens, the table of ${previous.tokens}: give a pair`);
  for (const [name, half] of Object.entries({ rows: cost.rows, columns: cost.columns })) {
    if (half.length !== cost.tokens * cost.side)
      problems.push(
        `the cost of ${name} has ${half.length} numbers: [${cost.tokens}][${cost.side}] needs ${cost.tokens * cost.side}`,
      );
  }
  if (problems.length > 0) throw new SharedTableError(problems);
  const found = cost.side <= exactSide ? allocateExactly(cost) : allocateInPhases(cost, previous, passes);
  const before = costOfTable(cost, previous);
  return found.cost < before ? found : { ...found, table: previous, cost: before };
};
