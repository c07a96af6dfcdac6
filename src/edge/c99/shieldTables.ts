import type { RuleSystem } from "../RuleSystem.ts";
import { searchBounds } from "../shieldBounds.ts";
import { type ConstantTable, narrowTable } from "./arrayText.ts";

/** What the shield reads beside the tables of the monitor: components, margins, and the leaves that read each entry. */
export const shieldTables = (system: RuleSystem): ConstantTable[] => {
  const { components, leafRule, rules } = system;
  const list = (
    name: string,
    of: (component: RuleSystem["components"][number]) => Int32Array,
  ): ConstantTable[] => {
    const offsets = [0];
    const values: number[] = [];
    for (const component of components) {
      for (const value of of(component)) values.push(value);
      offsets.push(values.length);
    }
    return [narrowTable(`component_first_${name}`, offsets), narrowTable(`component_${name}`, values)];
  };
  return [
    narrowTable(
      "rule_first_leaf",
      Array.from({ length: rules.length + 1 }, (_, rule) => leafRule.filter((owner) => owner < rule).length),
    ),
    narrowTable(
      "rule_margin",
      rules.map((rule) => rule.margin),
      "signed",
    ),
    narrowTable(
      "rule_enforced",
      rules.map((rule) => (rule.enforced ? 1 : 0)),
    ),
    ...list("clause", (component) => component.clauses),
    ...list("node", (component) => component.nodes),
    ...list("variable", (component) => component.variables),
    ...list("widest", (component) => component.widestFirst).slice(1),
    narrowTable(
      "component_visit_limit",
      components.map((component) => searchBounds(system, component).visits),
    ),
    narrowTable("entry_readers", system.leavesOffsets),
    narrowTable("reader", system.leavesOf),
  ];
};
