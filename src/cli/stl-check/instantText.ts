/** What the steps of a trace are counted in. */
export interface StepClock {
  readonly zone: string;
  readonly startMs: number;
  readonly stepMs: number;
  /** Stamps have a date and a time of day. */
  readonly clocked: boolean;
  /** The trace has stamps at all. */
  readonly timed: boolean;
}

const localClocks = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone; Swedes write dates as ISO 8601 does. */
const localClockOf = (zone: string): Intl.DateTimeFormat => {
  const known = localClocks.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  localClocks.set(zone, made);
  return made;
};

/**
 * When a step is: local time, seconds from the beginning, or the row.
 *
 * @example
 * instantText(1, { zone: "UTC", startMs: 0, stepMs: 60_000, clocked: true, timed: true }); // => "1970-01-01 00:01"
 */
export const instantText = (step: number, clock: StepClock): string => {
  if (!clock.timed) return `row ${step + 1}`;
  const instantMs = clock.startMs + step * clock.stepMs;
  if (!clock.clocked) return `${instantMs / 1000} s`;
  const local = localClockOf(clock.zone).format(instantMs);
  if (clock.stepMs % 60_000 === 0 && clock.startMs % 60_000 === 0) return local.slice(0, -":00".length);
  return clock.stepMs % 1000 === 0
    ? local
    : `${local}.${String(((instantMs % 1000) + 1000) % 1000).padStart(3, "0")}`;
};

/** The instant of a step for programs, in UTC; undefined where the trace has no date. */
export const instantIso = (step: number, clock: StepClock): string | undefined =>
  clock.timed && clock.clocked ? new Date(clock.startMs + step * clock.stepMs).toISOString() : undefined;
