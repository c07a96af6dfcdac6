import { linearSumAssignment } from "linear-sum-assignment";
import { allocateTable } from "../src/model/sharedTable/allocateTable.ts";
import { minimumMatching } from "../src/model/sharedTable/minimumMatching.ts";
import { profileTable } from "../src/model/sharedTable/profileTable.ts";
import { columnOf, randomTable, rowOf } from "../src/model/sharedTable/SharedTable.ts";
import { costOfTable, type TableCost, zeroCost } from "../src/model/sharedTable/TableCost.ts";
import { successionTable } from "../src/model/sharedTable/successionTable.ts";
import { random } from "../src/series/random.ts";
import { simulateCity } from "../experiments/lightrnn/simulateCity.ts";
import type { Measure } from "./BenchRow.ts";

const SEED = 20_161_205;

/** Milliseconds of processor that one call takes, on a machine that others may use. */
const processorTime = (run: () => unknown): number => {
  const start = process.cpuUsage();
  run();
  return process.cpuUsage(start).user / 1000;
};

/** Median of five calls, after one that does not count. */
const medianProcessorTime = (run: () => unknown): number => {
  run();
  return Array.from({ length: 5 }, () => processorTime(run)).sort((a, b) => a - b)[2]!;
};

/** Losses as a model leaves them: uneven counts, a hidden table that is right for most tokens, noise. */
const learntCost = (tokens: number): TableCost => {
  const numbers = random(SEED, tokens);
  const hidden = randomTable(tokens, numbers);
  const cost = zeroCost(tokens);
  const { side } = cost;
  for (let token = 0; token < tokens; token++) {
    const count = 1 + Math.floor(200 * numbers.uniform() ** 3);
    for (const [half, own] of [
      [cost.rows, rowOf(hidden, token)],
      [cost.columns, columnOf(hidden, token)],
    ] as const) {
      for (let k = 0; k < side; k++) {
        const away = Math.min(Math.abs(k - own), 6);
        half[token * side + k] = count * (1 + 0.5 * away + 2 * numbers.uniform());
      }
    }
  }
  return cost;
};

const matchings: Measure = async (report) => {
  for (const size of [142, 500, 1000]) {
    const numbers = random(SEED, size);
    const cost = Float64Array.from({ length: size * size }, () => numbers.uniform());
    const rows = Array.from({ length: size }, (_, row) => cost.subarray(row * size, (row + 1) * size));
    const own = medianProcessorTime(() => minimumMatching(cost, size));
    report({ case: `matching, ${size} x ${size}`, value: own, unit: "ms of processor" });
    const peer = medianProcessorTime(() => linearSumAssignment(rows, { maximaze: false }));
    report({
      case: `matching, ${size} x ${size}, linear-sum-assignment 1.0.9`,
      value: peer,
      unit: "ms of processor",
    });
  }
};

const allocations: Measure = async (report) => {
  for (const tokens of [1_250, 2_500, 5_000, 10_000, 20_000]) {
    const cost = learntCost(tokens);
    const previous = randomTable(tokens, random(SEED, 1));
    let found = { table: previous, cost: NaN, lowerBound: NaN };
    const value = processorTime(() => (found = allocateTable(cost, previous))) / 1000;
    const goal = tokens === 20_000 ? { atMost: 60 } : {};
    report({ case: `table of ${tokens} tokens allocated`, value, unit: "s of processor", ...goal });
    const before = costOfTable(cost, previous);
    report({
      case: `table of ${tokens} tokens, cost beside the table before`,
      value: (100 * found.cost) / before,
      unit: "%",
      atMost: 100,
    });
    report({
      case: `table of ${tokens} tokens, at most so far above the best`,
      value: (100 * (found.cost - found.lowerBound)) / found.lowerBound,
      unit: "%",
    });
  }
};

const warmStarts: Measure = async (report) => {
  for (const tokens of [5_000, 20_000]) {
    const numbers = random(SEED, tokens);
    const profiles = Float64Array.from({ length: 24 * tokens }, () => numbers.normal());
    const value = processorTime(() => profileTable(profiles, 24, random(SEED))) / 1000;
    report({ case: `table of ${tokens} tokens by profiles of 24 hours`, value, unit: "s of processor" });
    const { tokens: stream } = simulateCity(tokens, 20 * tokens, SEED);
    const succession = processorTime(() => successionTable(stream, tokens)) / 1000;
    report({ case: `table of ${tokens} tokens by succession`, value: succession, unit: "s of processor" });
  }
};

/**
 * The matching of rows and columns beside its peer, then whole tables by number of tokens: one allocation's time on one
 * thread, cost beside the table before, and how far above the lower bound. Warm starts by profile on noise, the
 * hardest they meet, and by succession on the simulated city.
 */
export const measure: Measure = async (report) => {
  await matchings(report);
  await allocations(report);
  await warmStarts(report);
};
