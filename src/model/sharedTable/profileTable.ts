import type { Random } from "../../series/random.ts";
import { balancedGroups } from "./balancedGroups.ts";
import { type SharedTable, sharedTable, sideOf } from "./SharedTable.ts";

/** Rounds of k-means; on profiles of a day it settles in about ten. */
const ROUNDS = 12;

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

/**
 * A table to start from: tokens of like profiles share a row, by balanced k-means; inside a row they stand by the sum of
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
  let rows = new Int32Array(0);
  let before = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const { cost, groupOf } = balancedGroups(
      squaredDistances(profiles, centres, width, tokens, side),
      side,
      side,
    );
    if (!(cost < before)) break;
    before = cost;
    rows = Int32Array.from(groupOf);
    const sizes = new Int32Array(side);
    centres.fill(0);
    rows.forEach((row, token) => {
      sizes[row]!++;
      for (let k = 0; k < width; k++) centres[row * width + k]! += profiles[token * width + k]!;
    });
    for (let k = 0; k < centres.length; k++)
      centres[k] = centres[k]! / Math.max(1, sizes[Math.floor(k / width)]!);
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
