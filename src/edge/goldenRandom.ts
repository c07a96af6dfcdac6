import type { ClockReader } from "./RuleSystem.ts";

const MINUTES_A_DAY = 1440;
const MS_PER_MINUTE = 60_000;

/**
 * Uniform 32-bit numbers from a seed other than 0: x ^= x << 13, x ^= x >>> 17, x ^= x << 5 (Marsaglia, Xorshift
 * RNGs, 2003). Inputs of golden cases are made of it, so that any device can make them without storing them.
 */
export const xorshift = (seed: number): (() => number) => {
  let x = seed | 0;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
};

/** A clock without changes of offset, whose origin is at minute `next mod 1440` of day 20000 + `next mod 366`. */
export const goldenClock = (next: () => number, stepMs: number): ClockReader => {
  const minute = next() % MINUTES_A_DAY;
  const day = 20_000 + (next() % 366);
  return (field, step) => {
    const minutes = minute + Math.floor((step * stepMs) / MS_PER_MINUTE);
    const days = day + Math.floor(minutes / MINUTES_A_DAY);
    if (field === 0) return minutes - (days - day) * MINUTES_A_DAY;
    return field === 1 ? ((days + 3) % 7) + 1 : days;
  };
};
