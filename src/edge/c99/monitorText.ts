import { NodeKind } from "../../stl/unroll/UnrolledRule.ts";
import type { RuleSystem } from "../RuleSystem.ts";

/** Declarations of the rule monitor for the header. */
export const monitorHeader = (system: RuleSystem, name: string): string => {
  const upper = name.toUpperCase();
  const { kind, pastSteps, ruleChannels, rules, sensors } = system;
  const named = rules.map(
    (rule, index) =>
      ` *   ${index} ${rule.name}${rule.enforced ? "" : " (watched)"}, margin in 1/${rule.unitsPerOne}`,
  );
  return `
/*
 * The rules, judged on a forecast of all sensors:
${named.join("\n")}
 */
#define ${upper}_RULES ${rules.length}
#define ${upper}_PAST_STEPS ${pastSteps}
#define ${upper}_PAST ${ruleChannels.length * sensors * pastSteps}
#define ${upper}_NODES ${kind.length}

/* What is known of a rule: its robustness is at least margin, and it is kept (1), broken (0), or open (-1). */
typedef struct {
  int64_t margin;
  int8_t kept;
} ${name}_verdict;

/*
 * Readings up to the origin in quanta, [channel][sensor][step, oldest first]: rounded down, rounded up, and whether
 * there is one. A missing one lies between the bounds of its channel; margins of -INT64_MAX say that one without bounds
 * decides.
 */
typedef struct {
  int32_t lower[${upper}_PAST];
  int32_t upper[${upper}_PAST];
  uint8_t known[${upper}_PAST];
} ${name}_past;

/*
 * Judges a forecast in quanta, [target][sensor][lead]. The clock gives minute of day (field 0), weekday from 1 for
 * Monday (1) or day number (2) at a step from the origin; it may be null where no rule reads it. Nodes are working
 * memory.
 */
void ${name}_judge(const int32_t forecast[${upper}_FORECAST], const ${name}_past *past,
                   int32_t (*clock)(int32_t field, int32_t step), int64_t nodes[${upper}_NODES],
                   ${name}_verdict verdicts[${upper}_RULES]);
`;
};

/** The rule monitor: the same walk over the graph as judgeNodes of RuleSystem.ts, in 64-bit integers. */
export const monitorSource = (system: RuleSystem, name: string): string => {
  const upper = name.toUpperCase();
  const clock =
    system.clockTests.length === 0
      ? `        (void)clock;
        value = -INT64_MAX;`
      : `        {
          const int32_t now = clock(clock_field[argument], clock_step[argument]);
          value = now >= clock_lower[argument] && now <= clock_upper[argument] ? INT64_MAX : -INT64_MAX;
        }`;
  return `
#define ANY_READING INT32_MIN
/* Readings of one channel. */
#define CHANNEL_PAST ${system.sensors * system.pastSteps}

/* What a missing reading makes the least or the most of its leaf: a bound of its channel, or ANY_READING without one. */
static int32_t missing_reading(uint32_t term, int most) {
  const uint32_t at = 2u * ((uint32_t)past_index[term] / CHANNEL_PAST) + (most ? 1u : 0u);
  return past_coefficient[term] > 0 ? missing_rising[at] : missing_falling[at];
}

/* The least or the most of a leaf's value. */
static int64_t leaf_value(uint32_t leaf, const int32_t *forecast, const ${name}_past *past, int most) {
  int64_t sum = leaf_constant[leaf];
  uint32_t term;
  for (term = leaf_past[leaf]; term < leaf_past[leaf + 1u]; term++) {
    const uint32_t at = past_index[term];
    const int32_t coefficient = past_coefficient[term];
    if (past->known[at]) {
      sum += (int64_t)coefficient * (coefficient > 0 ? past->lower[at] : past->upper[at]);
    } else {
      const int32_t reading = missing_reading(term, most);
      if (reading == ANY_READING) return most ? INT64_MAX : -INT64_MAX;
      sum += (int64_t)coefficient * reading;
    }
  }
  for (term = leaf_free[leaf]; term < leaf_free[leaf + 1u]; term++) {
    sum += (int64_t)free_coefficient[term] * forecast[free_variable[term]];
  }
  return sum;
}

/* The k-th largest of some nodes: found by counting, so that it takes no memory. */
static int64_t kth_largest(const int64_t *nodes, uint32_t from, uint32_t to, uint32_t k) {
  uint32_t at;
  for (at = from; at < to; at++) {
    const int64_t value = nodes[child[at]];
    uint32_t above = 0;
    uint32_t equal = 0;
    uint32_t other;
    for (other = from; other < to; other++) {
      if (nodes[child[other]] > value) above++;
      if (nodes[child[other]] == value) equal++;
    }
    if (above < k && k <= above + equal) return value;
  }
  return k == 0u ? INT64_MAX : -INT64_MAX;
}

static void judge_nodes(const int32_t *forecast, const ${name}_past *past, int32_t (*clock)(int32_t, int32_t),
                        int most, int64_t *nodes) {
  uint32_t node;
  for (node = 0; node < ${upper}_NODES; node++) {
    const uint32_t to = node_children[node + 1u];
    const uint32_t argument = node_argument[node];
    uint32_t at = node_children[node];
    int64_t value = INT64_MAX;
    switch (node_kind[node]) {
      case ${NodeKind.all}:
        for (; at < to; at++) value = nodes[child[at]] < value ? nodes[child[at]] : value;
        break;
      case ${NodeKind.any}:
        value = -INT64_MAX;
        for (; at < to; at++) value = nodes[child[at]] > value ? nodes[child[at]] : value;
        break;
      case ${NodeKind.atLeast}:
        value = kth_largest(nodes, at, to, argument);
        break;
      case ${NodeKind.leaf}:
        value = leaf_value(argument, forecast, past, most);
        break;
      case ${NodeKind.clock}:
${clock}
        break;
      case ${NodeKind.constantFalse}:
        value = -INT64_MAX;
        break;
      default:
        break;
    }
    nodes[node] = value;
  }
}

void ${name}_judge(const int32_t forecast[${upper}_FORECAST], const ${name}_past *past,
                   int32_t (*clock)(int32_t field, int32_t step), int64_t nodes[${upper}_NODES],
                   ${name}_verdict verdicts[${upper}_RULES]) {
  uint32_t rule;
  /* First with the most of every leaf, then with the least: a rule that is kept even so is kept. */
  judge_nodes(forecast, past, clock, 1, nodes);
  for (rule = 0; rule < ${upper}_RULES; rule++) {
    verdicts[rule].kept = nodes[rule_first_node[rule + 1u] - 1u] >= 0 ? -1 : 0;
  }
  judge_nodes(forecast, past, clock, 0, nodes);
  for (rule = 0; rule < ${upper}_RULES; rule++) {
    verdicts[rule].margin = nodes[rule_first_node[rule + 1u] - 1u];
    if (verdicts[rule].margin >= 0) verdicts[rule].kept = 1;
  }
}
`;
};
