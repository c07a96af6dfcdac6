import {
  bindSpec,
  type BoundRule,
  type PanelTrace,
  parseSpec,
  projectPanel,
  type Site,
} from "../src/stl/index.ts";
import { random } from "../src/series/random.ts";
import type { BenchRow, Measure } from "./BenchRow.ts";
import { medianTime } from "./medianTime.ts";

/** Twelve stations in two rows, three kilometres apart. */
const site: Site = {
  sensors: Array.from({ length: 12 }, (_, s) => `s${s}`),
  channels: [
    { name: "pm25", unit: "ug/m3" },
    { name: "pm10", unit: "ug/m3" },
  ],
  stepMs: 3_600_000,
  zone: "UTC",
  positions: Array.from({ length: 12 }, (_, s) => ({
    latitude: 0.027 * Math.floor(s / 6),
    longitude: 0.027 * (s % 6),
  })),
};

const rules = `
  signal pm25 : real in ug/m3 range [0, 1000];
  signal pm10 : real in ug/m3 range [0, 1000];
  require limit: forall s in sensors: always[1h, 24h] (pm25[s] <= 260 and pm10[s] <= 380);
  require fine_ramp: forall s in sensors: always[2h, 24h] abs(delta(pm25[s])) <= 45;
  require coarse_ramp: forall s in sensors: always[2h, 24h] abs(delta(pm10[s])) <= 70;
  require relation: forall s in sensors: always[1h, 24h] pm25[s] <= pm10[s];
  require neighbours: forall s in sensors: forall n in near(s, 4 km): always[1h, 24h] pm25[s] - pm25[n] <= 80;
  require like_city: forall s in sensors: always[1h, 24h] pm25[s] <= 2 * mean(n in sensors: pm25[n]) + 30;
  require recovery: always[1h, 12h] (mean(s in sensors: pm25[s]) > 160
    implies eventually[0h, 12h] mean(s in sensors: pm25[s]) <= 130);
  require quorum: atleast 10 s in sensors: always[1h, 24h] pm10[s] <= 330;
  require response: forall s in sensors: always[1h, 18h] (pm10[s] >= 300
    implies eventually[1h, 6h] pm10[s] <= 240);
  require afternoon: forall s in sensors: always[1h, 24h] (hour() >= 13 and hour() <= 16 implies pm25[s] <= 150);
`;

const [origin, steps] = [2, 27];

/** A city's air that drifts, its stations about it, noise on each and now and then a spike. */
const randomTrace = (draw: () => number): PanelTrace => {
  const values = new Float64Array(2 * 12 * steps);
  const level = 60 + 120 * draw();
  const swing = 60 * draw();
  const phase = 24 * draw();
  const noise = 5 + 20 * draw();
  const start = Math.floor(24 * draw());
  for (let sensor = 0; sensor < 12; sensor++) {
    const own = 0.75 + 0.5 * draw();
    for (let step = 0; step < steps; step++) {
      const city = level + swing * Math.sin((2 * Math.PI * (step + phase)) / 24);
      const spike = draw() < 0.01 ? 100 * draw() : 0;
      const fine = own * city + noise * (draw() + draw() - 1) + spike;
      values[sensor * steps + step] = Math.max(0, fine);
      values[(12 + sensor) * steps + step] = Math.max(0, 1.35 * fine + 1.5 * noise * (draw() + draw() - 1));
    }
  }
  return {
    values,
    steps,
    clock: {
      minuteOfDay: Int16Array.from({ length: steps }, (_, k) => (60 * (start + k)) % 1440),
      weekday: new Int8Array(steps).fill(3),
      dayNumber: new Int32Array(steps),
    },
  };
};

const traces = (count: number): PanelTrace[] => {
  const numbers = random(20_201_206);
  return Array.from({ length: count }, () => randomTrace(() => numbers.uniform()));
};

const bound = (): readonly BoundRule[] => bindSpec(parseSpec(rules).spec, site).rules;

/**
 * Projection onto ten rules over 24 steps, 12 sensors and 2 channels: the time of one trace as the median over
 * traces, and how often a random trace is given up. What is found was judged again before it was returned.
 */
export const measure: Measure = async (report) => {
  const own = bound();
  const shape = "24 steps x 12 sensors x 2 channels, ten rules";
  for (const norm of ["l2", "l1"] as const) {
    const times: number[] = [];
    const timed = traces(60);
    for (const trace of timed) {
      times.push(
        await medianTime(() => projectPanel(own, trace, origin, { norm }), { warmUp: 1, repeats: 3 }),
      );
    }
    times.sort((a, b) => a - b);
    const row = (value: number, which: string): BenchRow => ({
      case: `project in ${norm}, ${shape}, ${which}`,
      value,
      unit: "ms",
    });
    report({ ...row(times[times.length >> 1] ?? NaN, "median of 60 traces"), atMost: 20 });
    report(row(times[Math.floor(times.length * 0.95)] ?? NaN, "95th percentile"));
  }
  const many = traces(10_000);
  let [moved, missed, unproved] = [0, 0, 0];
  for (const trace of many) {
    const outcome = projectPanel(own, trace, origin);
    if (!outcome.found) missed++;
    else {
      if (outcome.distance > 0) moved++;
      if (!outcome.optimal) unproved++;
    }
  }
  const percent = (count: number): number => (100 * count) / many.length;
  report({ case: "10,000 random traces: not found", value: percent(missed), unit: "%", atMost: 1 });
  report({ case: "10,000 random traces: moved", value: percent(moved), unit: "%" });
  report({ case: "10,000 random traces: not proved nearest", value: percent(unproved), unit: "%" });
};
