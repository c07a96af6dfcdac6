import type { Panel } from "../../src/series/Panel.ts";
import { random } from "../../src/series/random.ts";

const KINDS = 40;
/** Share of a disturbance that is there an hour later. */
const MEMORY = 0.6;

/**
 * Hourly levels of sensors of forty kinds of day, in no order: each kind has two peaks at hours of its own, each sensor a
 * size of its own around it, and disturbances that fade. The level now says little of the next hours; the kind does.
 */
export const simulatePanel = (sensors: number, hours: number, seed: number): Panel => {
  const numbers = random(seed, 7);
  const kinds = Array.from({ length: KINDS }, () =>
    [0, 1].map(() => ({ hour: 24 * numbers.uniform(), height: 1 + 2 * numbers.uniform() })),
  );
  const values = new Float64Array(sensors * hours);
  for (let sensor = 0; sensor < sensors; sensor++) {
    const peaks = kinds[Math.floor(KINDS * numbers.uniform())]!;
    const size = Math.exp(0.3 * numbers.normal());
    let disturbance = 0;
    for (let hour = 0; hour < hours; hour++) {
      disturbance = MEMORY * disturbance + 0.4 * numbers.normal();
      const day = peaks.reduce((sum, { height, hour: at }) => {
        const away = Math.abs((hour % 24) - at);
        return sum + height * Math.exp(-(Math.min(away, 24 - away) ** 2) / 4);
      }, 0);
      values[sensor * hours + hour] = size * day + disturbance;
    }
  }
  return {
    name: "simulated",
    zone: "UTC",
    startMs: Date.UTC(2025, 0, 6),
    stepMs: 3_600_000,
    steps: hours,
    sensors: Array.from({ length: sensors }, (_, sensor) => `detector ${sensor}`),
    channels: [{ name: "level", unit: "1" }],
    values,
    positions: Array.from({ length: sensors }, (_, sensor) => ({
      latitude: Math.floor(sensor / 100) / 100,
      longitude: (sensor % 100) / 100,
    })),
  };
};
