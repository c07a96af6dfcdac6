import { type SharedTable, sharedTable } from "./SharedTable.ts";

/** Places further on at which a follower still counts. */
const REACH = 4;
/** Most passes over all tokens; on streams of traffic they settle in about six. */
const PASSES = 12;
const NONE = -1;

/** How often a token follows another at once. */
class Successions {
  readonly #counts = new Map<number, number>();
  readonly #neighbours: number[][];
  readonly tokens: number;

  constructor(stream: Int32Array, tokens: number) {
    this.tokens = tokens;
    this.#neighbours = Array.from({ length: tokens }, () => []);
    for (let k = 1; k < stream.length; k++) {
      const [from, to] = [stream[k - 1]!, stream[k]!];
      const pair = from * tokens + to;
      const count = this.#counts.get(pair);
      this.#counts.set(pair, (count ?? 0) + 1);
      if (count !== undefined || from === to) continue;
      this.#neighbours[from]!.push(to);
      this.#neighbours[to]!.push(from);
    }
  }

  /** 0 beside the end of a chain. */
  count(from: number, to: number): number {
    return from < 0 || to < 0 ? 0 : (this.#counts.get(from * this.tokens + to) ?? 0);
  }

  /** Tokens that ever came right before or after one. */
  neighboursOf(token: number): readonly number[] {
    return this.#neighbours[token]!;
  }

  /** Pairs, the most frequent first, ties to the lower numbers. */
  pairs(): readonly (readonly [from: number, to: number])[] {
    return Array.from(this.#counts)
      .sort(([a, m], [b, n]) => n - m || a - b)
      .map(([pair]) => [Math.floor(pair / this.tokens), pair % this.tokens]);
  }
}

/** Links of chains by the most frequent pairs: each token has one before and one after at most, and no ring closes. */
const chainTokens = (successions: Successions): readonly number[] => {
  const { tokens } = successions;
  const after = new Int32Array(tokens).fill(NONE);
  const before = new Int32Array(tokens).fill(NONE);
  // The other end of the chain of a token that is an end itself.
  const otherEnd = Int32Array.from(after, (_, token) => token);
  for (const [from, to] of successions.pairs()) {
    if (after[from]! >= 0 || before[to]! >= 0 || otherEnd[from] === to) continue;
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
  return chains.sort((a, b) => b.length - a.length || a[0]! - b[0]!).flat();
};

/** Tokens in a row, where each can be taken out and put elsewhere. */
class Queue {
  readonly #successions: Successions;
  readonly #after: Int32Array;
  readonly #before: Int32Array;
  #first: number;
  /** By distance, 0 to REACH: what one pair at that distance is worth, in nats. */
  readonly #worth = new Float64Array(REACH + 2);

  constructor(successions: Successions, order: readonly number[]) {
    this.#successions = successions;
    this.#after = new Int32Array(order.length).fill(NONE);
    this.#before = new Int32Array(order.length).fill(NONE);
    this.#first = order[0]!;
    order.forEach((token, k) => {
      if (k === 0) return;
      this.#before[token] = order[k - 1]!;
      this.#after[order[k - 1]!] = token;
    });
  }

  order(): readonly number[] {
    const order: number[] = [];
    for (let token = this.#first; token >= 0; token = this.#after[token]!) order.push(token);
    return order;
  }

  /** A pair is worth log of how much more often it is met at its distance than by chance. */
  weigh(events: number): void {
    const met = new Float64Array(REACH + 1);
    for (let token = this.#first; token >= 0; token = this.#after[token]!) {
      let other = this.#after[token]!;
      for (let distance = 1; distance <= REACH && other >= 0; distance++) {
        met[distance]! += this.#successions.count(token, other);
        other = this.#after[other]!;
      }
    }
    for (let distance = 1; distance <= REACH; distance++)
      this.#worth[distance] = Math.max(
        0,
        Math.log(Math.max(1, met[distance]!)) + Math.log(this.#successions.tokens / events),
      );
  }

  /** What a token is worth between a token, or none, and the one after it. */
  #worthBetween(token: number, left: number): number {
    const after = this.#after;
    const before = this.#before;
    let worth = 0;
    let [from, to] = [left, left < 0 ? this.#first : after[left]!];
    for (let distance = 1; distance <= REACH; distance++) {
      worth +=
        this.#worth[distance]! * (this.#successions.count(from, token) + this.#successions.count(token, to));
      // Pairs across the gap move one further apart.
      let across = left < 0 ? this.#first : after[left]!;
      for (let gap = distance; gap <= REACH && across >= 0; gap++) {
        worth -= (this.#worth[gap]! - this.#worth[gap + 1]!) * this.#successions.count(from, across);
        across = after[across]!;
      }
      if (from >= 0) from = before[from]!;
      if (to >= 0) to = after[to]!;
    }
    return worth;
  }

  #takeOut(token: number): void {
    const [left, right] = [this.#before[token]!, this.#after[token]!];
    if (left < 0) this.#first = right;
    else this.#after[left] = right;
    if (right >= 0) this.#before[right] = left;
  }

  #putAfter(token: number, left: number): void {
    const right = left < 0 ? this.#first : this.#after[left]!;
    this.#before[token] = left;
    this.#after[token] = right;
    if (left < 0) this.#first = token;
    else this.#after[left] = token;
    if (right >= 0) this.#before[right] = token;
  }

  /** Puts a token where it is worth most, near one that came right before or after it; whether it went elsewhere. */
  settle(token: number): boolean {
    const home = this.#before[token]!;
    this.#takeOut(token);
    let [best, place] = [this.#worthBetween(token, home) + 1e-9, home];
    const seen = new Set<number>([home]);
    for (const neighbour of this.#successions.neighboursOf(token)) {
      let left = neighbour;
      for (let back = 0; back < REACH && left >= 0; back++) left = this.#before[left]!;
      for (let step = 0; step < 2 * REACH; step++) {
        if (!seen.has(left)) {
          seen.add(left);
          const worth = this.#worthBetween(token, left);
          if (worth > best) [best, place] = [worth, left];
        }
        left = left < 0 ? this.#first : this.#after[left]!;
        if (left < 0) break;
      }
    }
    this.#putAfter(token, place);
    return place !== home;
  }
}

/**
 * A table to start from: what mostly follows a token stands beside it, a few columns further in its row.
 *
 * The pairs of a stream, most frequent first, become links of chains (the greedy heuristic for a path of greatest weight);
 * then tokens one by one move to where the pairs at distances of one to four are worth most, until none does. The order
 * fills the table row by row. Deterministic.
 *
 * @param stream [events], 0 to tokens - 1
 * @throws SharedTableError where the number of tokens does not fit
 * @example
 * successionTable(Int32Array.of(0, 2, 1, 3, 0, 2, 1, 3), 4).cellOf; // => Int32Array [ 0, 2, 1, 3 ]
 */
export const successionTable = (stream: Int32Array, tokens: number): SharedTable => {
  const { cellOf } = sharedTable(tokens);
  const successions = new Successions(stream, tokens);
  const queue = new Queue(successions, chainTokens(successions));
  for (let pass = 0; pass < PASSES; pass++) {
    queue.weigh(stream.length);
    let moved = 0;
    for (let token = 0; token < tokens; token++) moved += Number(queue.settle(token));
    if (moved === 0) break;
  }
  queue.order().forEach((token, cell) => (cellOf[token] = cell));
  return sharedTable(tokens, cellOf);
};
