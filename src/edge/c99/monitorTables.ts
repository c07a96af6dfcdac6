import { NodeKind } from "../../stl/unroll/UnrolledRule.ts";
import type { RuleSystem } from "../RuleSystem.ts";
import type { ConstantTable } from "./arrayText.ts";

/** Narrowest of the unsigned types that holds all values. */
const unsigned = (values: ArrayLike<number>): "uint8_t" | "uint16_t" | "uint32_t" => {
  let largest = 0;
  for (let k = 0; k < values.length; k++) largest = Math.max(largest, values[k]!);
  return largest < 2 ** 8 ? "uint8_t" : largest < 2 ** 16 ? "uint16_t" : "uint32_t";
};

/** Tables of the rules as one graph; empty lists get one element, because C has no array of none. */
export const monitorTables = (system: RuleSystem): ConstantTable[] => {
  const filled = (values: ArrayLike<number>): ArrayLike<number> => (values.length === 0 ? [0] : values);
  const index = (name: string, values: ArrayLike<number>): ConstantTable => ({
    name,
    type: unsigned(values),
    values: filled(values),
  });
  const whole = (name: string, values: ArrayLike<number>): ConstantTable => ({
    name,
    type: "int32_t",
    values: filled(values),
  });
  return [
    index("rule_first_node", system.firstNode),
    index("node_kind", system.kind),
    index("node_children", system.childOffsets),
    index("child", system.children),
    index("node_argument", system.argument),
    { name: "leaf_constant", type: "int64_t", values: filled(system.constant) },
    index("leaf_free", system.freeOffsets),
    whole("free_coefficient", system.freeCoefficient),
    index("free_variable", system.freeVariable),
    index("leaf_past", system.pastOffsets),
    whole("past_coefficient", system.pastCoefficient),
    index("past_index", system.pastIndex),
    // Without a test they would stand unused, which strict compilers refuse.
    ...(system.clockTests.length === 0
      ? []
      : (["field", "step", "lower", "upper"] as const).map((field) =>
          whole(
            `clock_${field}`,
            system.clockTests.map((test) => test[field]),
          ),
        )),
  ];
};

/** Most children of a node that counts them: the values that `kth_largest` sorts. */
export const widestCount = (system: RuleSystem): number => {
  let widest = 1;
  for (let node = 0; node < system.kind.length; node++) {
    if (system.kind[node] !== NodeKind.atLeast) continue;
    widest = Math.max(widest, system.childOffsets[node + 1]! - system.childOffsets[node]!);
  }
  return widest;
};
