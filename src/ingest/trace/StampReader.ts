import { compileWallTimeFormat, type WallTimeFormat, WallTimeParser } from "../WallTime.ts";
import { parseNumber } from "../parseNumber.ts";
import { ZoneClock } from "../ZoneClock.ts";

const DECIMAL_POINT = 46;

/** From here on a count of seconds would lie beyond the year 5000, so it is one of milliseconds, and so on. */
const LEAST_MS = 1e11;
const LEAST_US = 1e14;
const LEAST_NS = 1e17;
/** Below it (1973), a number of seconds is taken to count from the beginning of the recording. */
const LEAST_EPOCH_S = 1e8;

/** What the stamps of a trace are. */
type StampKind = "text" | "elapsed" | "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

const factors: Readonly<Record<Exclude<StampKind, "text">, number>> = {
  elapsed: 1000,
  seconds: 1000,
  milliseconds: 1,
  microseconds: 1e-3,
  nanoseconds: 1e-6,
};

const encoder = new TextEncoder();

export interface StampOptions {
  /** Zone of stamps that state no offset, and of the clock in reports. */
  readonly zone: string;
  /** Form of the stamps where they are not ISO 8601, such as `DD/MM/YYYY HH:mm`. */
  readonly format?: string;
}

/**
 * Reads the stamps of one pass over a trace: ISO 8601 texts with or without an offset, and numbers. What numbers
 * count is settled by the first one and holds for the rest, so that one file has one meaning.
 */
export class StampReader {
  kind: StampKind | undefined;
  /** Some stamp states no offset: the zone was used. */
  zoned = false;
  readonly #format: WallTimeFormat | undefined;
  readonly #clock: ZoneClock;
  readonly #parser = new WallTimeParser();

  constructor(options: StampOptions) {
    this.#clock = new ZoneClock(options.zone, "local");
    this.#format = options.format === undefined ? undefined : compileWallTimeFormat(options.format);
  }

  /** Local times that do not exist or exist twice, as the clock counts them. */
  get clockTally(): ZoneClock["tally"] {
    return this.#clock.tally;
  }

  /** Instant of a stamp in bytes, shown by a sensor (-1 for all at once); NaN where it is none. */
  bytes(bytes: Uint8Array, start: number, end: number, sensor: number): number {
    if (this.#format !== undefined) {
      const wall = this.#format(new TextDecoder().decode(bytes.subarray(start, end)));
      return Number.isNaN(wall) ? NaN : this.#wall(wall, sensor);
    }
    if (this.kind === undefined || this.kind === "text") {
      const parser = this.#parser;
      if (parser.parseIso(bytes, start, end)) {
        this.kind = "text";
        return Number.isNaN(parser.offsetMs)
          ? this.#wall(parser.wallMs, sensor)
          : parser.wallMs - parser.offsetMs;
      }
      if (this.kind === "text") return NaN;
    }
    return this.number(parseNumber(bytes, start, end, DECIMAL_POINT));
  }

  #wall(wallMs: number, sensor: number): number {
    this.kind = "text";
    this.zoned = true;
    return this.#clock.instantMs(wallMs, sensor);
  }

  /** Instant of a stamp that is a number. */
  number(value: number): number {
    if (!Number.isFinite(value) || this.kind === "text") return NaN;
    this.kind ??= kindOf(Math.abs(value));
    return Math.round(value * factors[this.kind as Exclude<StampKind, "text">]);
  }

  /** Instant of a stamp as a value of a program: text, number or date; NaN where it is none. */
  value(value: unknown, sensor: number): number {
    if (typeof value === "number") return this.number(value);
    if (typeof value === "bigint") return this.number(Number(value));
    if (value instanceof Date) {
      this.kind ??= "milliseconds";
      return value.getTime();
    }
    if (typeof value !== "string") return NaN;
    const bytes = encoder.encode(value);
    return this.bytes(bytes, 0, bytes.length, sensor);
  }

  /** Says in words what the stamps are. */
  describe(zone: string): string {
    switch (this.kind) {
      case undefined:
        return "no stamp";
      case "text":
        return this.zoned
          ? `without an offset, read as local times of ${zone} (--zone)`
          : "times with an offset";
      case "elapsed":
        return "seconds from the beginning";
      default:
        return `${this.kind} since 1970`;
    }
  }
}

const kindOf = (magnitude: number): StampKind => {
  if (magnitude < LEAST_EPOCH_S) return "elapsed";
  if (magnitude < LEAST_MS) return "seconds";
  if (magnitude < LEAST_US) return "milliseconds";
  return magnitude < LEAST_NS ? "microseconds" : "nanoseconds";
};
