import type { PanelTrace, Site } from "../compile/Site.ts";

/** Equal readings that follow each other, in steps from the origin, ends included. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** The readings of one signal at one sensor. */
export interface SeriesRuns {
  readonly signal: string;
  readonly sensor: string;
  readonly runs: readonly Run[];
}

/**
 * A witness in short: runs of equal readings of every signal and sensor, missing ones left out.
 *
 * @example
 * const site = { sensors: ["a"], channels: [{ name: "x", unit: "1" }], stepMs: 60_000, zone: "UTC" };
 * const witness = { values: Float64Array.of(4, 4, 7), steps: 3 };
 * witnessRuns(witness, 1, site)[0]?.runs; // => [{ from: -1, to: 0, value: 4 }, { from: 1, to: 1, value: 7 }]
 */
export const witnessRuns = ({ steps, values }: PanelTrace, origin: number, site: Site): SeriesRuns[] =>
  site.channels.flatMap(({ name }, channel) =>
    site.sensors.map((sensor, s) => {
      const start = (channel * site.sensors.length + s) * steps;
      return { signal: name, sensor, runs: runsOf(values.subarray(start, start + steps), origin) };
    }),
  );

const runsOf = (values: Float64Array, origin: number): Run[] => {
  const runs: Run[] = [];
  for (let step = 0; step < values.length; step++) {
    const value = values[step] as number;
    if (Number.isNaN(value)) continue;
    const from = step - origin;
    const last = runs.at(-1);
    if (last?.value === value && last.to === from - 1) runs[runs.length - 1] = { ...last, to: from };
    else runs.push({ from, to: from, value });
  }
  return runs;
};
