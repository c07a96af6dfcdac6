import type { Operand, Plan, PlanNode, Reduction } from "./Plan.ts";

/** Names of what a plan refers to by index. */
export interface PlanNames {
  readonly channels: readonly string[];
  readonly sensors: readonly string[];
}

const round = (value: number): string => String(Number(value.toPrecision(6)));

/** Writes a node of a plan for one row, its sensors by name: what a rule says of just these sensors. */
export const describeNode = (plan: Plan, n: number, row: number, names: PlanNames): string => {
  const node = plan.nodes[n] as PlanNode;
  const read = (operand: Operand): string =>
    describeNode(
      plan,
      operand.node,
      operand.rows < 0 ? row : (plan.rowMaps[operand.rows]?.[row] as number),
      names,
    );
  const over = (operator: string, reduction: Reduction): string => {
    const count = (reduction.offsets[row + 1] as number) - (reduction.offsets[row] as number);
    const first = reduction.rows[reduction.offsets[row] as number];
    const sample = first === undefined ? "" : `: ${describeNode(plan, reduction.node, first, names)}, ...`;
    return `${operator} over ${count} sensors${sample}`;
  };
  const window = (lower: number, upper: number | null): string => `[${lower}, ${upper ?? "inf"}]`;
  switch (node.kind) {
    case "constant":
      return round(node.value);
    case "truth":
      return String(node.value);
    case "signal": {
      const sensor = node.sensor >= 0 ? node.sensor : (plan.scopes[node.scope]?.sensors[row] as number);
      const name = names.sensors[sensor] ?? "";
      return name === "" ? (names.channels[node.channel] ?? "") : `${names.channels[node.channel]}[${name}]`;
    }
    case "clock":
      return `${node.field} in ${window(node.lower, node.upper)}`;
    case "shift":
      return `lag(${read(node.operand)}, ${-node.by} samples)`;
    case "add":
    case "subtract":
    case "multiply":
    case "divide":
    case "power": {
      const symbol = { add: "+", subtract: "-", multiply: "*", divide: "/", power: "^" }[node.kind];
      return `(${read(node.left)} ${symbol} ${read(node.right)})`;
    }
    case "negate":
      return `-${read(node.operand)}`;
    case "abs":
    case "sqrt":
    case "exp":
    case "ln":
      return `${node.kind}(${read(node.operand)})`;
    case "least":
    case "greatest":
      return `${node.kind === "least" ? "min" : "max"}(${node.operands.map(read).join(", ")})`;
    case "rollingMean":
      return `rollmean(${read(node.operand)}, ${node.steps} samples)`;
    case "meanOver":
    case "sumOver":
    case "leastOver":
    case "greatestOver": {
      const operator = { meanOver: "mean", sumOver: "sum", leastOver: "min", greatestOver: "max" }[node.kind];
      return `${operator}(${over("taken", node.over)})`;
    }
    case "above": {
      const constantLeft = plan.nodes[node.left.node]?.kind === "constant";
      const equals = node.strict ? "" : "=";
      return constantLeft
        ? `${read(node.right)} <${equals} ${read(node.left)}`
        : `${read(node.left)} >${equals} ${read(node.right)}`;
    }
    case "equal":
      return `${read(node.left)} == ${read(node.right)}`;
    case "differ":
      return `${read(node.left)} != ${read(node.right)}`;
    case "not":
      return `not ${read(node.operand)}`;
    case "and":
    case "or":
      return node.operands.map((operand) => `(${read(operand)})`).join(` ${node.kind} `);
    case "sameDistance":
    case "otherDistance":
      return `(${read(node.left)}) ${node.kind === "sameDistance" ? "iff" : "xor"} (${read(node.right)})`;
    case "step":
      return `${node.weak ? "" : "s_"}${node.by > 0 ? "next" : "prev"} (${read(node.operand)})`;
    case "always":
    case "eventually":
    case "historically":
    case "once":
      return `${node.kind}${window(node.lower, node.upper)} (${read(node.operand)})`;
    case "until":
    case "release":
    case "since":
    case "triggers":
      return `(${read(node.left)}) ${node.kind}${window(node.lower, node.upper)} (${read(node.right)})`;
    case "allOver":
      return over("all", node.over);
    case "anyOver":
      return over("any", node.over);
    case "atLeastOver":
      return over(`at least ${node.counts[row]}`, node.over);
  }
};
