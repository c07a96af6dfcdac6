/** How many rules a second are judged as readings come: one monitor a sensor, and one monitor for all of them. */
import { monitor, monitorEach, parseFormula } from "../src/stl/index.ts";
import type { Measure } from "./BenchRow.ts";
import { medianTime } from "./medianTime.ts";

const LIMITS = "always[0, 12] (speed >= 2 and speed <= 110)";
/** Samples that the streams go through again and again. */
const SPELL = 16;

export const measure: Measure = async (report) => {
  const formula = parseFormula(LIMITS);
  const settled = { warmUp: 2, repeats: 9 };
  const row = (name: string, updates: number, ms: number): void =>
    report({
      case: `${name}, always over 13 samples, one core`,
      value: (1000 * updates) / ms,
      unit: "updates/s",
      atLeast: 2_000_000,
    });
  const alone = Array.from({ length: 100 }, () => monitor(formula));
  const sample = { speed: 0 };
  const turns = 4000;
  const ms = await medianTime(() => {
    for (let step = 0; step < turns; step++) {
      for (let k = 0; k < alone.length; k++) {
        sample.speed = 40 + ((k * 31 + step * 17) % 80);
        alone[k]!.push(sample);
      }
    }
  }, settled);
  row("100 sensors, a monitor each", turns * alone.length, ms);
  for (const sensors of [100, 10_000, 100_000]) {
    for (const missing of [0, 0.05]) {
      const watch = monitorEach(formula, sensors);
      const samples = speeds(sensors, missing);
      const steps = Math.ceil(4_000_000 / sensors);
      const each = await medianTime(() => {
        for (let step = 0; step < steps; step++) watch.push(samples[step % SPELL]!);
      }, settled);
      row(`${sensors} sensors, one monitor, ${100 * missing} % missing`, steps * sensors, each);
    }
  }
};

/** Speeds of all sensors at each sample of a spell, a share of them missing at random. */
const speeds = (sensors: number, missing: number): { speed: Float64Array }[] => {
  let state = 1;
  return Array.from({ length: SPELL }, (_, step) => ({
    speed: Float64Array.from({ length: sensors }, (_reading, k) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 < missing ? NaN : 40 + ((k * 31 + step * 17) % 80);
    }),
  }));
};
