import { SharedTableError } from "./SharedTableError.ts";

/** Items in groups of limited size, with the dual numbers that prove the grouping the cheapest. */
export interface Grouping {
  /** [items] */
  readonly groupOf: Int32Array;
  /**
   * [groups], none above 0, 0 where a group has room left. The sum over items of min over groups of
   * (cost - dual), plus capacity times the sum of the duals, is a lower bound of every grouping's cost and equals this
   * one's, within rounding.
   */
  readonly duals: Float64Array;
  readonly cost: number;
}

/** Items of a group by what it costs to move them to another, cheapest on top; items that left are dropped when they surface. */
interface MoveHeap {
  items: Int32Array;
  length: number;
}

const NONE = -1;

/** A grouping while it is made. */
class Moves {
  readonly groupOf: Int32Array;
  readonly sizes: Int32Array;
  readonly #cost: Float64Array;
  readonly #groups: number;
  /** [from][to] */
  readonly #heaps: MoveHeap[];

  constructor(cost: Float64Array, items: number, groups: number) {
    this.#cost = cost;
    this.#groups = groups;
    this.groupOf = new Int32Array(items);
    this.sizes = new Int32Array(groups);
    for (let item = 0; item < items; item++) {
      let best = 0;
      for (let group = 1; group < groups; group++) {
        if (cost[item * groups + group]! < cost[item * groups + best]!) best = group;
      }
      this.groupOf[item] = best;
      this.sizes[best]!++;
    }
    this.#heaps = Array.from({ length: groups * groups }, (_, k) => ({
      items: new Int32Array(this.sizes[Math.floor(k / groups)]!),
      length: 0,
    }));
    for (let item = 0; item < items; item++) this.#offer(item);
  }

  /** What it costs to move the cheapest item; infinite from an empty group. */
  price(from: number, to: number): number {
    const item = this.cheapest(from, to);
    return item === NONE ? Infinity : this.#priceOf(item, from, to);
  }

  cheapest(from: number, to: number): number {
    const heap = this.#heaps[from * this.#groups + to]!;
    while (heap.length > 0 && this.groupOf[heap.items[0]!] !== from) this.#drop(heap, from, to);
    return heap.length > 0 ? heap.items[0]! : NONE;
  }

  move(item: number, to: number): void {
    this.sizes[this.groupOf[item]!]!--;
    this.sizes[to]!++;
    this.groupOf[item] = to;
    this.#offer(item);
  }

  #priceOf(item: number, from: number, to: number): number {
    const start = item * this.#groups;
    return this.#cost[start + to]! - this.#cost[start + from]!;
  }

  #before(a: number, b: number, from: number, to: number): boolean {
    const difference = this.#priceOf(a, from, to) - this.#priceOf(b, from, to);
    return difference < 0 || (difference === 0 && a < b);
  }

  /** Puts an item on the heaps of its group. */
  #offer(item: number): void {
    const from = this.groupOf[item]!;
    for (let to = 0; to < this.#groups; to++) {
      if (to === from) continue;
      const heap = this.#heaps[from * this.#groups + to]!;
      if (heap.length === heap.items.length) {
        const wider = new Int32Array(2 * heap.length + 4);
        wider.set(heap.items);
        heap.items = wider;
      }
      let place = heap.length++;
      while (place > 0) {
        const parent = (place - 1) >> 1;
        if (!this.#before(item, heap.items[parent]!, from, to)) break;
        heap.items[place] = heap.items[parent]!;
        place = parent;
      }
      heap.items[place] = item;
    }
  }

  #drop(heap: MoveHeap, from: number, to: number): void {
    const { items } = heap;
    const last = items[--heap.length]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(items[child + 1]!, items[child]!, from, to)) child++;
      if (!this.#before(items[child]!, last, from, to)) break;
      items[place] = items[child]!;
      place = child;
    }
    items[place] = last;
  }
}

/**
 * Puts items into groups of at most `capacity` at the least cost, exactly.
 *
 * Every item starts in its cheapest group; then, one by one, the cheapest chain of moves takes an item out of a group
 * that is too large and adds one to a group with room (successive shortest paths with dual numbers, Dijkstra's way
 * on the graph of the groups; Ahuja, Magnanti & Orlin, "Network Flows", 1993, section 9.7). Each chain takes
 * groups^2 steps, and there are as many as items too many at the start. Ties go to the lower number.
 *
 * @param cost [items][groups], finite
 * @throws SharedTableError where a size or a number does not fit
 * @example
 * balancedGroups(Float64Array.of(0, 9, 1, 3), 2, 1).groupOf; // => Int32Array [ 0, 1 ]
 */
export const balancedGroups = (cost: Float64Array, groups: number, capacity: number): Grouping => {
  const items = cost.length / groups;
  const problems: string[] = [];
  for (const [name, value] of Object.entries({ groups, capacity })) {
    if (!Number.isSafeInteger(value) || value < 1)
      problems.push(`${name} is ${value}: give a whole number of at least 1`);
  }
  if (problems.length === 0) {
    if (!Number.isInteger(items))
      problems.push(`${cost.length} costs are no whole number of rows of ${groups} groups: give all`);
    if (items > groups * capacity) {
      problems.push(
        `${items} items do not fit ${groups} groups of ${capacity}: give more groups or more capacity`,
      );
    }
    const unfit = cost.findIndex((value) => !Number.isFinite(value));
    if (unfit >= 0) {
      const place = `item ${Math.floor(unfit / groups)} in group ${unfit % groups}`;
      problems.push(`the cost of ${place} is ${cost[unfit]}: give a finite number`);
    }
  }
  if (problems.length > 0) throw new SharedTableError(problems);

  const moves = new Moves(cost, items, groups);
  const { groupOf, sizes } = moves;
  const duals = new Float64Array(groups);
  const distance = new Float64Array(groups);
  const before = new Int32Array(groups);
  const settled = new Uint8Array(groups);
  while (sizes.some((size) => size > capacity)) {
    for (let group = 0; group < groups; group++) distance[group] = sizes[group]! > capacity ? 0 : Infinity;
    before.fill(NONE);
    settled.fill(0);
    let end = NONE;
    while (end === NONE) {
      let nearest = NONE;
      for (let group = 0; group < groups; group++) {
        if (settled[group] === 0 && (nearest === NONE || distance[group]! < distance[nearest]!))
          nearest = group;
      }
      if (sizes[nearest]! < capacity) {
        end = nearest;
        break;
      }
      settled[nearest] = 1;
      const already = distance[nearest]! + duals[nearest]!;
      for (let group = 0; group < groups; group++) {
        if (settled[group] === 1) continue;
        // Reduced prices are at least 0 but for rounding.
        const away = Math.max(distance[nearest]!, already + moves.price(nearest, group) - duals[group]!);
        if (away < distance[group]!) {
          distance[group] = away;
          before[group] = nearest;
        }
      }
    }
    const length = distance[end]!;
    for (let group = 0; group < groups; group++) {
      if (settled[group] === 1) duals[group] = duals[group]! + distance[group]! - length;
    }
    // Walked from its end, so that each group gives before it receives and the cheapest item is that of the search.
    for (let to = end; before[to] !== NONE; to = before[to]!) {
      moves.move(moves.cheapest(before[to]!, to), to);
    }
  }
  let total = 0;
  for (let item = 0; item < items; item++) total += cost[item * groups + groupOf[item]!]!;
  return { groupOf, duals, cost: total };
};
