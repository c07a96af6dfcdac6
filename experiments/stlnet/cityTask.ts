import { random } from "../../src/series/random.ts";
import type { CityDays } from "./loadCityDays.ts";
import type { TaskTraces } from "./measureTask.ts";
import type { TraceTask } from "./TraceTask.ts";

const hours = 24;
const given = 5;
const testDays = 19;
/** Share of the training days that keep an own limit. */
const share = 0.95;
/** Of the paper's rule, in ug/m3. */
export const publishedLimit = 80;

/** The first hours of days, all in their order or some in theirs; [day][station][hour]. */
export const firstHours = (
  { days, stations, values }: CityDays,
  steps: number,
  chosen: readonly number[] = Array.from({ length: days }, (_, day) => day),
): Float64Array => {
  const traces = new Float64Array(chosen.length * stations * steps);
  chosen.forEach((day, k) => {
    for (let station = 0; station < stations; station++) {
      const from = (day * stations + station) * hours;
      traces.set(values.subarray(from, from + steps), (k * stations + station) * steps);
    }
  });
  return traces;
};

/** The first hours of days, drawn apart by the seed: 19 are the test, as many as in the paper's code. */
export const splitDays = (days: CityDays, steps: number, seed: number): TaskTraces => {
  const order = Array.from({ length: days.days }, (_, day) => day);
  const source = random(seed);
  for (let k = order.length - 1; k > 0; k--) {
    const other = Math.floor(source.uniform() * (k + 1));
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return {
    training: firstHours(days, steps, order.slice(testDays)),
    test: firstHours(days, steps, order.slice(0, testDays)),
  };
};

/** The least multiple of 10 that the differences of a day stay within, where measured, in 95 % of the days. */
export const keptLimit = (traces: Float64Array, stations: number, steps: number): number => {
  const width = stations * steps;
  const widest = Array.from({ length: traces.length / width }, (_, day) => {
    let most = 0;
    for (let k = steps; k < width; k++) {
      const difference = Math.abs(traces[day * width + k]!);
      if (k % steps >= given && difference > most) most = difference;
    }
    return most;
  });
  widest.sort((a, b) => a - b);
  return 10 * Math.ceil(widest[Math.ceil(share * widest.length) - 1]! / 10);
};

/**
 * The paper's city task: the level at the first station is never below 0, and every other is within a limit of it, from
 * the sixth hour on.
 */
export const cityTask = (
  name: string,
  training: Float64Array,
  stations: number,
  steps: number,
  limit: number,
): TraceTask => {
  const signals = Array.from({ length: stations }, (_, station) => `x${station}`);
  const others = signals.slice(1).map((x) => `abs(${x}) <= ${limit}`);
  const { centre, scale } = moments(training, stations, steps);
  return {
    name,
    title: name,
    signals,
    steps,
    given,
    rule: `always[${given}, ${steps - 1}] (${["x0 >= 0", ...others].join(" and ")})`,
    epochs: 10,
    batch: 32,
    peakRate: 3e-3,
    quantum: signals.map(() => 0.1),
    margin: 0.5,
    teacherMargin: 2,
    centre,
    scale,
    canMiss: true,
    beta: 0.3,
  };
};

/** Mean and deviation of every signal, of what was measured. */
const moments = (
  traces: Float64Array,
  stations: number,
  steps: number,
): { readonly centre: number[]; readonly scale: number[] } => {
  const centre: number[] = [];
  const scale: number[] = [];
  for (let station = 0; station < stations; station++) {
    const own = traces.filter(
      (value, k) => Math.floor(k / steps) % stations === station && !Number.isNaN(value),
    );
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    centre.push(mean);
    scale.push(Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length));
  }
  return { centre, scale };
};
