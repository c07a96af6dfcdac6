import { normalForm } from "../plan/normalForm.ts";
import type { Plan } from "../plan/Plan.ts";
import { onlineRooms } from "./OnlineRoom.ts";

/** What judging a plan sample by sample needs. */
export interface OnlineNeeds {
  /** Samples after an instant until its robustness is known. */
  readonly delay: number;
  /** Numbers kept, over all sensors; fixed from the start. */
  readonly memory: number;
}

/**
 * Delay and memory of a plan that is judged online; undefined where it looks ahead without end, so that no value
 * would ever be settled.
 *
 * @example
 * onlineNeeds(parseFormula("always[0, 3] x > 1").plan)?.delay; // => 3
 */
export const onlineNeeds = (plan: Plan): OnlineNeeds | undefined => {
  const normal = normalForm(plan);
  const rooms = onlineRooms(normal);
  const delay = rooms.at(-1)?.delay ?? 0;
  if (delay === Infinity) return undefined;
  const memory = rooms.reduce(
    (sum, room, n) => sum + room.numbers * (normal.scopes[normal.nodes[n]?.scope ?? 0]?.size ?? 1),
    0,
  );
  return { delay, memory };
};
