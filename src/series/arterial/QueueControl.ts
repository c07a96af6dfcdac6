import type { RoadPlan } from "./RoadPlan.ts";

const JAMMED_KMH = 20;
const CLEARED_KMH = 35;
/** Intervals of 5 min that a jam lasts before the signal clears it. */
const PATIENCE_INTERVALS = 2;
/** Green that a clearing signal adds, and the most it may have, in steps of the cycle's 15. */
const EXTENSION_STEPS = 3;
const LONGEST_GREEN_STEPS = 12;

/**
 * Queue clearing: a signal whose own detector has been jammed for 15 min takes green from the side street
 * until traffic flows again.
 */
export class QueueControl {
  /** Steps of green a cycle, per link. */
  readonly greenSteps: Int32Array;

  private readonly plan: RoadPlan;
  private readonly jammedIntervals: Int32Array;
  private readonly isClearing: Uint8Array;

  constructor(plan: RoadPlan) {
    this.plan = plan;
    this.greenSteps = plan.signals.greenSteps.slice();
    this.jammedIntervals = new Int32Array(this.greenSteps.length);
    this.isClearing = new Uint8Array(this.greenSteps.length);
  }

  /** Sets the greens of the next 5 min from the speeds of the last at each detector, in km/h. */
  advance(speedKmh: Float64Array): void {
    for (let link = 0; link < this.greenSteps.length; link++) {
      const beforeStopLine = speedKmh[2 * link + 1];
      if (beforeStopLine === undefined) continue;
      const jammed = beforeStopLine < JAMMED_KMH ? this.jammedIntervals[link]! + 1 : 0;
      this.jammedIntervals[link] = jammed;
      if (jammed >= PATIENCE_INTERVALS) this.isClearing[link] = 1;
      else if (beforeStopLine > CLEARED_KMH) this.isClearing[link] = 0;
      const green = this.plan.signals.greenSteps[link]!;
      this.greenSteps[link] =
        this.isClearing[link] === 1 ? Math.min(LONGEST_GREEN_STEPS, green + EXTENSION_STEPS) : green;
    }
  }
}
