import type { RuleSystem } from "../RuleSystem.ts";
import { type ConstantTable, narrowTable } from "./arrayText.ts";

/** INT32_MIN, which no reading is, where there is no bound. */
const boundInC = (bound: number): number => (Number.isFinite(bound) ? bound : -(2 ** 31));

/** Tables of the rules as one graph. */
export const monitorTables = (system: RuleSystem): ConstantTable[] => [
  narrowTable("rule_first_node", system.firstNode),
  narrowTable("node_kind", system.kind),
  narrowTable("node_children", system.childOffsets),
  narrowTable("child", system.children),
  narrowTable("node_argument", system.argument),
  narrowTable("leaf_constant", system.constant, "signed"),
  narrowTable("leaf_free", system.freeOffsets),
  narrowTable("free_coefficient", system.freeCoefficient, "signed"),
  narrowTable("free_variable", system.freeVariable),
  narrowTable("leaf_past", system.pastOffsets),
  narrowTable("past_coefficient", system.pastCoefficient, "signed"),
  narrowTable("past_index", system.pastIndex),
  narrowTable("missing_rising", system.missing.rising.map(boundInC), "signed"),
  narrowTable("missing_falling", system.missing.falling.map(boundInC), "signed"),
  // Without a test they would stand unused, which strict compilers refuse.
  ...(system.clockTests.length === 0
    ? []
    : (["field", "step", "lower", "upper"] as const).map((field) =>
        narrowTable(
          `clock_${field}`,
          system.clockTests.map((test) => test[field]),
          "signed",
        ),
      )),
];
