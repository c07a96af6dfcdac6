import type { LocalClock } from "../LocalClock.ts";
import type { Random } from "../random.ts";
import { inboundProfile } from "./Demand.ts";

/** A stopped vehicle or a crash: one cell passes less for a while. */
export interface Incident {
  readonly cell: number;
  /** First step of 5 min. */
  readonly from: number;
  /** Steps of 5 min. */
  readonly steps: number;
  /** What is left of the cell's capacity, as a share. */
  readonly capacityShare: number;
}

/** Incidents a kilometre and day where traffic is at the morning peak all day. */
const INCIDENTS_PER_KM_DAY = 0.18;
const SHORTEST_STEPS = 3;
const LONGEST_STEPS = 12;
const STEPS_PER_DAY = 288;

/** Draws the incidents of a road, in order of time; the busier the road, the likelier they are. */
export const drawIncidents = (
  random: Random,
  cells: number,
  lengthKm: number,
  clock: LocalClock,
): Incident[] => {
  const incidents: Incident[] = [];
  const chance = (INCIDENTS_PER_KM_DAY * lengthKm) / STEPS_PER_DAY;
  for (let step = 0; step < clock.minuteOfDay.length; step++) {
    const busy = inboundProfile(clock.minuteOfDay[step]!, clock.weekday[step]!);
    if (random.uniform() >= chance * busy) continue;
    incidents.push({
      cell: Math.floor(random.uniform() * cells),
      from: step,
      steps: SHORTEST_STEPS + Math.floor(random.uniform() * (LONGEST_STEPS - SHORTEST_STEPS + 1)),
      capacityShare: 0.25 + 0.25 * random.uniform(),
    });
  }
  return incidents;
};
