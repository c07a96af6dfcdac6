import { Cron } from "effect";

/** How much of what was missed is made up for. */
export interface CatchUp {
  /** Instants at most, the newest. */
  readonly max: number;
  /** None that is older than this. */
  readonly windowMs: number;
}

/** Instants of a schedule that have come. */
export interface DueInstants {
  /** Ascending, ms since 1970. */
  readonly due: readonly number[];
  /** Instants that have come and are not made up for; at least so many, where there are thousands. */
  readonly dropped: number;
}

/** Dropped instants that are counted; what was missed beyond them, in years of minutes, is passed over. */
const COUNTED = 5000;

/**
 * The instants of a schedule in (afterMs, nowMs], of those missed no more than `catchUp` allows.
 *
 * A local time that the zone skips is due after the gap; one that it has twice is due once, the first time. Where the
 * clock was set back to before `afterMs`, nothing is due.
 *
 * @example
 * dueInstants(Cron.parseUnsafe("0 * * * *", "UTC"), 0, 4 * 3_600_000, { max: 2, windowMs: 86_400_000 });
 * // => { due: [ 10800000, 14400000 ], dropped: 2 }
 */
export const dueInstants = (
  cron: Cron.Cron,
  afterMs: number,
  nowMs: number,
  { max, windowMs }: CatchUp,
): DueInstants => {
  const due: number[] = [];
  let dropped = 0;
  for (const date of Cron.sequence(cron, new Date(afterMs))) {
    const instantMs = date.getTime();
    if (!(instantMs <= nowMs)) break;
    if (nowMs - instantMs > windowMs) {
      dropped++;
      if (dropped === COUNTED) {
        const rest = dueInstants(cron, Math.max(instantMs, nowMs - windowMs - 1), nowMs, { max, windowMs });
        return { due: rest.due, dropped: dropped + rest.dropped };
      }
      continue;
    }
    due.push(instantMs);
    if (due.length > max) {
      due.shift();
      dropped++;
    }
  }
  return { due, dropped };
};
