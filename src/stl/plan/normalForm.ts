import type { Operand, Plan, PlanNode, Reduction } from "./Plan.ts";

/**
 * The plan in negation normal form: no `not`; predicates and operators are turned into their duals instead, so
 * that the robustness is a nondecreasing function of its predicates. The robustness stays the same.
 */
export const normalForm = (plan: Plan): Plan => {
  const nodes: PlanNode[] = [];
  const known = new Map<string, number>();
  const push = (node: PlanNode): number => {
    const key = JSON.stringify(node);
    const index = known.get(key) ?? nodes.push(node) - 1;
    known.set(key, index);
    return index;
  };
  const done: [Map<number, number>, Map<number, number>] = [new Map(), new Map()];
  const turned = (n: number, negated: boolean): number => {
    const memo = done[negated ? 1 : 0];
    const ready = memo.get(n);
    if (ready !== undefined) return ready;
    const index = turn(plan.nodes[n] as PlanNode, negated);
    memo.set(n, index);
    return index;
  };
  const operand = (inner: Operand, negated: boolean): Operand => ({
    ...inner,
    node: turned(inner.node, negated),
  });
  const reduction = (over: Reduction, negated: boolean): Reduction => ({
    ...over,
    node: turned(over.node, negated),
  });

  const turn = (node: PlanNode, negated: boolean): number => {
    switch (node.kind) {
      case "constant":
      case "signal":
        return push(node);
      case "truth":
        return push({ ...node, value: node.value !== negated });
      case "clock":
        return negated ? push(outsideOfClock(node, push)) : push(node);
      case "not":
        return turned(node.operand.node, !negated);
      case "above": {
        const [left, right] = [operand(node.left, false), operand(node.right, false)];
        return negated
          ? push({ ...node, left: right, right: left, strict: !node.strict })
          : push({ ...node, left, right });
      }
      case "equal":
      case "differ":
      case "sameDistance":
      case "otherDistance":
        return push({
          ...node,
          kind: negated ? dual[node.kind] : node.kind,
          left: operand(node.left, false),
          right: operand(node.right, false),
        });
      case "and":
      case "or":
        return push({
          ...node,
          kind: negated ? dual[node.kind] : node.kind,
          operands: node.operands.map((inner) => operand(inner, negated)),
        });
      case "always":
      case "eventually":
      case "historically":
      case "once":
        return push({
          ...node,
          kind: negated ? dual[node.kind] : node.kind,
          operand: operand(node.operand, negated),
        });
      case "until":
      case "release":
      case "since":
      case "triggers":
        return push({
          ...node,
          kind: negated ? dual[node.kind] : node.kind,
          left: operand(node.left, negated),
          right: operand(node.right, negated),
        });
      case "step":
        return push({ ...node, weak: node.weak !== negated, operand: operand(node.operand, negated) });
      case "allOver":
      case "anyOver":
        return push({
          ...node,
          kind: negated ? dual[node.kind] : node.kind,
          over: reduction(node.over, negated),
        });
      case "atLeastOver": {
        const { offsets } = node.over;
        // Fewer than k of n hold where at least n - k + 1 do not.
        const counts = node.counts.map((count, row) =>
          negated ? (offsets[row + 1] as number) - (offsets[row] as number) - count + 1 : count,
        );
        return push({ ...node, counts, over: reduction(node.over, negated) });
      }
      case "least":
      case "greatest":
        return push({ ...node, operands: node.operands.map((inner) => operand(inner, false)) });
      case "shift":
      case "negate":
      case "abs":
      case "sqrt":
      case "exp":
      case "ln":
      case "rollingMean":
        return push({ ...node, operand: operand(node.operand, false) });
      case "add":
      case "subtract":
      case "multiply":
      case "divide":
      case "power":
        return push({ ...node, left: operand(node.left, false), right: operand(node.right, false) });
      case "meanOver":
      case "sumOver":
      case "leastOver":
      case "greatestOver":
        return push({ ...node, over: reduction(node.over, false) });
    }
  };

  const root = turned(plan.nodes.length - 1, false);
  // A root that was reached before, as a part of itself, is still the last to be evaluated.
  return { scopes: plan.scopes, rowMaps: plan.rowMaps, nodes: nodes.slice(0, root + 1) };
};

const dual = {
  equal: "differ",
  differ: "equal",
  sameDistance: "otherDistance",
  otherDistance: "sameDistance",
  and: "or",
  or: "and",
  always: "eventually",
  eventually: "always",
  historically: "once",
  once: "historically",
  until: "release",
  release: "until",
  since: "triggers",
  triggers: "since",
  allOver: "anyOver",
  anyOver: "allOver",
} as const;

const clockEnds = { minuteOfDay: [0, 1439], weekday: [1, 7], dayNumber: [-(2 ** 31), 2 ** 31 - 1] } as const;

/** The readings below and above those of a clock test. */
const outsideOfClock = (
  node: Extract<PlanNode, { kind: "clock" }>,
  push: (node: PlanNode) => number,
): PlanNode => {
  const [least, greatest] = clockEnds[node.field];
  const below: PlanNode = { ...node, lower: least, upper: node.lower - 1 };
  const above: PlanNode = { ...node, lower: node.upper + 1, upper: greatest };
  if (node.lower <= least) return node.upper >= greatest ? { kind: "truth", scope: 0, value: false } : above;
  if (node.upper >= greatest) return below;
  const operands = [below, above].map((part) => ({ node: push(part), rows: -1 }));
  return { kind: "or", scope: 0, operands };
};
