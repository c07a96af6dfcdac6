import { NodeKind } from "../../stl/unroll/UnrolledRule.ts";
import type { RuleSystem } from "../RuleSystem.ts";
import { LONG_SWEEPS, SWEEPS } from "../shieldBounds.ts";
import type { ShieldPlan } from "./shieldPlan.ts";
import { shieldSearchSource } from "./shieldSearchSource.ts";
import { shieldSweepsSource } from "./shieldSweepsSource.ts";

/** The shield: shield.ts with repairBySweeps.ts and repairBySearch.ts, function by function. */
export const shieldSource = (system: RuleSystem, plan: ShieldPlan, name: string): string =>
  judgement(system, plan, name) + shieldSweepsSource(plan) + shieldSearchSource(plan) + whole(system, name);

const judgement = (system: RuleSystem, plan: ShieldPlan, name: string): string => {
  const upper = name.toUpperCase();
  return `
typedef ${plan.amount} amount;
typedef ${name}_shield_work shield_work;

/* More than any sum: a clock test that holds, a leaf that is assumed to hold. */
#define ENDLESS ${plan.amount === "int32_t" ? "INT32_MAX" : "INT64_MAX"}
#define FORECAST ${upper}_FORECAST
#define NODES ${upper}_NODES
/* Entries of one target. */
#define TARGET_WIDTH ${system.sensors * system.horizonSteps}

enum { HOPED = 1, ACTIVE = 2, WAITING = 4 };
enum { SWEEP = 15, CHOSEN = 16, MARKED = 32, POSTPONED = 64 };

static uint32_t bit_of(const uint8_t *bits, uint32_t k) { return ((uint32_t)bits[k >> 3] >> (k & 7u)) & 1u; }
static void set_bit(uint8_t *bits, uint32_t k) { bits[k >> 3] = (uint8_t)(bits[k >> 3] | (1u << (k & 7u))); }
static void clear_bit(uint8_t *bits, uint32_t k) { bits[k >> 3] = (uint8_t)(bits[k >> 3] & ~(1u << (k & 7u))); }
static void set_flag(uint8_t *flags, int flag) { *flags = (uint8_t)(*flags | flag); }
static void clear_flag(uint8_t *flags, int flag) { *flags = (uint8_t)(*flags & ~flag); }

static uint32_t rule_of_node(uint32_t node) {
  uint32_t rule = 0;
  while (node >= rule_first_node[rule + 1u]) rule++;
  return rule;
}

static uint32_t rule_of_leaf(uint32_t leaf) {
  uint32_t rule = 0;
  while (leaf >= rule_first_leaf[rule + 1u]) rule++;
  return rule;
}

/* Robustness that the clauses of a rule must reach. */
static amount needed_by(const shield_work *w, uint32_t rule) { return w->with_margin ? (amount)rule_margin[rule] : 0; }

static int32_t least_of(uint32_t entry) { return readout_minimum[entry / TARGET_WIDTH]; }
static int32_t most_of(uint32_t entry) { return readout_maximum[entry / TARGET_WIDTH]; }

/* The part of a leaf that the readings fix, as assumed of missing ones; endless where one may be anything. */
static amount fixed_part(const shield_work *w, uint32_t leaf) {
  const int hoped = w->leaf_flags[leaf] & HOPED;
  amount sum = leaf_constant[leaf];
  uint32_t term;
  for (term = leaf_past[leaf]; term < leaf_past[leaf + 1u]; term++) {
    const uint32_t at = past_index[term];
    const amount coefficient = past_coefficient[term];
    if (w->past->known[at]) {
      sum += coefficient * (coefficient > 0 ? w->past->lower[at] : w->past->upper[at]);
    } else {
      const int32_t reading = missing_reading(term, hoped);
      if (reading == ANY_READING) return hoped ? ENDLESS : -ENDLESS;
      sum += coefficient * reading;
    }
  }
  return sum;
}

/* Whether a leaf reads a missing reading. */
static int is_open(const shield_work *w, uint32_t leaf) {
  uint32_t term;
  for (term = leaf_past[leaf]; term < leaf_past[leaf + 1u]; term++) {
    if (!w->past->known[past_index[term]]) return 1;
  }
  return 0;
}

/* A leaf's value for a forecast. */
static amount value_of(const shield_work *w, uint32_t leaf, const int32_t *forecast) {
  amount sum = fixed_part(w, leaf);
  uint32_t term;
  if (sum == ENDLESS || sum == -ENDLESS) return sum;
  for (term = leaf_free[leaf]; term < leaf_free[leaf + 1u]; term++) {
    sum += (amount)free_coefficient[term] * forecast[free_variable[term]];
  }
  return sum;
}

/* The largest or the smallest value of a leaf within the intervals. */
static amount extreme(const shield_work *w, uint32_t leaf, int best) {
  amount sum = fixed_part(w, leaf);
  uint32_t term;
  if (sum == ENDLESS || sum == -ENDLESS) return sum;
  for (term = leaf_free[leaf]; term < leaf_free[leaf + 1u]; term++) {
    const amount coefficient = free_coefficient[term];
    const uint32_t entry = free_variable[term];
    sum += coefficient * ((coefficient > 0) == best ? w->high[entry] : w->low[entry]);
  }
  return sum;
}

/* As kth_largest, of the shield's own judgement. */
static amount rank(const shield_work *w, uint32_t from, uint32_t to, uint32_t k) {
  uint32_t at;
  for (at = from; at < to; at++) {
    const amount value = w->nodes[child[at]];
    uint32_t above = 0;
    uint32_t equal = 0;
    uint32_t other;
    for (other = from; other < to; other++) {
      const amount compared = w->nodes[child[other]];
      if (compared > value) above++;
      if (compared == value) equal++;
    }
    if (above < k && k <= above + equal) return value;
  }
  return k == 0u ? ENDLESS : -ENDLESS;
}

/* Judges one node: for a forecast, or for null by the most that its leaves can reach within the intervals, open ones as broken. */
static void judge_node(shield_work *w, uint32_t node, const int32_t *forecast) {
  const uint32_t to = node_children[node + 1u];
  const uint32_t argument = node_argument[node];
  uint32_t at = node_children[node];
  amount value = ENDLESS;
  switch (node_kind[node]) {
    case ${NodeKind.all}:
      for (; at < to; at++) value = w->nodes[child[at]] < value ? w->nodes[child[at]] : value;
      break;
    case ${NodeKind.any}:
      value = -ENDLESS;
      for (; at < to; at++) value = w->nodes[child[at]] > value ? w->nodes[child[at]] : value;
      break;
    case ${NodeKind.atLeast}:
      value = rank(w, at, to, argument);
      break;
    case ${NodeKind.leaf}:
      if (forecast) value = value_of(w, argument, forecast);
      else value = is_open(w, argument) ? -ENDLESS : extreme(w, argument, 1);
      break;
    case ${NodeKind.clock}:
      value = w->clock[argument] ? ENDLESS : -ENDLESS;
      break;
    case ${NodeKind.constantFalse}:
      value = -ENDLESS;
      break;
    default:
      break;
  }
  w->nodes[node] = value;
}

/* Judges all nodes, every open leaf with its least or with its most. */
static void judge_all(shield_work *w, const int32_t *forecast, int hope) {
  uint32_t node;
  memset(w->leaf_flags, hope, sizeof w->leaf_flags);
  for (node = 0; node < NODES; node++) judge_node(w, node, forecast);
}

/* Judges the component, open leaves as assumed. */
static void judge_component(shield_work *w, const int32_t *forecast) {
  uint32_t at;
  for (at = component_first_node[w->component]; at < component_first_node[w->component + 1u]; at++) {
    judge_node(w, component_node[at], forecast);
  }
}

/* Clauses of the component that are kept by less than they need, of the last judgement. */
static uint32_t clauses_below(const shield_work *w) {
  uint32_t below = 0;
  uint32_t at;
  for (at = component_first_clause[w->component]; at < component_first_clause[w->component + 1u]; at++) {
    const uint32_t clause = component_clause[at];
    if (w->nodes[clause] < needed_by(w, rule_of_node(clause))) below++;
  }
  return below;
}
`;
};

