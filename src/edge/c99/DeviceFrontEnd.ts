import type { ZoneOffsets } from "../../series/zoneOffsets.ts";
import type { IntegerFrontEnd } from "../front/IntegerFrontEnd.ts";

/** What stands between a device's readings and its model: the front end, the clock, and what rules read of the past. */
export interface DeviceFrontEnd {
  readonly front: IntegerFrontEnd;
  /** Minutes from one step to the next, at least 1. */
  readonly stepMinutes: number;
  /** At least one entry; before the first and past the last the nearest one holds. */
  readonly zoneOffsets: ZoneOffsets;
  /** Channels that rules read: their place among those of the readings, and the gap that a reading is held over. */
  readonly ruleChannels: readonly { readonly channel: number; readonly holdSteps: number }[];
}

/** Channels of the readings: targets, covariates, angles. */
export const channelsOf = ({ angles, covariates, targets }: IntegerFrontEnd): number =>
  targets.length + covariates.length + angles.length;

/**
 * Rows of readings that a device keeps: the context of a forecast and, where rules read further back, their past with
 * the longest hold before it.
 */
export const rowsKept = ({ front, ruleChannels }: DeviceFrontEnd, pastSteps: number): number =>
  Math.max(front.contextSteps, ...ruleChannels.map(({ holdSteps }) => pastSteps + holdSteps));
