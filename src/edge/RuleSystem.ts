import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import type { CompiledRule, RuleChannel } from "./CompiledRule.ts";
import { type MissingReadings, missingReadings } from "./MissingReadings.ts";
import { componentsOf, type RuleComponent } from "./ruleComponents.ts";

/**
 * All rules of an artefact as one graph over the forecast's free variables, and the judgement of that graph.
 *
 * A free variable is one forecast entry: (target * sensors + sensor) * horizonSteps + lead - 1. Nodes and leaves
 * are numbered through over all rules; rule r owns the nodes from `firstNode[r]` to `firstNode[r + 1]`, the last
 * of which is its root.
 */
export interface RuleSystem {
  readonly rules: readonly CompiledRule[];
  readonly sensors: number;
  readonly targets: number;
  readonly horizonSteps: number;
  /** Steps of the past that some rule reads, the origin included; at least 1. */
  readonly pastSteps: number;
  /** Channels that a history holds: those of the artefact's rules. */
  readonly ruleChannels: readonly RuleChannel[];
  readonly variables: number;
  readonly missing: MissingReadings;

  readonly firstNode: Int32Array;
  readonly kind: Uint8Array;
  readonly childOffsets: Int32Array;
  readonly children: Int32Array;
  /** Leaf, clock test, or how many children must hold (`all`: every one, `any`: 1). */
  readonly argument: Int32Array;

  readonly leafRule: Int32Array;
  readonly constant: Float64Array;
  readonly freeOffsets: Int32Array;
  readonly freeCoefficient: Float64Array;
  readonly freeVariable: Int32Array;
  readonly pastOffsets: Int32Array;
  readonly pastCoefficient: Float64Array;
  /** Index into a {@link PastQuanta}. */
  readonly pastIndex: Int32Array;
  /** Leaves that read variable v: `leavesOf[leavesOffsets[v] .. leavesOffsets[v + 1]]`. */
  readonly leavesOffsets: Int32Array;
  readonly leavesOf: Int32Array;
  readonly clockTests: readonly { field: number; step: number; lower: number; upper: number }[];
  readonly components: readonly RuleComponent[];
}

/**
 * Readings up to the origin in quanta, [channel][sensor][step of the past, oldest first]: rounded down and
 * rounded up (equal where a reading lies on a quantum), and whether there is a reading at all.
 */
export interface PastQuanta {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly known: Uint8Array;
}

/** Reads the clock at a step relative to the origin; fields as in `CompiledClockTest`. */
export type ClockReader = (field: number, step: number) => number;

/** Puts compiled rules together. */
export const createRuleSystem = (
  rules: readonly CompiledRule[],
  shape: { sensors: number; targets: number; horizonSteps: number; ruleChannels: readonly RuleChannel[] },
): RuleSystem => {
  const { sensors, targets, horizonSteps, ruleChannels } = shape;
  let pastSteps = 1;
  for (const rule of rules) for (const step of rule.step) pastSteps = Math.max(pastSteps, 1 - step);

  const firstNode = [0];
  const kind: number[] = [];
  const childOffsets = [0];
  const children: number[] = [];
  const argument: number[] = [];
  const leafRule: number[] = [];
  const constant: number[] = [];
  const freeOffsets = [0];
  const freeCoefficient: number[] = [];
  const freeVariable: number[] = [];
  const pastOffsets = [0];
  const pastCoefficient: number[] = [];
  const pastIndex: number[] = [];
  const clockTests: RuleSystem["clockTests"][number][] = [];

  rules.forEach((rule, ruleIndex) => {
    const nodeBase = kind.length;
    const leafBase = constant.length;
    const clockBase = clockTests.length;
    for (let node = 0; node < rule.kind.length; node++) {
      const nodeKind = rule.kind[node]!;
      const from = rule.childOffsets[node]!;
      const to = rule.childOffsets[node + 1]!;
      for (let child = from; child < to; child++) children.push(nodeBase + rule.children[child]!);
      kind.push(nodeKind);
      childOffsets.push(children.length);
      argument.push(
        nodeKind === NodeKind.leaf
          ? leafBase + rule.argument[node]!
          : nodeKind === NodeKind.clock
            ? clockBase + rule.argument[node]!
            : nodeKind === NodeKind.all
              ? to - from
              : nodeKind === NodeKind.any
                ? 1
                : rule.argument[node]!,
      );
    }
    firstNode.push(kind.length);
    for (let leaf = 0; leaf < rule.constant.length; leaf++) {
      leafRule.push(ruleIndex);
      constant.push(rule.constant[leaf]!);
      const free = new Map<number, number>();
      for (let term = rule.termOffsets[leaf]!; term < rule.termOffsets[leaf + 1]!; term++) {
        const step = rule.step[term]!;
        const row = rule.channel[term]! * sensors + rule.sensor[term]!;
        if (step > 0) {
          const variable = row * horizonSteps + step - 1;
          free.set(variable, (free.get(variable) ?? 0) + rule.coefficient[term]!);
        } else if (rule.coefficient[term] !== 0) {
          pastCoefficient.push(rule.coefficient[term]!);
          pastIndex.push(row * pastSteps + pastSteps - 1 + step);
        }
      }
      for (const [variable, coefficient] of free) {
        if (coefficient === 0) continue;
        freeVariable.push(variable);
        freeCoefficient.push(coefficient);
      }
      freeOffsets.push(freeVariable.length);
      pastOffsets.push(pastIndex.length);
    }
    clockTests.push(...rule.clockTests);
  });

  const variables = targets * sensors * horizonSteps;
  const leavesOffsets = new Int32Array(variables + 1);
  for (const variable of freeVariable) leavesOffsets[variable + 1]!++;
  for (let variable = 0; variable < variables; variable++)
    leavesOffsets[variable + 1]! += leavesOffsets[variable]!;
  const next = leavesOffsets.slice();
  const leavesOf = new Int32Array(freeVariable.length);
  for (let leaf = 0; leaf < constant.length; leaf++) {
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      leavesOf[next[freeVariable[term]!]!++] = leaf;
    }
  }
  const graph = {
    rules,
    sensors,
    targets,
    horizonSteps,
    pastSteps,
    ruleChannels,
    variables,
    missing: missingReadings(ruleChannels),
    firstNode: Int32Array.from(firstNode),
    kind: Uint8Array.from(kind),
    childOffsets: Int32Array.from(childOffsets),
    children: Int32Array.from(children),
    argument: Int32Array.from(argument),
    leafRule: Int32Array.from(leafRule),
    constant: Float64Array.from(constant),
    freeOffsets: Int32Array.from(freeOffsets),
    freeCoefficient: Float64Array.from(freeCoefficient),
    freeVariable: Int32Array.from(freeVariable),
    pastOffsets: Int32Array.from(pastOffsets),
    pastCoefficient: Float64Array.from(pastCoefficient),
    pastIndex: Int32Array.from(pastIndex),
    leavesOffsets,
    leavesOf,
    clockTests,
  };
  return { ...graph, components: componentsOf(graph) };
};

