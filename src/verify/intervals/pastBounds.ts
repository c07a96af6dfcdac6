import type { RuleChannel } from "../../edge/CompiledRule.ts";
import { MISSING_READING, READING_LIMIT } from "../../edge/front/IntegerFrontEnd.ts";
import { integerReading } from "../../edge/front/IntegerReadings.ts";
import { createPastReader } from "../../edge/pastQuanta.ts";
import type { PastQuanta } from "../../edge/RuleSystem.ts";
import type { Readings } from "../../series/features.ts";
import { ballEnd, type ReadingBall } from "./ReadingBall.ts";

/** What rules read of the past of the last step, in every window of a ball. */
export type PastBounds = (readings: Readings, ball: ReadingBall) => PastQuanta;

/**
 * Makes the bounds of {@link createPastReader}: what it reads at the two ends of the ball. Where a reading may pass the
 * largest that rules can read, they take an older one or none, so nothing is known of its series.
 */
export const createPastBounds = (
  ruleChannels: readonly RuleChannel[],
  channelsOfPlan: readonly string[],
  sensors: number,
  pastSteps: number,
): PastBounds => {
  const read = createPastReader(ruleChannels, channelsOfPlan, sensors, pastSteps);
  return (readings, ball) => {
    const { steps } = readings;
    const [lowest, highest] = [ballEnd(readings, ball, -1), ballEnd(readings, ball, 1)];
    const low = read(lowest, steps - 1);
    const [lower, known] = [low.lower.slice(), low.known.slice()];
    const { upper } = read(highest, steps - 1);
    ruleChannels.forEach(({ channel, quantum }, index) => {
      for (let sensor = 0; sensor < sensors; sensor++) {
        const series = (channelsOfPlan.indexOf(channel) * sensors + sensor) * steps;
        const mayPass = Array.from({ length: steps }, (_, step) =>
          [lowest, highest].map(({ values }) => sideOf(integerReading(values[series + step]!, quantum))),
        ).some(([atLowest, atHighest]) => atLowest !== atHighest);
        const row = (index * sensors + sensor) * pastSteps;
        if (mayPass) known.fill(0, row, row + pastSteps);
      }
    });
    return { lower, upper, known };
  };
};

/** 0 for a reading that rules can read, -1 and 1 beyond these, -2 for none. */
const sideOf = (reading: number): number => {
  if (reading === MISSING_READING) return -2;
  return reading > READING_LIMIT ? 1 : reading < -READING_LIMIT ? -1 : 0;
};
