import { NodeKind } from "../../stl/unroll/UnrolledRule.ts";
import { RETRACTIONS } from "../shieldBounds.ts";
import { shieldIntervalsSource } from "./shieldIntervalsSource.ts";
import type { ShieldPlan } from "./shieldPlan.ts";

/** Functions of repairBySearch.ts. */
export const shieldSearchSource = (plan: ShieldPlan): string => {
  const { types } = plan;
  return `
enum { FOUND, IMPOSSIBLE, GIVEN_UP };
enum { REFUSED, SETTLED, OPENED };
#define NO_LEAF UINT32_MAX

${shieldIntervalsSource(plan)}
static int narrow_by_leaf(shield_work *w, uint32_t leaf) {
  const amount best = extreme(w, leaf, 1);
  amount slack;
  uint32_t term;
  w->visits++;
  if (best == ENDLESS) return 1;
  if (best == -ENDLESS) return 0;
  slack = best - needed_by(w, rule_of_leaf(leaf));
  if (slack < 0) return 0;
  for (term = leaf_free[leaf]; term < leaf_free[leaf + 1u]; term++) {
    const uint32_t entry = free_variable[term];
    const amount reach = slack / size_of(term);
    const amount low = w->low[entry];
    const amount high = w->high[entry];
    if (free_coefficient[term] > 0 ? high - reach > low : low + reach < high) {
      if (free_coefficient[term] > 0) narrow(w, entry, high - reach, high, leaf);
      else narrow(w, entry, low, low + reach, leaf);
    }
  }
  return 1;
}

/* Visits the leaves that wait; where nothing can hold any more, it only empties the queue. */
static int propagate(shield_work *w, int possible) {
  while (w->queue_count > 0u) {
    const uint32_t leaf = w->queue[w->queue_first];
    w->queue_first = w->queue_first + 1u < ${plan.queue}u ? w->queue_first + 1u : 0u;
    w->queue_count--;
    clear_flag(&w->leaf_flags[leaf], WAITING);
    if (possible) possible = w->visits < w->visit_limit && narrow_by_leaf(w, leaf);
  }
  return possible;
}

static void hold(shield_work *w, uint32_t at, uint32_t node) {
  w->held_node[at] = (${types.node})node;
  w->held_edge[at] = node_children[node];
  w->held_missing[at] = (${types.held})(node_children[node] == node_children[node + 1u] ? 0u : node_argument[node]);
}

/* Whether a node can or must hold within the intervals, as far as each leaf by itself tells. */
static int holds(shield_work *w, uint32_t root, amount needed, int best) {
  uint32_t at = 0;
  hold(w, 0, root);
  for (;;) {
    const uint32_t node = w->held_node[at];
    const uint32_t argument = node_argument[node];
    int result = 0;
    switch (node_kind[node]) {
      case ${NodeKind.leaf}:
        if (w->visits < w->visit_limit) {
          w->visits++;
          result = extreme(w, argument, best) >= needed;
        }
        break;
      case ${NodeKind.clock}:
        result = w->clock[argument];
        break;
      case ${NodeKind.constantTrue}:
        result = 1;
        break;
      case ${NodeKind.constantFalse}:
        break;
      default:
        if (w->held_missing[at] == 0u) {
          result = 1;
        } else if ((uint32_t)node_children[node + 1u] - w->held_edge[at] >= w->held_missing[at]) {
          const uint32_t next = child[w->held_edge[at]++];
          hold(w, ++at, next);
          continue;
        }
    }
    if (at == 0u) return result;
    at--;
    if (result) w->held_missing[at]--;
  }
}

/* Activates a leaf or postpones a choice; of an opened node the children to demand have their bit set. */
static int enter(shield_work *w, uint32_t node) {
  const uint32_t from = node_children[node];
  const uint32_t to = node_children[node + 1u];
  const uint32_t argument = node_argument[node];
  uint32_t able = 0;
  uint32_t edge;
  amount needed;
  switch (node_kind[node]) {
    case ${NodeKind.leaf}:
      if (w->leaf_flags[argument] & ACTIVE) return SETTLED;
      set_flag(&w->leaf_flags[argument], ACTIVE);
      w->activated[w->activated_count++] = (${types.leaf})argument;
      enqueue(w, argument);
      return SETTLED;
    case ${NodeKind.clock}:
      return w->clock[argument] ? SETTLED : REFUSED;
    case ${NodeKind.constantTrue}:
      return SETTLED;
    case ${NodeKind.constantFalse}:
      return REFUSED;
    default:
      break;
  }
  if (argument == 0u) return SETTLED;
  if (argument > to - from) return REFUSED;
  if (argument == to - from) {
    for (edge = from; edge < to; edge++) set_bit(w->edge_bits, edge);
    return OPENED;
  }
  /* Where no more children can hold than must, there is nothing to choose: deciding late would cost retractions. */
  needed = needed_by(w, rule_of_node(node));
  for (edge = from; edge < to; edge++) {
    if (holds(w, child[edge], needed, 1)) {
      set_bit(w->edge_bits, edge);
      able++;
    } else {
      clear_bit(w->edge_bits, edge);
    }
  }
  if (able <= argument) return able == argument ? OPENED : REFUSED;
  if (!(w->node_flags[node] & POSTPONED)) {
    set_flag(&w->node_flags[node], POSTPONED);
    w->pending[w->pending_count++] = (${types.node})node;
  }
  return SETTLED;
}

/* Demands a node and what must hold under it. */
static int demand(shield_work *w, uint32_t root) {
  uint32_t deep = 0;
  uint32_t node = root;
  for (;;) {
    const int met = enter(w, node);
    if (met == REFUSED) return 0;
    if (met == OPENED) {
      w->way_node[deep] = (${types.node})node;
      w->way_edge[deep++] = node_children[node];
    }
    for (;;) {
      uint32_t edge;
      if (deep == 0u) return 1;
      edge = w->way_edge[deep - 1u];
      if (edge == node_children[w->way_node[deep - 1u] + 1u]) {
        deep--;
        continue;
      }
      w->way_edge[deep - 1u]++;
      if (!bit_of(w->edge_bits, edge)) continue;
      node = child[edge];
      break;
    }
  }
}

static void release(shield_work *w, uint32_t activated, uint32_t pending) {
  while (w->activated_count > activated) clear_flag(&w->leaf_flags[w->activated[--w->activated_count]], ACTIVE);
  while (w->pending_count > pending) clear_flag(&w->node_flags[w->pending[--w->pending_count]], POSTPONED);
}

/* Takes choices back: what the leaves that stay active make of the root's intervals is found anew. */
static void retract(shield_work *w, uint32_t root_activated, uint32_t activated, uint32_t pending) {
  uint32_t at;
  release(w, activated, pending);
  back_to_root(w);
  for (at = root_activated; at < w->activated_count; at++) enqueue(w, w->activated[at]);
  (void)propagate(w, 1);
}

/* Whether a node can hold beside all that is demanded already: tried out, then taken back. */
static int can_hold(shield_work *w, uint32_t node) {
  const uint32_t activated = w->activated_count;
  const uint32_t pending = w->pending_count;
  int possible;
  set_mark(w);
  possible = demand(w, node);
  possible = propagate(w, possible);
  undo(w);
  release(w, activated, pending);
  return possible;
}

/* Fixes one entry at a value; where that empties an interval, nothing has changed. */
static int fix(shield_work *w, uint32_t entry, amount value) {
  set_mark(w);
  narrow(w, entry, value, value, NO_LEAF);
  if (propagate(w, 1)) return 1;
  undo(w);
  return 0;
}

/* Fixes the entries forward in time. */
static int assign(shield_work *w) {
  uint32_t at;
  for (at = component_first_variable[w->component]; at < component_first_variable[w->component + 1u]; at++) {
    const uint32_t entry = component_variable[at];
    const int32_t least = w->low[entry];
    const int32_t most = w->high[entry];
    const int32_t nearest = clamp(w->swept[entry], least, most);
    if (least == most || fix(w, entry, nearest)) continue;
    if (nearest != least && fix(w, entry, least)) continue;
    if (nearest != most && fix(w, entry, most)) continue;
    return 0;
  }
  return 1;
}

/* Lists the children of a choice that can hold, the nearest to holding first; gives the end of the list. */
static uint32_t list_options(shield_work *w, uint32_t node, amount needed, uint32_t first) {
  uint32_t end = first;
  uint32_t edge;
  for (edge = node_children[node]; edge < node_children[node + 1u]; edge++) {
    const uint32_t option = child[edge];
    uint32_t place;
    if (!holds(w, option, needed, 1) || (node_argument[node] > 1u && !can_hold(w, option))) continue;
    for (place = end++; place > first; place--) {
      const uint32_t other = w->options[place - 1u];
      if (w->nodes[option] < w->nodes[other] || (w->nodes[option] == w->nodes[other] && option > other)) break;
      w->options[place] = w->options[place - 1u];
    }
    w->options[place] = (${types.node})option;
  }
  return end;
}

/* Demands an option: the best \`count\` children, the last of them exchanged for a later one. */
static int take_option(shield_work *w, uint32_t first, uint32_t count, uint32_t next) {
  int possible = 1;
  uint32_t kept;
  for (kept = 0; possible && kept + 1u < count; kept++) possible = demand(w, w->options[first + kept]);
  if (possible) possible = demand(w, w->options[first + count - 1u + next]);
  return propagate(w, possible);
}

static int demand_clauses(shield_work *w) {
  int possible = 1;
  uint32_t at;
  for (at = component_first_clause[w->component]; possible && at < component_first_clause[w->component + 1u]; at++) {
    possible = demand(w, component_widest[at]);
  }
  return propagate(w, possible);
}

static void begin_search(shield_work *w) {
  uint32_t at;
  forget_notes(w);
  for (at = component_first_node[w->component]; at < component_first_node[w->component + 1u]; at++) {
    const uint32_t node = component_node[at];
    if (node_kind[node] == ${NodeKind.leaf}) clear_flag(&w->leaf_flags[node_argument[node]], ACTIVE | WAITING);
  }
  w->visits = 0;
  w->visit_limit = component_visit_limit[w->component];
  w->activated_count = 0;
  w->pending_count = 0;
  w->queue_first = 0;
  w->queue_count = 0;
  start_intervals(w);
  judge_component(w, w->swept);
}

/* Repairs by interval propagation and choice: entries near those of the sweeps, written to the forecast. */
static int repair_by_search(shield_work *w, int32_t *forecast) {
  uint32_t root_activated;
  uint32_t retractions = 0;
  uint32_t position = 0;
  uint32_t frames = 0;
  int exhaustive = 1;
  begin_search(w);
  if (!demand_clauses(w)) return w->visits < w->visit_limit ? IMPOSSIBLE : GIVEN_UP;
  set_root(w);
  root_activated = w->activated_count;
  w->frame_options[0] = 0;
  for (;;) {
    int stuck = 0;
    if (position == w->pending_count) {
      if (assign(w)) {
        uint32_t at;
        for (at = component_first_variable[w->component]; at < component_first_variable[w->component + 1u]; at++) {
          forecast[component_variable[at]] = w->low[component_variable[at]];
        }
        return FOUND;
      }
      exhaustive = 0;
      retractions++;
      stuck = 1;
    } else {
      const uint32_t node = w->pending[position];
      const amount needed = needed_by(w, rule_of_node(node));
      const uint32_t first = w->frame_options[frames];
      uint32_t end;
      if (holds(w, node, needed, 0)) {
        position++;
        continue;
      }
      end = list_options(w, node, needed, first);
      if (node_argument[node] > 1u && end - first > node_argument[node]) exhaustive = 0;
      w->frame_position[frames] = (${types.choice})position;
      w->frame_next[frames] = 0;
      w->frame_activated[frames] = (${types.leaf})w->activated_count;
      w->frame_pending[frames] = (${types.choice})w->pending_count;
      w->frame_options[++frames] = (${types.option})end;
    }
    /* Takes the next option of the latest choice that has one left. */
    for (;;) {
      uint32_t frame;
      uint32_t first;
      uint32_t count;
      uint32_t next;
      if (frames == 0u) return exhaustive && w->visits < w->visit_limit ? IMPOSSIBLE : GIVEN_UP;
      frame = frames - 1u;
      first = w->frame_options[frame];
      count = node_argument[w->pending[w->frame_position[frame]]];
      next = w->frame_next[frame];
      if (first + count + next > w->frame_options[frames]) {
        frames--;
        stuck = 1;
        continue;
      }
      if (retractions > ${RETRACTIONS}u || w->visits >= w->visit_limit) return GIVEN_UP;
      if (stuck) retract(w, root_activated, w->frame_activated[frame], w->frame_pending[frame]);
      w->frame_next[frame]++;
      if (take_option(w, first, count, next)) {
        position = w->frame_position[frame] + 1u;
        break;
      }
      stuck = 1;
      retractions++;
    }
  }
}
`;
};
