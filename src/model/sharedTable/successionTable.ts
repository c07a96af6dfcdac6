import { type SharedTable, sharedTable } from "./SharedTable.ts";

/**
 * A table to start from: what mostly follows a token stands beside it, in the next column of its row.
 *
 * The pairs of a stream, most frequent first, become links of chains, each token with at most one before and one after it
 * and no chain closed to a ring: the greedy heuristic for a path of greatest weight. The chains, longest first, fill
 * the table row by row. Ties go to the lower numbers.
 *
 * @param stream [events], 0 to tokens - 1
 * @throws SharedTableError where the number of tokens does not fit
 * @example
 * successionTable(Int32Array.of(0, 2, 1, 3, 0, 2, 1, 3), 4).cellOf; // => Int32Array [ 0, 2, 1, 3 ]
 */
export const successionTable = (stream: Int32Array, tokens: number): SharedTable => {
  const counts = new Map<number, number>();
  for (let k = 1; k < stream.length; k++) {
    const pair = stream[k - 1]! * tokens + stream[k]!;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const pairs = Array.from(counts).sort(([a, m], [b, n]) => n - m || a - b);
  const after = new Int32Array(tokens).fill(-1);
  const before = new Int32Array(tokens).fill(-1);
  // The other end of the chain of a token that is an end itself.
  const otherEnd = Int32Array.from(after, (_, token) => token);
  for (const [pair] of pairs) {
    const to = pair % tokens;
    const from = (pair - to) / tokens;
    if (after[from]! >= 0 || before[to]! >= 0 || otherEnd[from] === to || from === to) continue;
    after[from] = to;
    before[to] = from;
    const [first, last] = [otherEnd[from]!, otherEnd[to]!];
    otherEnd[first] = last;
    otherEnd[last] = first;
  }
  const chains: number[][] = [];
  before.forEach((previous, token) => {
    if (previous >= 0) return;
    const chain: number[] = [];
    for (let next = token; next >= 0; next = after[next]!) chain.push(next);
    chains.push(chain);
  });
  chains.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  const { cellOf } = sharedTable(tokens);
  chains.flat().forEach((token, cell) => (cellOf[token] = cell));
  return sharedTable(tokens, cellOf);
};