const whole = (system: RuleSystem, name: string): string => {
  const upper = name.toUpperCase();
  const clock =
    system.clockTests.length === 0
      ? "  (void)clock;"
      : `  for (k = 0; k < ${system.clockTests.length}u; k++) {
    const int32_t now = clock(clock_field[k], clock_step[k]);
    work->clock[k] = now >= clock_lower[k] && now <= clock_upper[k];
  }`;
  return `
/*
 * Open leaves count with their least where the rest of their clause can hold without them, and else with their most.
 * True where none counts with its least.
 */
static int assume_open(shield_work *w) {
  const uint32_t from = component_first_node[w->component];
  const uint32_t to = component_first_node[w->component + 1u];
  int known = 1;
  int is_proof = 1;
  uint32_t at;
  for (at = from; at < to; at++) {
    const uint32_t node = component_node[at];
    w->node_flags[node] = 0;
    if (node_kind[node] != ${NodeKind.leaf}) continue;
    clear_flag(&w->leaf_flags[node_argument[node]], HOPED);
    if (is_open(w, node_argument[node])) known = 0;
  }
  if (known) return 1;
  start_intervals(w);
  judge_component(w, 0);
  for (at = component_first_clause[w->component]; at < component_first_clause[w->component + 1u]; at++) {
    if (w->nodes[component_clause[at]] < 0) set_flag(&w->node_flags[component_clause[at]], MARKED);
  }
  /* Children stand before their parents. */
  for (at = to; at > from; at--) {
    const uint32_t node = component_node[at - 1u];
    uint32_t edge;
    if (!(w->node_flags[node] & MARKED)) continue;
    if (node_kind[node] == ${NodeKind.leaf} && is_open(w, node_argument[node])) {
      set_flag(&w->leaf_flags[node_argument[node]], HOPED);
    }
    for (edge = node_children[node]; edge < node_children[node + 1u]; edge++) {
      set_flag(&w->node_flags[child[edge]], MARKED);
    }
  }
  for (at = from; at < to; at++) {
    const uint32_t node = component_node[at];
    if (node_kind[node] != ${NodeKind.leaf} || w->leaf_flags[node_argument[node]] & HOPED) continue;
    if (is_open(w, node_argument[node])) is_proof = 0;
  }
  return is_proof;
}

/* Takes the component's entries of one forecast into another. */
static void take_entries(const shield_work *w, const int32_t *from, int32_t *to) {
  uint32_t at;
  for (at = component_first_variable[w->component]; at < component_first_variable[w->component + 1u]; at++) {
    to[component_variable[at]] = from[component_variable[at]];
  }
}

/* Repairs the component in place. */
static uint8_t repair(shield_work *w, int32_t *forecast) {
  const int is_proof = assume_open(w);
  uint32_t broken;
  uint32_t below;
  int outcome;
  w->with_margin = 1;
  judge_component(w, forecast);
  if (clauses_below(w) == 0u) return ${upper}_NONE;
  memcpy(w->swept, forecast, sizeof w->swept);
  if (repair_by_sweeps(w, ${SWEEPS})) {
    take_entries(w, w->swept, forecast);
    return ${upper}_SWEPT;
  }
  if (repair_by_search(w, forecast) == FOUND) return ${upper}_SEARCHED;
  w->with_margin = 0;
  outcome = repair_by_search(w, forecast);
  if (outcome == FOUND) return ${upper}_WITHOUT_MARGIN;
  if (outcome == GIVEN_UP) {
    w->with_margin = 1;
    if (repair_by_sweeps(w, ${LONG_SWEEPS})) {
      take_entries(w, w->swept, forecast);
      return ${upper}_SWEPT;
    }
    w->with_margin = 0;
  }
  judge_component(w, forecast);
  broken = clauses_below(w);
  judge_component(w, w->swept);
  below = clauses_below(w);
  if (below < broken) take_entries(w, w->swept, forecast);
  if (below == 0u) return ${upper}_WITHOUT_MARGIN;
  return is_proof && outcome == IMPOSSIBLE ? ${upper}_IMPOSSIBLE : ${upper}_GIVEN_UP;
}

static int64_t margin_of(const shield_work *w, uint32_t rule) {
  const amount value = w->nodes[rule_first_node[rule + 1u] - 1u];
  return value == ENDLESS ? INT64_MAX : value == -ENDLESS ? -INT64_MAX : value;
}

void ${name}_shield(const int32_t forecast[FORECAST], const ${name}_past *past, int32_t (*clock)(int32_t field, int32_t step),
${" ".repeat(name.length + 13)}${name}_shield_work *work, ${name}_shielded *result) {
  int keeps = 1;
  int open = 0;
  uint32_t k;
  work->past = past;
  work->kept = 0;
  work->with_margin = 1;
  memset(work->kept_bits, 0, sizeof work->kept_bits);
  memcpy(result->forecast, forecast, sizeof result->forecast);
  memset(result->repair, ${upper}_NONE, sizeof result->repair);
  result->infeasible = 0;
  result->changed = 0;
${clock}
  judge_all(work, forecast, 0);
  for (k = 0; k < ${upper}_RULES; k++) {
    result->before[k] = result->after[k] = margin_of(work, k);
    if (rule_enforced[k] && result->before[k] < rule_margin[k]) keeps = 0;
  }
  if (!keeps) {
    /* Of the same judgement: a clause that holds whatever is missing needs no repair. */
    for (k = 0; k < ${upper}_COMPONENTS; k++) {
      work->component = k;
      if (clauses_below(work) > 0u) result->repair[k] = ${upper}_GIVEN_UP;
    }
    for (k = 0; k < ${upper}_COMPONENTS; k++) {
      if (result->repair[k] == ${upper}_NONE) continue;
      work->component = k;
      result->repair[k] = repair(work, result->forecast);
      if (result->repair[k] == ${upper}_IMPOSSIBLE) result->infeasible = 1;
    }
    judge_all(work, result->forecast, 0);
    for (k = 0; k < ${upper}_RULES; k++) result->after[k] = margin_of(work, k);
  }
  for (k = 0; k < ${upper}_RULES; k++) {
    result->flag[k] = result->before[k] < 0 ? ${upper}_RESTORED : ${upper}_SATISFIED;
    if (result->after[k] < 0) open = 1;
  }
  if (open) {
    judge_all(work, result->forecast, HOPED);
    for (k = 0; k < ${upper}_RULES; k++) {
      if (result->after[k] < 0) result->flag[k] = margin_of(work, k) >= 0 ? ${upper}_UNJUDGED : ${upper}_FAILED;
    }
  }
  for (k = 0; k < FORECAST; k++) {
    if (result->forecast[k] != forecast[k]) result->changed++;
  }
}
`;
};
