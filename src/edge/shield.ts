import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import type { IntegerReadout } from "./IntegerModel.ts";
import type { RepairTask } from "./RepairTask.ts";
import { createSearchRepair } from "./repairBySearch.ts";
import { createSweepRepair } from "./repairBySweeps.ts";
import {
  type ClockReader,
  fixLeaves,
  judgeClock,
  judgeNodes,
  leafValues,
  type PastQuanta,
  rootOf,
  type RuleSystem,
} from "./RuleSystem.ts";
import type { RuleComponent } from "./ruleComponents.ts";

/**
 * What became of a rule. `satisfied`: held before and after. `restored`: holds because of the shield. `failed`: is
 * broken. `unjudged`: missing readings decide it.
 */
export type RuleFlag = "satisfied" | "restored" | "failed" | "unjudged";

export interface ShieldVerdict {
  /** Lower bound of the robustness, in 1/unitsPerOne of the rule; -inf where a missing reading decides. */
  readonly before: number;
  readonly after: number;
  readonly flag: RuleFlag;
}

export interface ShieldOutcome {
  /** The repaired forecast in quanta, [target][sensor][lead]. */
  readonly forecast: Int32Array;
  /** One a rule, in the order of the artefact. */
  readonly verdicts: readonly ShieldVerdict[];
  /** True where it is proved that no forecast within the readouts' ranges keeps all enforced rules here. */
  readonly infeasible: boolean;
}

export type Shield = (
  forecast: Int32Array,
  past: PastQuanta,
  clock: ClockReader | undefined,
) => ShieldOutcome;

/**
 * Makes the last step on the device: moves a forecast that breaks an enforced rule, or keeps it by less than the
 * rule's margin, to a near one that keeps all of them, then judges the result anew.
 *
 * Each component of the rules (see RuleComponent) is repaired by itself. In order, each only where the one before did not suffice: nothing; sweeps (repairBySweeps.ts); a search from where
 * the sweeps ended (repairBySearch.ts); that search without margins. A rule that still fails is flagged, never
 * passed over: of the forecast and what the sweeps made of it, the one that breaks fewer clauses is returned. Work is bounded by the bounds of
 * those files; a forecast that keeps its rules costs one evaluation, linear in nodes and terms.
 */
