import type { RuleSystem } from "../RuleSystem.ts";
import type { ShieldPlan, WorkField } from "./shieldPlan.ts";

/** Declarations of the shield for the header. */
export const shieldHeader = (system: RuleSystem, plan: ShieldPlan, name: string): string => {
  const upper = name.toUpperCase();
  const { bounds } = plan;
  return `
/*
 * The shield moves a forecast that breaks an enforced rule, or keeps it by less than the rule's margin, to a near one
 * that keeps all of them, then judges it anew. Rules that share an entry of the forecast form a component; components
 * are repaired one after another. Amounts have ${plan.amount === "int32_t" ? 32 : 64} bits: no sum of these rules needs more.
 *
 * A call takes at most ${bounds.evaluations} evaluations of a node, ${bounds.sweeps} sweeps, ${bounds.visits} visits of a leaf and ${bounds.retractions} choices taken
 * back. A visit reads at most ${bounds.terms} terms and wakes at most ${bounds.readers} leaves for each of them. A forecast that keeps its rules
 * takes ${system.kind.length} evaluations, twice that where a reading is missing. Nothing recurs: a walk down the rules, at most ${bounds.depth} nodes
 * deep, is kept in the working memory.
 */
#define ${upper}_COMPONENTS ${system.components.length}

/*
 * Working memory: ${plan.workBytes(4)} bytes with pointers of 32 bits. Nothing in it need be set before a call nor kept after it: on
 * the stack it takes the place of the arrays of a step, which does not run at the same time.
 */
#define ${upper}_SHIELD_WORK_BYTES ${plan.workBytes(4)}
typedef struct {
${plan.fields.map((field) => `  ${fieldText(field, name)}`).join("\n")}
} ${name}_shield_work;

/* What became of a rule; an open one is decided by a missing reading. */
#define ${upper}_SATISFIED 0
#define ${upper}_RESTORED 1
#define ${upper}_FAILED 2
#define ${upper}_UNJUDGED 3

/* What a component took. At last nothing was found, or it is proved that there is nothing. */
#define ${upper}_NONE 0
#define ${upper}_SWEPT 1
#define ${upper}_SEARCHED 2
#define ${upper}_WITHOUT_MARGIN 3
#define ${upper}_GIVEN_UP 4
#define ${upper}_IMPOSSIBLE 5

/*
 * The forecast to publish and what was done to it. A margin is the least robustness, -INT64_MAX where a missing reading
 * without bounds decides. Infeasible: it is proved that no forecast within range keeps all enforced rules after these readings.
 */
typedef struct {
  int64_t before[${upper}_RULES];
  int64_t after[${upper}_RULES];
  int32_t forecast[${upper}_FORECAST];
  uint32_t changed;
  uint8_t flag[${upper}_RULES];
  uint8_t repair[${upper}_COMPONENTS];
  uint8_t infeasible;
} ${name}_shielded;

/*
 * Repairs a forecast in quanta, [target][sensor][lead], each entry within the range of its target as ${name}_read gives
 * it; \`forecast\` may not lie within \`result\`. Readings are within 2^21 quanta of zero, or not known.
 */
void ${name}_shield(const int32_t forecast[${upper}_FORECAST], const ${name}_past *past,
${" ".repeat(name.length + 13)}int32_t (*clock)(int32_t field, int32_t step), ${name}_shield_work *work,
${" ".repeat(name.length + 13)}${name}_shielded *result);
`;
};

const fieldText = ({ comment, count, name: field, type }: WorkField, name: string): string => {
  const declared = type === "pointer" ? `const ${name}_past *${field}` : `${type} ${field}`;
  return `${declared}${count === undefined ? "" : `[${count}]`};${comment === "" ? "" : ` /* ${comment} */`}`;
};
