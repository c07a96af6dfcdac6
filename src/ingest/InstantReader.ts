import type { CardTime } from "./DatasetCard.ts";
import { parseNumber } from "./parseNumber.ts";
import { compileWallTimeFormat, type WallTimeFormat, WallTimeParser } from "./WallTime.ts";
import type { ZoneClock } from "./ZoneClock.ts";

const DECIMAL_POINT = 46;

/** Instants beyond these years are taken for a wrong format or unit. */
const EARLIEST_MS = Date.UTC(1800, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** Whether an instant is one that a reading can have. */
export const isPlausible = (instantMs: number): boolean =>
  !(instantMs < EARLIEST_MS || instantMs > LATEST_MS);

/** Whether it is an instant at all, and such a one. */
export const isInstant = (instantMs: number): boolean => instantMs >= EARLIEST_MS && instantMs <= LATEST_MS;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a time says: an instant, or nothing that can be read. */
export class InstantReader {
  /** Set by each reading: the time itself cannot be read. NaN alone means a local time that does not exist. */
  faulty = false;
  readonly #format: string;
  readonly #clock: ZoneClock;
  readonly #parser = new WallTimeParser();
  readonly #wallFormat: WallTimeFormat | undefined;

  constructor({ format = "iso" }: Pick<CardTime, "format">, clock: ZoneClock) {
    this.#format = format;
    this.#clock = clock;
    this.#wallFormat = ["iso", "epoch-s", "epoch-ms"].includes(format)
      ? undefined
      : compileWallTimeFormat(format);
  }

  /** Instant of a text, shown by a sensor (its number); NaN where it has none. */
  bytes(bytes: Uint8Array, start: number, end: number, sensor: number): number {
    if (this.#wallFormat !== undefined) {
      return this.#wall(this.#wallFormat(decoder.decode(bytes.subarray(start, end))), sensor);
    }
    if (this.#format !== "iso") return this.#epoch(parseNumber(bytes, start, end, DECIMAL_POINT));
    const parser = this.#parser;
    if (!parser.parseIso(bytes, start, end)) return this.#wall(NaN, sensor);
    return Number.isNaN(parser.offsetMs)
      ? this.#wall(parser.wallMs, sensor)
      : this.#checked(parser.wallMs - parser.offsetMs);
  }

  /** Instant of a value as JSON has it: a text, or a number where the format counts from 1970. */
  value(value: unknown, sensor: number): number {
    if (typeof value === "number" && this.#format.startsWith("epoch")) return this.#epoch(value);
    if (typeof value !== "string") return this.#checked(NaN);
    const bytes = encoder.encode(value);
    return this.bytes(bytes, 0, bytes.length, sensor);
  }

  #epoch(count: number): number {
    return this.#checked(this.#format === "epoch-s" ? Math.round(count * 1000) : Math.round(count));
  }

  /** Instant of a wall-clock reading; NaN stands for a text that is none. */
  #wall(wall: number, sensor: number): number {
    if (Number.isNaN(wall)) return this.#checked(NaN);
    const instant = this.#clock.instantMs(wall, sensor);
    this.faulty = !isPlausible(instant);
    return this.faulty ? NaN : instant;
  }

  #checked(instant: number): number {
    this.faulty = !isInstant(instant);
    return this.faulty ? NaN : instant;
  }

  /** What to say of a time that cannot be read. */
  complaint(text: string): string {
    const form = {
      iso: "an ISO 8601 time such as 2021-04-04T02:30",
      "epoch-s": "seconds since 1970",
      "epoch-ms": "milliseconds since 1970",
    }[this.#format];
    return `found "${text}" where ${form ?? `a time of the form ${this.#format}`} belongs; mend it, or set \`layout.time.format\` in the card.`;
  }
}
