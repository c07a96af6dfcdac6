import type { PlanNode } from "../plan/Plan.ts";
import type { RowRing } from "./RowRing.ts";

/**
 * Takes the sample `time` and gives whether all that it computed is known. Where `exact`, all was known before and
 * lower bounds alone are computed; a step that then finds a value unknown is run again with both bounds.
 */
export type Step = (time: number, exact: boolean) => boolean;

/** A node of a plan with its place among the others. */
export interface OnlineNode {
  readonly node: PlanNode;
  readonly delay: number;
  readonly ring: RowRing;
  readonly operands: readonly RowRing[];
}

/** How a node is computed, sample by sample. */
export interface OnlineSteps {
  readonly steps: readonly Step[];
  /** Makes what is carried for the upper bounds equal to what is carried for the lower ones. */
  readonly split?: () => void;
}
