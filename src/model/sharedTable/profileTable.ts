import type { Random } from "../../series/random.ts";
import { balancedGroups } from "./balancedGroups.ts";
import { type SharedTable, sharedTable, sideOf } from "./SharedTable.ts";

/** Rounds of k-means with rows of any size; on profiles of a day it settles in about ten. */
const FREE_ROUNDS = 12;
/** Rounds after them with rows that are full, each an exact grouping. */
const BALANCED_ROUNDS = 2;

const squaredDistances = (
  profiles: Float64Array,
  centres: Float64Array,
  width: number,
  tokens: number,
  side: number,
): Float64Array => {
  const distances = new Float64Array(tokens * side);
  for (let token = 0; token < tokens; token++) {
    for (let centre = 0; centre < side; centre++) {
      let sum = 0;
      for (let k = 0; k < width; k++) {
        const away = profiles[token * width + k]! - centres[centre * width + k]!;
        sum += away * away;
      }
      distances[token * side + centre] = sum;
    }
  }
  return distances;
};

const nearestRows = (distances: Float64Array, side: number): Int32Array =>
  Int32Array.from({ length: distances.length / side }, (_, token) => {
    let nearest = 0;
    for (let row = 1; row < side; row++)
      if (distances[token * side + row]! < distances[token * side + nearest]!) nearest = row;
    return nearest;
  });

/**
 * A table to start from: tokens of like profiles share a row, by k-means that is balanced in its last rounds; inside a row they stand by the sum of
 * their profile, so that a column is a rank. Profiles of a day, scaled alike, put together what happens at the same hours.
 *
 * @param profiles [tokens][width], finite
 * @param numbers draws the first centres among the tokens
 * @throws SharedTableError where a profile is not finite
 * @example
 * const { cellOf } = profileTable(Float64Array.of(9, 1, 8, 2), 1, random(1));
 * [cellOf[0] >> 1 === cellOf[2] >> 1, cellOf[0] >> 1 === cellOf[1] >> 1]; // => [true, false]
 */
export const profileTable = (profiles: Float64Array, width: number, numbers: Random): SharedTable => {
  const tokens = profiles.length / width;
  const side = sideOf(tokens);
  const centres = new Float64Array(side * width);
  const order = Array.from({ length: tokens }, (_, token) => token);
  for (let centre = 0; centre < side; centre++) {
    const other = centre + Math.floor(numbers.uniform() * (tokens - centre));
    [order[centre], order[other]] = [order[other]!, order[centre]!];
    const token = order[centre]!;
    centres.set(profiles.subarray(token * width, (token + 1) * width), centre * width);
  }
  const distances = (): Float64Array => squaredDistances(profiles, centres, width, tokens, side);
  const settle = (rows: Int32Array): void => {
    const sizes = new Int32Array(side);
    for (const row of rows) sizes[row]!++;
    // A row that nothing is nearest to keeps its centre.
    for (let k = 0; k < centres.length; k++) if (sizes[Math.floor(k / width)]! > 0) centres[k] = 0;
    rows.forEach((row, token) => {
      for (let k = 0; k < width; k++) centres[row * width + k]! += profiles[token * width + k]! / sizes[row]!;
    });
  };
  for (let round = 0; round < FREE_ROUNDS; round++) settle(nearestRows(distances(), side));
  let rows = new Int32Array(0);
  for (let round = 0; round < BALANCED_ROUNDS; round++) {
    rows = Int32Array.from(balancedGroups(distances(), side, side).groupOf);
    settle(rows);
  }
  const level = (token: number): number =>
    profiles.subarray(token * width, (token + 1) * width).reduce((sum, value) => sum + value, 0);
  const levels = Float64Array.from({ length: tokens }, (_, token) => level(token));
  const members: number[][] = Array.from({ length: side }, () => []);
  rows.forEach((row, token) => members[row]!.push(token));
  const cellOf = new Int32Array(side * side);
  let dummy = tokens;
  members.forEach((own, row) => {
    own.sort((a, b) => levels[a]! - levels[b]! || a - b);
    while (own.length < side) own.push(dummy++);
    own.forEach((token, column) => (cellOf[token] = row * side + column));
  });
  return sharedTable(tokens, cellOf);
};