/** Values of some leaves, or all, of a forecast; `fixed` is the part that the window fixes. */
export const leafValues = (
  system: RuleSystem,
  fixed: Float64Array,
  forecast: Int32Array,
  values: Float64Array,
  leaves?: Int32Array,
): void => {
  const { freeOffsets, freeCoefficient, freeVariable } = system;
  const count = leaves?.length ?? fixed.length;
  for (let index = 0; index < count; index++) {
    const leaf = leaves?.[index] ?? index;
    let sum = fixed[leaf]!;
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      sum += freeCoefficient[term]! * forecast[freeVariable[term]!]!;
    }
    values[leaf] = sum;
  }
};

/**
 * Robustness of some nodes (ascending), or all, from leaf values: minima, maxima, order statistics. `clock` holds
 * +inf or -inf of every clock test.
 */
export const judgeNodes = (
  system: RuleSystem,
  leaves: Float64Array,
  clock: Float64Array,
  nodes: Float64Array,
  which?: Int32Array,
): void => {
  const { kind, childOffsets, children, argument } = system;
  const count = which?.length ?? kind.length;
  for (let index = 0; index < count; index++) {
    const node = which?.[index] ?? index;
    const from = childOffsets[node]!;
    const to = childOffsets[node + 1]!;
    let value: number;
    switch (kind[node]! as NodeKind) {
      case NodeKind.leaf:
        value = leaves[argument[node]!]!;
        break;
      case NodeKind.clock:
        value = clock[argument[node]!]!;
        break;
      case NodeKind.all:
        value = Infinity;
        for (let child = from; child < to; child++) {
          const other = nodes[children[child]!]!;
          if (other < value) value = other;
        }
        break;
      case NodeKind.any:
        value = -Infinity;
        for (let child = from; child < to; child++) {
          const other = nodes[children[child]!]!;
          if (other > value) value = other;
        }
        break;
      case NodeKind.atLeast:
        value = orderStatistic(nodes, children, from, to, argument[node]!);
        break;
      case NodeKind.constantTrue:
        value = Infinity;
        break;
      case NodeKind.constantFalse:
        value = -Infinity;
        break;
    }
    nodes[node] = value;
  }
};

/** +inf where a clock test of the window holds, else -inf. */
export const judgeClock = (system: RuleSystem, read: ClockReader | undefined, clock: Float64Array): void => {
  system.clockTests.forEach((test, index) => {
    const value = read!(test.field, test.step);
    clock[index] = value >= test.lower && value <= test.upper ? Infinity : -Infinity;
  });
};

/** Root of a rule. */
export const rootOf = (system: RuleSystem, rule: number): number => system.firstNode[rule + 1]! - 1;

/** The rule that each node belongs to. */
export const rulesOfNodes = (system: RuleSystem): Int32Array => {
  const owner = new Int32Array(system.kind.length);
  for (let rule = 0; rule < system.rules.length; rule++) {
    owner.fill(rule, system.firstNode[rule], system.firstNode[rule + 1]);
  }
  return owner;
};

/** The k-th largest of some nodes; +inf for k = 0, -inf where there are fewer than k. */
const orderStatistic = (
  nodes: Float64Array,
  children: Int32Array,
  from: number,
  to: number,
  k: number,
): number => {
  if (k <= 0) return Infinity;
  if (to - from < k) return -Infinity;
  const values = new Float64Array(to - from);
  for (let child = from; child < to; child++) values[child - from] = nodes[children[child]!]!;
  values.sort();
  return values[to - from - k]!;
};
