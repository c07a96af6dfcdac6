import type { PanelTrace } from "../compile/Site.ts";
import { NodeKind, type UnrolledRule } from "./UnrolledRule.ts";

/**
 * Robustness of an unrolled rule at one origin of a trace with `sensorCount` sensors: the definition, walked
 * node by node. Missing readings and steps outside of the trace are unknown.
 */
export const unrolledRobustness = (
  unrolled: UnrolledRule,
  trace: PanelTrace,
  origin: number,
  sensorCount: number,
): { readonly lower: number; readonly upper: number } => {
  const { kind, childOffsets, children, argument } = unrolled;
  const lower = new Float64Array(kind.length);
  const upper = new Float64Array(kind.length);

  const readLeaf = (n: number, leaf: number): void => {
    let value = unrolled.constant[leaf] as number;
    for (let k = unrolled.termOffsets[leaf] as number; k < (unrolled.termOffsets[leaf + 1] as number); k++) {
      const step = origin + (unrolled.step[k] as number);
      const series = (unrolled.channel[k] as number) * sensorCount + (unrolled.sensor[k] as number);
      const reading = step >= 0 && step < trace.steps ? trace.values[series * trace.steps + step] : NaN;
      value += (unrolled.coefficient[k] as number) * (reading as number);
    }
    lower[n] = Number.isNaN(value) ? -Infinity : value;
    upper[n] = Number.isNaN(value) ? Infinity : value;
  };

  const readClock = (n: number, test: UnrolledRule["clockTests"][number]): void => {
    if (trace.clock === undefined) {
      throw new TypeError(
        `rule ${unrolled.name} reads the clock, and the trace has none: give its clock arrays`,
      );
    }
    const step = origin + test.step;
    const inside = step >= 0 && step < trace.steps;
    const reading = inside ? (trace.clock[test.field][step] as number) : NaN;
    const holds = reading >= test.lower && reading <= test.upper;
    lower[n] = inside && holds ? Infinity : -Infinity;
    upper[n] = inside && !holds ? -Infinity : Infinity;
  };

  for (let n = 0; n < kind.length; n++) {
    const own = children.subarray(childOffsets[n], childOffsets[n + 1]);
    switch (kind[n] as NodeKind) {
      case NodeKind.all:
      case NodeKind.any: {
        const pick = kind[n] === NodeKind.all ? Math.min : Math.max;
        const start = kind[n] === NodeKind.all ? Infinity : -Infinity;
        lower[n] = own.reduce((best, child) => pick(best, lower[child] as number), start);
        upper[n] = own.reduce((best, child) => pick(best, upper[child] as number), start);
        break;
      }
      case NodeKind.atLeast: {
        const rank = (argument[n] as number) - 1;
        const ranked = (side: Float64Array): number =>
          Float64Array.from(own, (child) => side[child] as number)
            .sort()
            .reverse()[rank] as number;
        lower[n] = ranked(lower);
        upper[n] = ranked(upper);
        break;
      }
      case NodeKind.leaf:
        readLeaf(n, argument[n] as number);
        break;
      case NodeKind.clock:
        readClock(n, unrolled.clockTests[argument[n] as number] as UnrolledRule["clockTests"][number]);
        break;
      case NodeKind.constantTrue:
      case NodeKind.constantFalse:
        lower[n] = kind[n] === NodeKind.constantTrue ? Infinity : -Infinity;
        upper[n] = lower[n] as number;
        break;
    }
  }
  const root = kind.length - 1;
  return { lower: lower[root] as number, upper: upper[root] as number };
};
