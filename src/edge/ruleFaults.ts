import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import type { CompiledRule } from "./CompiledRule.ts";

/** What the indices of a rule may reach. */
export interface RuleBounds {
  readonly channels: number;
  readonly targets: number;
  readonly sensors: number;
  readonly horizonSteps: number;
}

/** Steps of the past that a rule may read: a year of minutes. */
const LONGEST_PAST_STEPS = 525_600;

/** What a reader of a rule's graph would run astray on, in words; none for a rule that `compileRule` wrote. */
export const ruleFaults = (rule: CompiledRule, bounds: RuleBounds): string[] => {
  const { argument, children, childOffsets, clockTests, constant, kind, termOffsets } = rule;
  const faults: string[] = [];
  if (kind.length === 0) return [`rule ${rule.name} has no node`];
  if (!spans(childOffsets, children.length))
    faults.push(`rule ${rule.name} has children that belong to no node`);
  if (!spans(termOffsets, rule.coefficient.length))
    faults.push(`rule ${rule.name} has terms that belong to no leaf`);
  if (faults.length > 0) return faults;
  const wrongNode = kind.findIndex((each, node) => {
    const [from, to] = [childOffsets[node]!, childOffsets[node + 1]!];
    for (let k = from; k < to; k++) if (!(children[k]! >= 0 && children[k]! < node)) return true;
    const given = argument[node]!;
    switch (each) {
      case NodeKind.all:
      case NodeKind.any:
        return from === to;
      case NodeKind.atLeast:
        return !(given >= 1 && given <= to - from);
      case NodeKind.leaf:
        return from !== to || !(given >= 0 && given < constant.length);
      case NodeKind.clock:
        return from !== to || !(given >= 0 && given < clockTests.length);
      default:
        return from !== to || (each !== NodeKind.constantTrue && each !== NodeKind.constantFalse);
    }
  });
  if (wrongNode >= 0) faults.push(`node ${wrongNode} of rule ${rule.name} is none`);
  const wrongTerm = rule.channel.findIndex((channel, term) => {
    const step = rule.step[term]!;
    const sensor = rule.sensor[term]!;
    const outOfReach = step > bounds.horizonSteps || step < -LONGEST_PAST_STEPS;
    const unknown = channel < 0 || channel >= bounds.channels || sensor < 0 || sensor >= bounds.sensors;
    // What is to come is known of the targets alone.
    return outOfReach || unknown || (step > 0 && channel >= bounds.targets);
  });
  if (wrongTerm >= 0) faults.push(`term ${wrongTerm} of rule ${rule.name} reads what is not there`);
  const wrongTest = clockTests.findIndex(
    ({ field, step }) =>
      !(field >= 0 && field <= 2) || step > bounds.horizonSteps || step < -LONGEST_PAST_STEPS,
  );
  if (wrongTest >= 0) faults.push(`clock test ${wrongTest} of rule ${rule.name} reads no field of the clock`);
  if (!(rule.unitsPerOne > 0)) faults.push(`rule ${rule.name} counts in ${rule.unitsPerOne} units`);
  return faults;
};

/** Offsets from 0 to `count` that never go down. */
const spans = (offsets: Int32Array, count: number): boolean =>
  offsets[0] === 0 &&
  offsets[offsets.length - 1] === count &&
  offsets.every((offset, k) => k === 0 || offset >= offsets[k - 1]!);
