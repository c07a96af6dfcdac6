import type { Random } from "../random.ts";
import { STEP_SECONDS, type RoadPlan } from "./RoadPlan.ts";

const SATURDAY = 6;
const FRIDAY = 5;
/** Traffic at the entry when the daily profile is 1. */
const ENTRY_PEAK_VEH_PER_HOUR = 2000;
const STEPS_PER_HOUR = 3600 / STEP_SECONDS;
const INTERVALS_PER_HOUR = 12;

/** A smooth hill of height 1 at `centre`, zero `halfWidth` away from it. */
const hill = (minute: number, centre: number, halfWidth: number): number => {
  const distance = (minute - centre) / halfWidth;
  const rest = 1 - distance * distance;
  return rest > 0 ? rest * rest : 0;
};

/** As `hill`, with a flat top. */
const plateau = (minute: number, centre: number, halfWidth: number): number => {
  const distance = (minute - centre) / halfWidth;
  const rest = 1 - distance * distance * distance * distance;
  return rest > 0 ? rest * rest : 0;
};

/**
 * Traffic that wants to drive into town, in shares of the morning peak, by local minute of the day and
 * ISO weekday: two rush hours on working days, one low and late hill at weekends.
 */
export const inboundProfile = (minuteOfDay: number, weekday: number): number => {
  if (weekday < SATURDAY) {
    const evening = weekday === FRIDAY ? 16 * 60 : 17 * 60;
    return (
      0.07 +
      0.46 * plateau(minuteOfDay, 13 * 60, 660) +
      0.5 * hill(minuteOfDay, 7 * 60 + 50, 105) +
      0.38 * hill(minuteOfDay, evening, 130)
    );
  }
  return weekday === SATURDAY
    ? 0.1 + 0.5 * plateau(minuteOfDay, 14 * 60, 600)
    : 0.1 + 0.4 * plateau(minuteOfDay, 15 * 60, 560);
};

/** Persistence of the deviation from the profile between two intervals of 5 min, and its deviation. */
const WANDER_MEMORY = 0.9;
const WANDER_DEVIATION = 0.06;
const WANDER_KICK = WANDER_DEVIATION * Math.sqrt(1 - WANDER_MEMORY * WANDER_MEMORY);
const DAY_DEVIATION = 0.05;

/** The traffic that wants to enter one road: profile, good and bad days, wandering, and chance. */
export class Demand {
  /** Vehicles a step that arrive at the entry. */
  entryArrivals = 0;
  /** Vehicles a step that arrive in the side street at each link's end. */
  readonly sideArrivals: Float64Array;

  private readonly random: Random;
  private readonly sideShare: Float64Array;
  private readonly wander: Float64Array;
  private day = Number.NaN;
  private dayScale = 1;

  constructor(random: Random, plan: RoadPlan) {
    this.random = random;
    this.sideShare = plan.sideShare;
    this.sideArrivals = new Float64Array(plan.sideShare.length);
    this.wander = new Float64Array(plan.sideShare.length + 1);
  }

  /** Draws the arrivals of the next 5 min. */
  advance(minuteOfDay: number, weekday: number, dayNumber: number): void {
    if (dayNumber !== this.day) {
      this.day = dayNumber;
      this.dayScale = 1 + DAY_DEVIATION * this.random.normal();
    }
    const base = ENTRY_PEAK_VEH_PER_HOUR * inboundProfile(minuteOfDay, weekday) * this.dayScale;
    const links = this.sideShare.length;
    this.entryArrivals = this.draw(links, base);
    for (let link = 0; link < links; link++) {
      this.sideArrivals[link] = this.draw(link, base * this.sideShare[link]!);
    }
  }

  /** Arrivals a step: the mean follows its wandering, the count of 5 min spreads as a Poisson count does. */
  private draw(index: number, vehPerHour: number): number {
    const wander = WANDER_MEMORY * this.wander[index]! + WANDER_KICK * this.random.normal();
    this.wander[index] = wander;
    const count = (vehPerHour / INTERVALS_PER_HOUR) * (1 + wander);
    const drawn = Math.max(0, count + Math.sqrt(Math.max(0, count)) * this.random.normal());
    return (drawn * INTERVALS_PER_HOUR) / STEPS_PER_HOUR;
  }
}
