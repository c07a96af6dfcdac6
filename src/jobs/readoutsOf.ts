import type { Readout } from "../edge/index.ts";
import type { BoundRule } from "../stl/index.ts";
import type { Pipeline } from "./Pipeline.ts";
import type { PreparedRun } from "./prepareRun.ts";

const DEFAULT_QUANTUM = 0.1;
/** Smallest step of a forecast value of a channel, in its unit. */
export const quantumOf = ({ forecast }: Pick<Pipeline, "forecast">, channel: string): number =>
  forecast.quantum[channel] ?? DEFAULT_QUANTUM;

/** Without a declared range a forecast may leave the recorded one by its own width on either side. */
const RANGE_MARGIN = 1;

/**
 * How the outputs of a run become readings: transform and gain of the front end, the quantum of the pipeline, the
 * range that the rule file declares for the signal (or the recorded one, widened, but not below zero where no reading
 * was).
 */
export const readoutsOf = (run: PreparedRun): Readout[] => {
  const { data, panel, pipeline, rules } = run;
  return data.plan.targets.map((target, index) => {
    const quantum = quantumOf(pipeline, target.channel);
    const recorded = recordedRange(run, index);
    const declared = declaredRange(
      rules.rules.map((rule) => rule.bound),
      index,
    );
    const width = (recorded.maximum - recorded.minimum) * RANGE_MARGIN;
    // What never went below zero is taken for a quantity that cannot.
    const lowest = recorded.minimum >= 0 ? 0 : recorded.minimum - width;
    return {
      channel: target.channel,
      unit: panel.channels[index]!.unit,
      transform: target.transform,
      gain: target.deviation,
      quantum,
      minimum: Math.ceil((declared.minimum ?? lowest) / quantum) * quantum,
      maximum: Math.floor((declared.maximum ?? recorded.maximum + width) / quantum) * quantum,
    };
  });
};

const recordedRange = (
  run: PreparedRun,
  target: number,
): { readonly minimum: number; readonly maximum: number } => {
  const { spans } = run;
  const { data } = run.seen;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let sensor = 0; sensor < data.sensors; sensor++) {
    const offset = (target * data.sensors + sensor) * data.steps;
    for (let step = spans.training.from; step < spans.training.to; step++) {
      const reading = data.held[offset + step]!;
      if (reading < minimum) minimum = reading;
      if (reading > maximum) maximum = reading;
    }
  }
  return { minimum, maximum };
};

/** Range that the rules' signal declarations give a channel, in the panel's unit. */
const declaredRange = (
  rules: readonly BoundRule[],
  channel: number,
): { readonly minimum?: number; readonly maximum?: number } => {
  for (const rule of rules) {
    for (const node of rule.plan.nodes) {
      if (node.kind !== "signal" || node.channel !== channel) continue;
      return {
        ...(node.lower !== null && { minimum: node.lower }),
        ...(node.upper !== null && { maximum: node.upper }),
      };
    }
  }
  return {};
};
