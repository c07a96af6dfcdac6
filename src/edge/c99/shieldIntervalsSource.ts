import type { ShieldPlan } from "./shieldPlan.ts";

/** Functions of EntryIntervals.ts and LeafQueue.ts. */
export const shieldIntervalsSource = ({
  queue,
  types,
}: ShieldPlan): string => `static void set_mark(shield_work *w) {
  while (w->kept > 0u) clear_bit(w->kept_bits, w->kept_variable[--w->kept]);
}

static void undo(shield_work *w) {
  while (w->kept > 0u) {
    const uint32_t entry = w->kept_variable[--w->kept];
    w->low[entry] = w->kept_low[w->kept];
    w->high[entry] = w->kept_high[w->kept];
    clear_bit(w->kept_bits, entry);
  }
}

static void start_intervals(shield_work *w) {
  uint32_t at;
  set_mark(w);
  for (at = component_first_variable[w->component]; at < component_first_variable[w->component + 1u]; at++) {
    const uint32_t entry = component_variable[at];
    w->low[entry] = (${types.entry})least_of(entry);
    w->high[entry] = (${types.entry})most_of(entry);
  }
}

static void set_root(shield_work *w) {
  uint32_t at;
  for (at = component_first_variable[w->component]; at < component_first_variable[w->component + 1u]; at++) {
    const uint32_t entry = component_variable[at];
    w->root_low[entry] = w->low[entry];
    w->root_high[entry] = w->high[entry];
  }
}

static void back_to_root(shield_work *w) {
  uint32_t at;
  set_mark(w);
  for (at = component_first_variable[w->component]; at < component_first_variable[w->component + 1u]; at++) {
    const uint32_t entry = component_variable[at];
    w->low[entry] = w->root_low[entry];
    w->high[entry] = w->root_high[entry];
  }
}

/* Adds a leaf to those that wait, unless it waits already. */
static void enqueue(shield_work *w, uint32_t leaf) {
  uint32_t at = w->queue_first + w->queue_count;
  if (w->leaf_flags[leaf] & WAITING) return;
  set_flag(&w->leaf_flags[leaf], WAITING);
  w->queue_count++;
  w->queue[at < ${queue}u ? at : at - ${queue}u] = (${types.leaf})leaf;
}

/* Narrows an entry and wakes the other leaves that read it. */
static void narrow(shield_work *w, uint32_t entry, amount low, amount high, uint32_t except) {
  uint32_t at;
  if (!bit_of(w->kept_bits, entry)) {
    set_bit(w->kept_bits, entry);
    w->kept_variable[w->kept] = (${types.variable})entry;
    w->kept_low[w->kept] = w->low[entry];
    w->kept_high[w->kept++] = w->high[entry];
  }
  w->low[entry] = (${types.entry})low;
  w->high[entry] = (${types.entry})high;
  for (at = entry_readers[entry]; at < entry_readers[entry + 1u]; at++) {
    const uint32_t leaf = reader[at];
    if (leaf != except && w->leaf_flags[leaf] & ACTIVE) enqueue(w, leaf);
  }
}`;
