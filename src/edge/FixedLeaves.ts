import type { PastQuanta, RuleSystem } from "./RuleSystem.ts";

/** The part of each leaf that a window fixes: its constant, and the readings up to the origin. */
export interface FixedLeaves {
  /** The least that it can be, whatever the missing readings are; -Infinity where they may be anything. */
  readonly least: Float64Array;
  /** The most; equal to the least where no reading is missing. */
  readonly most: Float64Array;
  /** 1 for a leaf that reads a missing reading. */
  readonly open: Uint8Array;
}

/** Makes room for the leaves of a system. */
export const createFixedLeaves = ({ constant }: Pick<RuleSystem, "constant">): FixedLeaves => ({
  least: new Float64Array(constant.length),
  most: new Float64Array(constant.length),
  open: new Uint8Array(constant.length),
});

/** Fixes the leaves after some readings. */
export const fixLeaves = (system: RuleSystem, past: PastQuanta, { least, most, open }: FixedLeaves): void => {
  const { constant, missing, pastCoefficient, pastIndex, pastOffsets } = system;
  const pastOfChannel = system.sensors * system.pastSteps;
  for (let leaf = 0; leaf < constant.length; leaf++) {
    let low = constant[leaf]!;
    let high = low;
    open[leaf] = 0;
    for (let term = pastOffsets[leaf]!; term < pastOffsets[leaf + 1]!; term++) {
      const at = pastIndex[term]!;
      const coefficient = pastCoefficient[term]!;
      if (past.known[at] !== 0) {
        const part = coefficient * (coefficient > 0 ? past.lower[at]! : past.upper[at]!);
        low += part;
        high += part;
      } else {
        const bounds = coefficient > 0 ? missing.rising : missing.falling;
        const channel = Math.floor(at / pastOfChannel);
        low += coefficient * bounds[2 * channel]!;
        high += coefficient * bounds[2 * channel + 1]!;
        open[leaf] = 1;
      }
    }
    least[leaf] = low;
    most[leaf] = high;
  }
};
