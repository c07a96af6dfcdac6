import { Temporal } from "temporal-polyfill";

/** How the times of a data set are to be read. */
export type ClockMode =
  /** The times are UTC. */
  | "utc"
  /** Wall clock of the zone; an hour that occurs twice is written twice. */
  | "local"
  /** Wall clock of the zone with 24 rows a day, whatever daylight saving does. */
  | "local-folded";

/** What the clock met; counted in readings of the clock, that is in rows. */
export interface ClockTally {
  /** Local times that do not exist (the hour that spring skips): their rows have no instant. */
  nonexistent: number;
  /** Local times that exist twice (the hour that autumn repeats), read as the earlier instant. */
  ambiguous: number;
  /** Local times met for the second time under `local`, read as the later instant. */
  repeated: number;
}

/**
 * Turns wall-clock readings of a zone into instants.
 *
 * Under `local` an ambiguous time is the earlier instant when a sensor shows it first and the later instant
 * when it shows it again. Under `local-folded` it is always the earlier one. A time that does not exist has no
 * instant (NaN). All three are counted in `tally`.
 *
 * @example
 * const clock = new ZoneClock("Europe/Berlin", "local");
 * clock.instantMs(Date.UTC(2026, 6, 1, 12, 0), 0) === Date.UTC(2026, 6, 1, 10, 0); // => true
 */
export class ZoneClock {
  readonly zone: string;
  readonly mode: ClockMode;
  readonly tally: ClockTally = { nonexistent: 0, ambiguous: 0, repeated: 0 };
  /** Wall-clock stretch (in, out) in which the offset is one and no time is ambiguous or missing. */
  #from = Infinity;
  #to = -Infinity;
  #offsetMs = 0;
  #odd = { wall: NaN, earlier: NaN, later: NaN };
  readonly #shown = new Set<string>();

  constructor(zone: string, mode: ClockMode) {
    this.zone = zone;
    this.mode = mode;
  }

  /** Instant of a wall-clock reading (see `wallMs`) shown by a sensor (its number; -1 for all at once). */
  instantMs(wall: number, sensor: number): number {
    if (this.mode === "utc") return wall;
    if (wall >= this.#from && wall < this.#to) return wall - this.#offsetMs;
    if (wall !== this.#odd.wall) {
      const plain = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO("UTC").toPlainDateTime();
      const earlier = plain.toZonedDateTime(this.zone, { disambiguation: "earlier" });
      const later = plain.toZonedDateTime(this.zone, { disambiguation: "later" });
      if (earlier.epochMilliseconds === later.epochMilliseconds) {
        this.#rememberStretch(earlier);
        return earlier.epochMilliseconds;
      }
      const exists = earlier.toPlainDateTime().equals(plain);
      this.#odd = {
        wall,
        earlier: exists ? earlier.epochMilliseconds : NaN,
        later: exists ? later.epochMilliseconds : NaN,
      };
    }
    if (Number.isNaN(this.#odd.earlier)) {
      this.tally.nonexistent++;
      return NaN;
    }
    if (this.mode === "local") {
      const key = `${sensor} ${wall}`;
      if (this.#shown.has(key)) {
        this.tally.repeated++;
        return this.#odd.later;
      }
      this.#shown.add(key);
    }
    this.tally.ambiguous++;
    return this.#odd.earlier;
  }

  /** The stretch around an unambiguous time, cut where a neighbouring transition skips or repeats times. */
  #rememberStretch(time: Temporal.ZonedDateTime): void {
    const offset = time.offsetNanoseconds / 1e6;
    const previous = time.getTimeZoneTransition("previous");
    const next = time.getTimeZoneTransition("next");
    // A transition that lies at this very instant is the start of the present stretch, not of an earlier one.
    const atTransition = time.subtract({ nanoseconds: 1 }).offsetNanoseconds / 1e6 !== offset;
    const start = atTransition ? time : previous;
    const before = start === null ? offset : start.subtract({ nanoseconds: 1 }).offsetNanoseconds / 1e6;
    const after = next === null ? offset : next.offsetNanoseconds / 1e6;
    this.#offsetMs = offset;
    this.#from = start === null ? -Infinity : start.epochMilliseconds + Math.max(offset, before);
    this.#to = next === null ? Infinity : next.epochMilliseconds + Math.min(offset, after);
  }
}
