import type { Random } from "../random.ts";

/** A stretch in which a device reports wrongly or nothing. */
export interface Fault {
  /** `stuck`: the speed repeats its last value; `traffic`, `air`: these readings are missing; `all`: both. */
  readonly kind: "stuck" | "traffic" | "air" | "all";
  readonly detector: number;
  /** First step of 5 min. */
  readonly from: number;
  /** Steps of 5 min. */
  readonly steps: number;
}

const STEPS_PER_DAY = 288;
const TRAFFIC_GAPS_PER_DAY = 0.35;
const AIR_GAPS_PER_DAY = 0.25;
const ROAD_OUTAGES_PER_DAY = 0.1;
const STUCK_PER_DAY = 0.004;
/** Share of detectors with a loose contact, and how often those lose a single reading. */
const LOOSE_SHARE = 0.08;
const LOOSE_DROPOUT = 0.04;

/** 1 step .. 1 day; the chance of a gap longer than k steps falls as 1/k. */
const drawGapSteps = (random: Random): number => {
  const u = random.uniform();
  return Math.floor(1 / (u + (1 - u) / STEPS_PER_DAY));
};

/** Draws the faults of a road's detectors over `steps` steps of 5 min. */
export const drawFaults = (random: Random, detectors: number, steps: number): Fault[] => {
  const faults: Fault[] = [];
  const chance = (perDay: number): boolean => random.uniform() * STEPS_PER_DAY < perDay;
  for (let detector = 0; detector < detectors; detector++) {
    const isLoose = random.uniform() < LOOSE_SHARE;
    for (let from = 0; from < steps; from++) {
      if (chance(TRAFFIC_GAPS_PER_DAY))
        faults.push({ kind: "traffic", detector, from, steps: drawGapSteps(random) });
      if (chance(AIR_GAPS_PER_DAY)) faults.push({ kind: "air", detector, from, steps: drawGapSteps(random) });
      if (chance(STUCK_PER_DAY))
        faults.push({ kind: "stuck", detector, from, steps: 12 + Math.floor(random.uniform() * 48) });
      if (isLoose && random.uniform() < LOOSE_DROPOUT) faults.push({ kind: "all", detector, from, steps: 1 });
    }
  }
  for (let from = 0; from < steps; from++) {
    if (!chance(ROAD_OUTAGES_PER_DAY)) continue;
    const outage = 2 + Math.floor(random.uniform() * 10);
    for (let detector = 0; detector < detectors; detector++)
      faults.push({ kind: "all", detector, from, steps: outage });
  }
  return faults;
};
