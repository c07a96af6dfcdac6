import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import { createFixedLeaves, fixLeaves } from "./FixedLeaves.ts";
import type { IntegerReadout } from "./IntegerModel.ts";
import type { RepairTask } from "./RepairTask.ts";
import { createSearchRepair } from "./repairBySearch.ts";
import { createSweepRepair } from "./repairBySweeps.ts";
import { LONG_SWEEPS, SWEEPS } from "./shieldBounds.ts";
import {
  type ClockReader,
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
  /** Lower bound of the robustness, in 1/unitsPerOne of the rule; -inf where a missing reading that may be anything decides. */
  readonly before: number;
  readonly after: number;
  readonly flag: RuleFlag;
}

/**
 * What a component took (see RuleComponent). `none`: it needed nothing. `without-margin`: no forecast was found that keeps
 * the margins, but one that keeps the rules. `given-up`: none within the bounds on work, or a missing reading decides.
 * `impossible`: proved that there is none.
 */
export type ShieldRepair = "none" | "swept" | "searched" | "without-margin" | "given-up" | "impossible";

export interface ShieldOutcome {
  /** The repaired forecast in quanta, [target][sensor][lead]. */
  readonly forecast: Int32Array;
  /** One a rule, in the order of the artefact. */
  readonly verdicts: readonly ShieldVerdict[];
  /** True where it is proved that no forecast within the readouts' ranges keeps all enforced rules here. */
  readonly infeasible: boolean;
  /** One a component of the rules. */
  readonly repairs: readonly ShieldRepair[];
  /** Entries of the forecast that are another than before. */
  readonly changed: number;
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
 * Each component of the rules (see RuleComponent) is repaired by itself. In order, each only where the one before did
 * not suffice: nothing; sweeps (repairBySweeps.ts); a search from where
 * the sweeps ended (repairBySearch.ts); that search without margins; many more sweeps. A rule that still fails is flagged, never
 * passed over: of the forecast and what the sweeps made of it, the one that breaks fewer clauses is returned. Work is bounded by the bounds of
 * those files; a forecast that keeps its rules costs one evaluation, linear in nodes and terms.
 */
export const createShield = (
  system: RuleSystem,
  readouts: readonly Pick<IntegerReadout, "minimum" | "maximum">[],
): Shield => {
  const { rules } = system;
  const leafCount = system.constant.length;
  const fixed = createFixedLeaves(system);
  const assumed = new Float64Array(leafCount);
  const hoped = new Uint8Array(leafCount);
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

  const before = new Float64Array(rules.length);
  const after = new Float64Array(rules.length);
  const best = new Float64Array(rules.length);
  const marked = new Uint8Array(system.kind.length);
  const swept = new Int32Array(system.variables);

  const judge = (forecast: Int32Array, parts: Float64Array, robustness: Float64Array): void => {
    leafValues(system, parts, forecast, leaves);
    judgeNodes(system, leaves, clockValues, nodes);
    for (let rule = 0; rule < rules.length; rule++) robustness[rule] = nodes[rootOf(system, rule)]!;
  };

  const clausesBelow = ({ clauses, clauseRule }: RuleComponent, margins: Float64Array): number => {
    let below = 0;
    for (let index = 0; index < clauses.length; index++) {
      if (nodes[clauses[index]!]! < margins[clauseRule[index]!]!) below++;
    }
    return below;
  };

  /** Clauses of a component that a forecast keeps by less than `margins`, open leaves as assumed. */
  const brokenClauses = (component: RuleComponent, forecast: Int32Array, margins: Float64Array): number => {
    leafValues(system, assumed, forecast, leaves, component.leaves);
    judgeNodes(system, leaves, clockValues, nodes, component.nodes);
    return clausesBelow(component, margins);
  };

  /**
   * A leaf that reads a missing reading counts with its least value where the rest of its clause can hold without it,
   * and else with its most: a clause that cannot be judged must not keep the others from being repaired, but one that
   * is broken whatever the reading was is to be repaired itself. True where none counts with its least: only then is it
   * a proof when the search finds nothing.
   */
  const assumeOpen = (component: RuleComponent): boolean => {
    let known = true;
    for (const leaf of component.leaves) {
      assumed[leaf] = fixed.least[leaf]!;
      hoped[leaf] = 0;
      if (fixed.open[leaf] === 1) known = false;
    }
    if (known) return true;
    for (const leaf of component.leaves) {
      leaves[leaf] =
        fixed.open[leaf] === 1 ? -Infinity : largestValue(system, assumed[leaf]!, leaf, minimum, maximum);
    }
    judgeNodes(system, leaves, clockValues, nodes, component.nodes);
    // Marks what is below a clause that cannot hold; children stand before their parents.
    for (const node of component.nodes) marked[node] = 0;
    for (const clause of component.clauses) if (nodes[clause]! < 0) marked[clause] = 1;
    for (let index = component.nodes.length - 1; index >= 0; index--) {
      const node = component.nodes[index]!;
      if (marked[node] === 0) continue;
      if (system.kind[node] === NodeKind.leaf) {
        const leaf = system.argument[node]!;
        assumed[leaf] = fixed.most[leaf]!;
        hoped[leaf] = 1;
      }
      for (let edge = system.childOffsets[node]!; edge < system.childOffsets[node + 1]!; edge++) {
        marked[system.children[edge]!] = 1;
      }
    }
    return component.leaves.every((leaf) => fixed.open[leaf] === 0 || hoped[leaf] === 1);
  };

  const withMargins = Float64Array.from(rules, (rule) => rule.margin);
  const withoutMargins = new Float64Array(rules.length);

  /** Repairs one component in place. */
  const repair = (component: RuleComponent, forecast: Int32Array): ShieldRepair => {
    const isProof = assumeOpen(component);
    if (brokenClauses(component, forecast, withMargins) === 0) return "none";
    const limits = { component, fixed: assumed, clock: clockValues, minimum, maximum };
    const task: RepairTask = { ...limits, needed: withMargins };
    swept.set(forecast);
    if (sweep(task, swept, SWEEPS)) {
      forecast.set(swept);
      return "swept";
    }
    if (search(task, swept, forecast) === "found") return "searched";
    const outcome = search({ ...limits, needed: withoutMargins }, swept, forecast);
    if (outcome === "found") return "without-margin";
    if (outcome === "given-up" && sweep(task, swept, LONG_SWEEPS)) {
      forecast.set(swept);
      return "swept";
    }
    const rawBroken = brokenClauses(component, forecast, withoutMargins);
    const sweptBroken = brokenClauses(component, swept, withoutMargins);
    if (sweptBroken < rawBroken) forecast.set(swept);
    if (sweptBroken === 0) return "without-margin";
    return isProof && outcome === "impossible" ? "impossible" : "given-up";
  };

  return (raw, past, clock) => {
    fixLeaves(system, past, fixed);
    judgeClock(system, clock, clockValues);
    judge(raw, fixed.least, before);
    after.set(before);
    const forecast = raw.slice();
    const keepsAll = rules.every((rule, index) => !rule.enforced || before[index]! >= rule.margin);
    let repairs: readonly ShieldRepair[] = system.components.map(() => "none");
    if (!keepsAll) {
      // Of the same judgement: a clause that holds whatever is missing needs no repair.
      const below = system.components.map((component) => clausesBelow(component, withMargins));
      repairs = system.components.map((component, index) =>
        below[index] === 0 ? "none" : repair(component, forecast),
      );
      judge(forecast, fixed.least, after);
    }
    if (after.some((robustness) => robustness < 0)) judge(forecast, fixed.most, best);
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
    let changed = 0;
    for (let entry = 0; entry < raw.length; entry++) if (forecast[entry] !== raw[entry]) changed++;
    return { forecast, verdicts, infeasible: repairs.includes("impossible"), repairs, changed };
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
