import type { ResampleRule } from "./ResampleRule.ts";

/** One channel of a store. */
export interface StoreChannel {
  readonly name: string;
  readonly unit: string;
  /** Least and greatest value that can be; others are counted and left out. */
  readonly possible?: readonly [number, number];
}

/** What a store holds and how its readings are judged. */
export interface StoreCard {
  readonly name: string;
  /** IANA zone of the city. */
  readonly zone: string;
  readonly stepMs: number;
  readonly channels: readonly StoreChannel[];
  readonly resample: ResampleRule;
  /** Sensors that are expected, readings or not; may be empty. */
  readonly sensors: readonly string[];
  /** A reading that arrives later than this after its instant is late. */
  readonly lateAfterMs: number;
  /** A sensor whose last reading is older than this is dead. */
  readonly deadAfterMs: number;
}
