import { NodeKind } from "../../stl/unroll/UnrolledRule.ts";
import type { RuleSystem } from "../RuleSystem.ts";
import { type ConstantTable, narrowTable } from "./arrayText.ts";

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

/** Most children of a node that counts them: the values that `kth_largest` sorts. */
export const widestCount = (system: RuleSystem): number => {
  let widest = 1;
  for (let node = 0; node < system.kind.length; node++) {
    if (system.kind[node] !== NodeKind.atLeast) continue;
    widest = Math.max(widest, system.childOffsets[node + 1]! - system.childOffsets[node]!);
  }
  return widest;
};
