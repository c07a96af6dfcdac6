import {
  type ClockReader,
  judgeClock,
  judgeNodes,
  type PastQuanta,
  rootOf,
  type RuleSystem,
} from "../../edge/RuleSystem.ts";
import { createFixedLeaves, fixLeaves } from "../../edge/FixedLeaves.ts";
import { type AffineBlock, SLACK } from "./AffineBlock.ts";

/**
 * Lower bound of each rule's robustness, in 1/unitsPerOne, over all forecasts within the forms of each sensor and all
 * pasts within `past`; -inf where a missing reading may decide.
 *
 * Leaves are sums: entries of one sensor are added as forms, so what they have in common cancels, those of several
 * sensors as intervals. Minima, maxima and order statistics rise with their operands, so lower bounds pass through.
 *
 * @param forecasts one a sensor, quanta [target][lead] over its own symbols
 */
export type RuleBounds = (
  forecasts: readonly SensorForecast[],
  past: PastQuanta,
  clock: ClockReader | undefined,
) => Float64Array;

export interface SensorForecast {
  readonly quanta: AffineBlock;
  readonly symbols: number;
}

/** Makes the bounds of all rules of a system. */
export const createRuleBounds = (system: RuleSystem): RuleBounds => {
  const { constant, freeCoefficient, freeOffsets, freeVariable, horizonSteps, sensors } = system;
  const fixed = createFixedLeaves(system);
  const leaves = new Float64Array(constant.length);
  const nodes = new Float64Array(system.kind.length);
  const clockValues = new Float64Array(system.clockTests.length);
  // Terms of a leaf by sensor, so that those of one sensor stand together.
  const sensorOf = freeVariable.map((variable) => Math.floor(variable / horizonSteps) % sensors);
  const rowOf = freeVariable.map(
    (variable) => Math.floor(variable / (horizonSteps * sensors)) * horizonSteps + (variable % horizonSteps),
  );
  const termsOf = Array.from(constant, (_, leaf) => {
    const bySensor = new Map<number, number[]>();
    for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
      const own = bySensor.get(sensorOf[term]!) ?? [];
      own.push(term);
      bySensor.set(sensorOf[term]!, own);
    }
    return [...bySensor.values()];
  });

  const lowestSum = (terms: readonly number[], { quanta, symbols }: SensorForecast): number => {
    let box = 0;
    let middle = 0;
    let rest = 0;
    let reach = 0;
    for (const term of terms) {
      const factor = freeCoefficient[term]!;
      const row = rowOf[term]!;
      box += factor * (factor > 0 ? quanta.lower[row]! : quanta.upper[row]!);
      middle += factor * quanta.centre[row]!;
      rest += Math.abs(factor) * quanta.remainder[row]!;
      reach += Math.abs(factor) * quanta.reach[row]!;
    }
    // A single entry's box has been brought to whole numbers already.
    if (terms.length === 1) return box;
    let spread = 0;
    for (let s = 0; s < symbols; s++) {
      let sum = 0;
      for (const term of terms) {
        sum += freeCoefficient[term]! * quanta.coefficients[rowOf[term]! * quanta.stride + s]!;
      }
      spread += Math.abs(sum);
    }
    return Math.max(box, Math.ceil(middle - spread - rest - 2 * SLACK * reach));
  };

  return (forecasts, past, clock) => {
    fixLeaves(system, past, fixed);
    judgeClock(system, clock, clockValues);
    termsOf.forEach((bySensor, leaf) => {
      // A reading that some windows of a ball lack may be beyond the bounds of a missing one in others.
      let sum = fixed.open[leaf] === 1 ? -Infinity : fixed.least[leaf]!;
      for (const terms of bySensor) {
        sum += lowestSum(terms, forecasts[sensorOf[terms[0]!]!]!);
      }
      leaves[leaf] = sum;
    });
    judgeNodes(system, leaves, clockValues, nodes);
    return Float64Array.from(system.rules, (_, rule) => nodes[rootOf(system, rule)]!);
  };
};
