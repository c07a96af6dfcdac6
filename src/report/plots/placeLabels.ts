/**
 * Moves labels apart along one axis: each keeps its wish where there is room, all keep their order, and none
 * is nearer than `gap` to the next or leaves `low..high` (where that many fit).
 *
 * @example
 * placeLabels([10, 12, 40], 13, 0, 100); // => [10, 23, 40]
 */
export const placeLabels = (wishes: readonly number[], gap: number, low: number, high: number): number[] => {
  const order = wishes.map((_, k) => k).sort((a, b) => (wishes[a] ?? 0) - (wishes[b] ?? 0) || a - b);
  const placed = wishes.map((wish) => Math.min(high, Math.max(low, wish)));
  let floor = low;
  for (const k of order) {
    placed[k] = Math.max(placed[k] ?? 0, floor);
    floor = placed[k] + gap;
  }
  let ceiling = high;
  for (const k of order.reverse()) {
    placed[k] = Math.min(placed[k] ?? 0, ceiling);
    ceiling = placed[k] - gap;
  }
  return placed;
};
