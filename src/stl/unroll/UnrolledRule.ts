/**
 * A rule unrolled over one forecast window: a graph of minima, maxima and order statistics over affine leaves,
 * in negation normal form, judged at the origin.
 *
 * It is what projection, the shield on the device and the integer monitor work on: plain arrays, no parser,
 * no units, no calendar library. Steps are relative to the origin: 0 is the last reading, 1 the first
 * forecast step, negative steps are history.
 */
export interface UnrolledRule {
  readonly name: string;
  /** Divides a robustness to make it comparable between rules; in the unit of the rule's predicates. */
  readonly scale: number;
  /** How far the leaves reach: `history <= 0 <= horizon`, in steps from the origin. */
  readonly history: number;
  readonly horizon: number;

  /** Nodes, children before parents; the last one is the root. */
  readonly kind: Uint8Array; // NodeKind
  /** Children of node n: `children[childOffsets[n] .. childOffsets[n + 1]]`, node indices. */
  readonly childOffsets: Int32Array;
  readonly children: Int32Array;
  /** For `atLeast`: how many children must hold. For leaves: index of the leaf or of the clock test. */
  readonly argument: Int32Array;

  /** Leaf l holds where sum(coefficient * value(channel, sensor, step)) + constant > 0 (>= 0 unless strict). */
  readonly termOffsets: Int32Array;
  readonly coefficient: Float64Array;
  readonly channel: Int32Array;
  readonly sensor: Int32Array;
  readonly step: Int32Array;
  readonly constant: Float64Array;
  readonly strict: Uint8Array;

  /** A clock test holds where lower <= field(step) <= upper; its robustness is +inf or -inf. */
  readonly clockTests: readonly {
    readonly field: "minuteOfDay" | "weekday" | "dayNumber";
    readonly step: number;
    readonly lower: number;
    readonly upper: number;
  }[];
}

export const NodeKind = {
  all: 0,
  any: 1,
  atLeast: 2,
  leaf: 3,
  clock: 4,
  constantTrue: 5,
  constantFalse: 6,
} as const;
export type NodeKind = (typeof NodeKind)[keyof typeof NodeKind];
