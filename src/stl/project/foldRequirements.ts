import type { ChoiceGraph } from "./ChoiceGraph.ts";
import { GraphBuilder, type Room, type Variables } from "./GraphBuilder.ts";
import { NodeKind, type UnrolledRule } from "../unroll/UnrolledRule.ts";

/** What a leaf reads: a variable, or bounds of a reading that cannot move. */
export interface Located {
  /** Index of the variable, or -1. */
  variable: number;
  lower: number;
  upper: number;
}

/** An unrolled rule that must hold by a margin, and where its readings are found. */
export interface Requirement {
  readonly unrolled: UnrolledRule;
  /** In the unit of the rule's robustness. */
  readonly margin: number;
  readonly locate: (channel: number, sensor: number, step: number, into: Located) => void;
  readonly clockHolds: (test: UnrolledRule["clockTests"][number]) => boolean;
}

/** In place of a node: it holds or fails whatever the variables are. */
const always = -1;
const never = -2;

/**
 * Joins requirements to one graph over common variables: what cannot move is folded into the needs, and a leaf
 * that reads the unknown is broken unless the bounds of the reading settle it.
 */
export const foldRequirements = (
  requirements: readonly Requirement[],
  variables: Variables,
  room: Room,
): ChoiceGraph => {
  const builder = new GraphBuilder(requirements, variables);
  const located: Located = { variable: -1, lower: 0, upper: 0 };

  /** The constant of a row is the least that whatever cannot move can add up to. */
  const leafNode = ({ unrolled, margin, locate }: Requirement, leaf: number): number => {
    let constant = unrolled.constant[leaf] as number;
    let magnitude = Math.abs(constant);
    builder.openRow();
    const end = unrolled.termOffsets[leaf + 1] as number;
    for (let k = unrolled.termOffsets[leaf] as number; k < end; k++) {
      const coefficient = unrolled.coefficient[k] as number;
      locate(
        unrolled.channel[k] as number,
        unrolled.sensor[k] as number,
        unrolled.step[k] as number,
        located,
      );
      if (located.variable >= 0) builder.term(located.variable, coefficient);
      else {
        const least = coefficient * (coefficient > 0 ? located.lower : located.upper);
        constant += least;
        magnitude += Math.abs(least);
      }
    }
    const strict = unrolled.strict[leaf] === 1 && margin === 0;
    const need = margin - constant;
    const reaches = (value: number): boolean => (strict ? value > need : value >= need);
    // What reads the unknown is -inf, or undefined as inf - inf is.
    if (!(constant > -Infinity) || !reaches(builder.extreme(true))) return never;
    if (reaches(builder.extreme(false))) return always;
    return builder.row(need, magnitude, strict);
  };

  /** `children` are nodes of the builder, `always` or `never`. */
  const choiceNode = (children: Int32Array, count: number): number => {
    let missing = count;
    let open = 0;
    let only = never;
    for (const child of children) {
      if (child === always) missing--;
      else if (child !== never) {
        open++;
        only = child;
      }
    }
    if (missing <= 0) return always;
    if (missing > open) return never;
    return open === 1 ? only : builder.choice(children, missing);
  };

  requirements.forEach((requirement, owner) => {
    const { unrolled } = requirement;
    const { argument, childOffsets, clockTests, kind } = unrolled;
    const moved = new Int32Array(kind.length);
    /** Children in terms of the graph, overwritten by every node. */
    const scratch = new Int32Array(unrolled.children.length);
    const foldNode = (n: number): number => {
      const own = unrolled.children.subarray(childOffsets[n], childOffsets[n + 1]);
      for (let k = 0; k < own.length; k++) scratch[k] = moved[own[k] as number] as number;
      const children = scratch.subarray(0, own.length);
      switch (kind[n] as NodeKind) {
        case NodeKind.all:
          return choiceNode(children, children.length);
        case NodeKind.any:
          return choiceNode(children, 1);
        case NodeKind.atLeast:
          return choiceNode(children, argument[n] as number);
        case NodeKind.leaf:
          return leafNode(requirement, argument[n] as number);
        case NodeKind.clock: {
          const test = clockTests[argument[n] as number] as UnrolledRule["clockTests"][number];
          return requirement.clockHolds(test) ? always : never;
        }
        case NodeKind.constantTrue:
          return always;
        case NodeKind.constantFalse:
          return never;
      }
    };
    for (let n = 0; n < kind.length; n++) moved[n] = foldNode(n);
    const root = moved.at(-1) as number;
    if (root === never) builder.hopeless.push(owner);
    else if (root >= 0) builder.demand(root, owner);
  });
  return builder.graph(room);
};
