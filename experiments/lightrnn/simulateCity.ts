import { random } from "../../src/series/random.ts";

/** A stream of detectors, and what a model that knew the city could not do better than. */
export interface SimulatedCity {
  readonly tokens: Int32Array;
  /** Mean of -log of the true probability of each event, in nats, by its place in the stream: [events]. */
  readonly surprises: Float64Array;
  /** [detectors][2], where each stands on a map of the city, from 0 to 1. */
  readonly positions: Float64Array;
}

const STAY = 0.8;
const CHANCE = 0.05;
/** Places further down the road where a disturbance shows next, and how often. */
const STRIDES = [0.6, 0.25, 0.15] as const;
const SPACING = 0.002;
/** Roads that a disturbance passes to, and how often. */
const TURNS = [0.4, 0.3, 0.2, 0.1] as const;

/**
 * Disturbances that run along roads: the next event is mostly one to three detectors further on the same road, sometimes
 * at the same share of the length of one of four roads beside it, now and then anywhere. Roads have 20 to 250 detectors,
 * which is no row of any table, and a detector's number says nothing about its place.
 */
export const simulateCity = (detectors: number, events: number, seed: number): SimulatedCity => {
  const numbers = random(seed);
  const roads: { readonly first: number; readonly length: number }[] = [];
  for (let first = 0; first < detectors;) {
    const length = Math.min(detectors - first, 20 + Math.floor(231 * numbers.uniform() ** 2));
    roads.push({ first, length });
    first += length;
  }
  const turns = roads.map(() => TURNS.map(() => Math.floor(roads.length * numbers.uniform())));
  const names = Int32Array.from({ length: detectors }, (_, k) => k);
  for (let k = detectors - 1; k > 0; k--) {
    const other = Math.floor(numbers.uniform() * (k + 1));
    [names[k], names[other]] = [names[other]!, names[k]!];
  }
  const roadOf = new Int32Array(detectors);
  roads.forEach(({ first, length }, road) => roadOf.fill(road, first, first + length));

  /** Where it can go from a place, with what probability; chance apart. */
  const ways = (place: number): readonly (readonly [place: number, probability: number])[] => {
    const road = roadOf[place]!;
    const { first, length } = roads[road]!;
    const along = STRIDES.map(
      (share, k) => [first + ((place - first + k + 1) % length), STAY * share] as const,
    );
    const over = TURNS.map((share, k) => {
      const other = roads[turns[road]![k]!]!;
      return [
        other.first + Math.floor(((place - first) * other.length) / length),
        (1 - STAY) * share,
      ] as const;
    });
    return [...along, ...over];
  };

  const tokens = new Int32Array(events);
  const surprises = new Float64Array(events);
  let place = 0;
  for (let event = 0; event < events; event++) {
    const from = ways(place);
    if (numbers.uniform() < CHANCE) place = Math.floor(detectors * numbers.uniform());
    else {
      let rest = numbers.uniform();
      place = (from.find(([, probability]) => (rest -= probability) < 0) ?? from[0]!)[0];
    }
    const known = from.reduce((sum, [to, probability]) => sum + (to === place ? probability : 0), 0);
    surprises[event] = -Math.log(CHANCE / detectors + (1 - CHANCE) * known);
    tokens[event] = names[place]!;
  }
  // Roads run straight from anywhere in any direction, a detector every two thousandths, and come in again at the other side.
  const map = random(seed, 3);
  const positions = new Float64Array(2 * detectors);
  for (const { first, length } of roads) {
    const [x, y, turn] = [map.uniform(), map.uniform(), 2 * Math.PI * map.uniform()];
    for (let k = 0; k < length; k++) {
      const at = (start: number, step: number): number => (((start + SPACING * k * step) % 1) + 1) % 1;
      positions[2 * names[first + k]!] = at(x, Math.cos(turn));
      positions[2 * names[first + k]! + 1] = at(y, Math.sin(turn));
    }
  }
  return { tokens, surprises, positions };
};
