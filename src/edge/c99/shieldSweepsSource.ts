import { NodeKind } from "../../stl/unroll/UnrolledRule.ts";
import { PASSES_OVER_A_LEAF, SWEEPS_A_NOTE } from "../shieldBounds.ts";
import type { ShieldPlan } from "./shieldPlan.ts";

/** Functions of repairBySweeps.ts. */
export const shieldSweepsSource = (plan: ShieldPlan): string => `
/* How far the entry of a term can go in the direction that helps. */
static amount room_of(const int32_t *forecast, uint32_t term) {
  const uint32_t entry = free_variable[term];
  return free_coefficient[term] > 0 ? (amount)most_of(entry) - forecast[entry] : (amount)forecast[entry] - least_of(entry);
}

static amount size_of(uint32_t term) {
  const amount coefficient = free_coefficient[term];
  return coefficient < 0 ? -coefficient : coefficient;
}

/* Shifts the entries of a broken leaf by the nearest whole amounts that mend it. */
static void mend_leaf(shield_work *w, uint32_t leaf) {
  int32_t *forecast = w->swept;
  const uint32_t from = leaf_free[leaf];
  const uint32_t to = leaf_free[leaf + 1u];
  const amount value = value_of(w, leaf, forecast);
  amount deficit;
  int pass;
  if (value == ENDLESS || value == -ENDLESS) return;
  deficit = needed_by(w, rule_of_leaf(leaf)) - value;
  for (pass = 0; pass < ${PASSES_OVER_A_LEAF} && deficit > 0; pass++) {
    amount squares = 0;
    uint32_t term;
    for (term = from; term < to; term++) {
      if (room_of(forecast, term) > 0) squares += size_of(term) * size_of(term);
    }
    if (squares == 0) return;
    for (term = from; term < to && deficit > 0; term++) {
      const amount room = room_of(forecast, term);
      const amount size = size_of(term);
      amount move;
      if (room <= 0) continue;
      move = (size * deficit + squares - 1) / squares;
      if (move > room) move = room;
      forecast[free_variable[term]] += (int32_t)(free_coefficient[term] > 0 ? move : -move);
      deficit -= size * move;
      squares -= size * size;
    }
  }
}

/* Chooses the children of a node that are nearest to holding, as many as must. */
static void choose(shield_work *w, uint32_t node) {
  const uint32_t from = node_children[node];
  const uint32_t to = node_children[node + 1u];
  uint32_t count;
  set_flag(&w->node_flags[node], CHOSEN);
  for (count = 0; count < node_argument[node]; count++) {
    uint32_t best = to;
    uint32_t edge;
    for (edge = from; edge < to; edge++) {
      if (bit_of(w->edge_bits, edge)) continue;
      if (best == to || w->nodes[child[edge]] > w->nodes[child[best]]) best = edge;
    }
    if (best < to) set_bit(w->edge_bits, best);
  }
}

/* Mends a leaf; true for a node whose children are to be mended. */
static int enter_broken(shield_work *w, uint32_t node, amount needed, int note) {
  if (w->nodes[node] >= needed || (w->node_flags[node] & SWEEP) == note) return 0;
  w->node_flags[node] = (uint8_t)((w->node_flags[node] & ~SWEEP) | note);
  if (node_kind[node] == ${NodeKind.leaf}) mend_leaf(w, node_argument[node]);
  if (node_children[node] == node_children[node + 1u]) return 0;
  if (node_kind[node] != ${NodeKind.all} && !(w->node_flags[node] & CHOSEN)) choose(w, node);
  return 1;
}

static void mend(shield_work *w, uint32_t clause, amount needed, int note) {
  uint32_t deep = 1;
  if (!enter_broken(w, clause, needed, note)) return;
  w->way_node[0] = (${plan.types.node})clause;
  w->way_edge[0] = node_children[clause];
  while (deep > 0u) {
    const uint32_t node = w->way_node[deep - 1u];
    const uint32_t edge = w->way_edge[deep - 1u];
    if (edge == node_children[node + 1u]) {
      deep--;
      continue;
    }
    w->way_edge[deep - 1u]++;
    if ((node_kind[node] == ${NodeKind.all} || bit_of(w->edge_bits, edge)) && enter_broken(w, child[edge], needed, note)) {
      w->way_node[deep] = child[edge];
      w->way_edge[deep] = node_children[child[edge]];
      deep++;
    }
  }
}

/* Forgets what a phase noted of the component's nodes and of their children. */
static void forget_notes(shield_work *w) {
  uint32_t at;
  for (at = component_first_node[w->component]; at < component_first_node[w->component + 1u]; at++) {
    const uint32_t node = component_node[at];
    uint32_t edge;
    w->node_flags[node] = 0;
    for (edge = node_children[node]; edge < node_children[node + 1u]; edge++) clear_bit(w->edge_bits, edge);
  }
}

/* Repairs by so many cyclic projections at most; true where every clause then reaches what it needs. */
static int repair_by_sweeps(shield_work *w, int sweeps) {
  int sweep;
  forget_notes(w);
  for (sweep = 1;; sweep++) {
    const int note = (sweep - 1) % ${SWEEPS_A_NOTE} + 1;
    int broken = 0;
    uint32_t at;
    if (note == 1) {
      for (at = component_first_node[w->component]; at < component_first_node[w->component + 1u]; at++) {
        clear_flag(&w->node_flags[component_node[at]], SWEEP);
      }
    }
    judge_component(w, w->swept);
    for (at = component_first_clause[w->component]; at < component_first_clause[w->component + 1u]; at++) {
      const uint32_t clause = component_clause[at];
      const amount needed = needed_by(w, rule_of_node(clause));
      if (w->nodes[clause] >= needed) continue;
      broken = 1;
      if (sweep <= sweeps) mend(w, clause, needed, note);
    }
    if (!broken) return 1;
    if (sweep > sweeps) return 0;
  }
}
`;