export const createShield = (system: RuleSystem, readouts: readonly IntegerReadout[]): Shield => {
  const { rules } = system;
  const leafCount = system.constant.length;
  const fixed = new Float64Array(leafCount);
  const assumed = new Float64Array(leafCount);
  const leaves = new Float64Array(leafCount);
  const nodes = new Float64Array(system.kind.length);
  const clockValues = new Float64Array(system.clockTests.length);
  const minimum = new Int32Array(system.variables);
  const maximum = new Int32Array(system.variables);
  const width = system.sensors * system.horizonSteps;
  readouts.forEach((readout, target) => {
    minimum.fill(readout.minimum, target * width, (target + 1) * width);
    maximum.fill(readout.maximum, target * width, (target + 1) * width);
  });
  const sweep = createSweepRepair(system);
  const search = createSearchRepair(system);

  const judge = (forecast: Int32Array, unknown: number): Float64Array => {
    leafValues(system, fixed, forecast, unknown, leaves);
    judgeNodes(system, leaves, clockValues, nodes);
    return Float64Array.from(rules, (_, rule) => nodes[rootOf(system, rule)]!);
  };

  /** Clauses of a component that a forecast keeps by less than `margins`, unknown leaves as assumed. */
  const brokenClauses = (component: RuleComponent, forecast: Int32Array, margins: Float64Array): number => {
    leafValues(system, assumed, forecast, -Infinity, leaves, component.leaves);
    judgeNodes(system, leaves, clockValues, nodes, component.nodes);
    let broken = 0;
    component.clauses.forEach((clause, index) => {
      if (nodes[clause]! < margins[component.clauseRule[index]!]!) broken++;
    });
    return broken;
  };

  /**
   * Unknown leaves count as broken where the rest of their clause can hold without them, and else as if they held: a
   * clause that cannot be judged must not keep the others from being repaired. True where none counts as broken: only
   * then is it a proof when the search finds nothing.
   */
  const assumeUnknown = (component: RuleComponent): boolean => {
    for (const leaf of component.leaves) assumed[leaf] = fixed[leaf]!;
    if (component.leaves.every((leaf) => !Number.isNaN(fixed[leaf]!))) return true;
    for (const leaf of component.leaves) {
      assumed[leaf] = Number.isNaN(fixed[leaf]!) ? -Infinity : fixed[leaf]!;
      leaves[leaf] = largestValue(system, assumed[leaf], leaf, minimum, maximum);
    }
    judgeNodes(system, leaves, clockValues, nodes, component.nodes);
    const unable = component.clauses.filter((clause) => nodes[clause]! < 0);
    let optimistic = true;
    const hope = (node: number): void => {
      if (system.kind[node] === NodeKind.leaf) {
        const leaf = system.argument[node]!;
        if (Number.isNaN(fixed[leaf]!)) assumed[leaf] = Infinity;
      }
      for (let edge = system.childOffsets[node]!; edge < system.childOffsets[node + 1]!; edge++) {
        hope(system.children[edge]!);
      }
    };
    unable.forEach(hope);
    for (const leaf of component.leaves) {
      if (Number.isNaN(fixed[leaf]!) && assumed[leaf] === -Infinity) optimistic = false;
    }
    return optimistic;
  };

  const withMargins = Float64Array.from(rules, (rule) => rule.margin);
  const withoutMargins = new Float64Array(rules.length);

  const keepsTooLittle = (component: RuleComponent): boolean =>
    component.clauses.some((clause, index) => nodes[clause]! < withMargins[component.clauseRule[index]!]!);

  /** Repairs one component in place; true where it is proved that this cannot be done. */
  const repair = (component: RuleComponent, forecast: Int32Array): boolean => {
    const optimistic = assumeUnknown(component);
    const before = brokenClauses(component, forecast, withMargins);
    if (before === 0) return false;
    const limits = { component, fixed: assumed, clock: clockValues, minimum, maximum };
    const task: RepairTask = { ...limits, needed: withMargins };
    const swept = forecast.slice();
    if (sweep(task, swept)) {
      forecast.set(swept);
      return false;
    }
    if (search(task, swept, forecast) === "found") return false;
    const outcome = search({ ...limits, needed: withoutMargins }, swept, forecast);
    if (outcome === "found") return false;
    const rawBroken = brokenClauses(component, forecast, withoutMargins);
    if (brokenClauses(component, swept, withoutMargins) < rawBroken) forecast.set(swept);
    return optimistic && outcome === "impossible";
  };

  return (raw, past, clock) => {
    fixLeaves(system, past, fixed);
    judgeClock(system, clock, clockValues);
    const before = judge(raw, -Infinity);
    const keepsAll = rules.every((rule, index) => !rule.enforced || before[index]! >= rule.margin);
    // Of the same judgement: a clause that holds with its unknown leaves broken needs no repair.
    const broken = keepsAll ? [] : system.components.filter(keepsTooLittle);
    const forecast = raw.slice();
    let infeasible = false;
    for (const component of broken) if (repair(component, forecast)) infeasible = true;
    const after = keepsAll ? before : judge(forecast, -Infinity);
    const unknown = fixed.some((value) => Number.isNaN(value));
    const best = unknown ? judge(forecast, Infinity) : after;
    const verdicts = rules.map((_, rule): ShieldVerdict => {
      const flag: RuleFlag =
        after[rule]! >= 0
          ? before[rule]! >= 0
            ? "satisfied"
            : "restored"
          : best[rule]! >= 0
            ? "unjudged"
            : "failed";
      return { before: before[rule]!, after: after[rule]!, flag };
    });
    return { forecast, verdicts, infeasible };
  };
};

/** The most that a leaf can reach within the bounds. */
const largestValue = (
  system: RuleSystem,
  fixed: number,
  leaf: number,
  minimum: Int32Array,
  maximum: Int32Array,
): number => {
  let sum = fixed;
  for (let term = system.freeOffsets[leaf]!; term < system.freeOffsets[leaf + 1]!; term++) {
    const coefficient = system.freeCoefficient[term]!;
    const variable = system.freeVariable[term]!;
    sum += coefficient * (coefficient > 0 ? maximum[variable]! : minimum[variable]!);
  }
  return sum;
};
