import type { EventStream } from "./EventStream.ts";

/**
 * Whether each token has an event after an origin and until its horizon.
 *
 * @param origins steps, ascending
 * @returns [origins][tokens], 1 where it has
 * @example
 * const stream = { tokens: Int32Array.of(1, 0), instants: Float64Array.of(0.5, 3) };
 * happenedWithin(stream, [0, 1], 2, 2); // => Uint8Array [ 0, 1, 1, 0 ]
 */
export const happenedWithin = (
  { instants, tokens: order }: Pick<EventStream, "instants" | "tokens">,
  origins: readonly number[],
  tokens: number,
  horizon: number,
): Uint8Array => {
  const happened = new Uint8Array(origins.length * tokens);
  let from = 0;
  origins.forEach((origin, k) => {
    while (from < order.length && instants[from]! <= origin) from++;
    for (let event = from; event < order.length && instants[event]! <= origin + horizon; event++) {
      happened[k * tokens + order[event]!] = 1;
    }
  });
  return happened;
};

/** How often each token has an event within a horizon, [24][tokens]. */
export type HorizonRates = Float64Array;

const HOURS = 24;

/**
 * Counts at how many origins each token had an event until the horizon: by hour, drawn to the token's share over all
 * hours by as many origins as `strength` says.
 *
 * @param hours [origins], 0..23
 * @param happened [origins][tokens], 1 where there was one
 */
export const fitHorizonRates = (
  hours: ArrayLike<number>,
  happened: Uint8Array,
  tokens: number,
  strength: number,
): HorizonRates => {
  const origins = hours.length;
  const sums = new Float64Array(HOURS * tokens);
  const counts = new Float64Array(HOURS);
  const overall = new Float64Array(tokens);
  for (let k = 0; k < origins; k++) {
    const hour = hours[k]!;
    counts[hour]!++;
    for (let token = 0; token < tokens; token++) {
      const one = happened[k * tokens + token]!;
      sums[hour * tokens + token]! += one;
      overall[token]! += one;
    }
  }
  return sums.map(
    (sum, at) =>
      (sum + (strength * overall[at % tokens]!) / Math.max(1, origins)) /
      (counts[Math.floor(at / tokens)]! + strength),
  );
};

/** Mean of (share - happened)^2 over origins and tokens. */
export const brierOfRates = (
  rates: HorizonRates,
  hours: ArrayLike<number>,
  happened: Uint8Array,
  tokens: number,
): number => {
  let sum = 0;
  for (let at = 0; at < happened.length; at++) {
    const hour = hours[Math.floor(at / tokens)]!;
    sum += (rates[hour * tokens + (at % tokens)]! - happened[at]!) ** 2;
  }
  return sum / happened.length;
};
