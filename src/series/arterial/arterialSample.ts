import type { ArterialOptions } from "./simulateArterial.ts";

/** The options of the embedded sample `datasets/arterial/arterial.csv.gz`: four weeks from a Monday. */
export const ARTERIAL_SAMPLE: ArterialOptions = {
  seed: 1,
  detectorsPerRoad: 24,
  days: 28,
  startMs: Date.UTC(2025, 8, 1),
  zone: "Europe/Berlin",
};
