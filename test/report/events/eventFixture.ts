import type { EventSummary } from "../../../src/report/events/EventSummary.ts";

const startMs = Date.UTC(2025, 2, 1);
const HOUR = 3_600_000;

/** The summary of a run that was never made, with every part. */
export const eventSummary: EventSummary = {
  pipeline: "tiny-events",
  instant: "2025-03-20T23:00:00.000Z",
  dataset: {
    name: "streets",
    title: "Three streets & a <bridge>",
    licence: "CC0-1.0",
    zone: "Europe/Berlin",
    stepMs: HOUR,
    startMs,
    steps: 480,
    sensors: 3,
    sha256: "ab".repeat(32),
    notes: ["no2: 1.03 % missing"],
  },
  span: {
    train: { fromMs: startMs, toMs: startMs + 336 * HOUR },
    validation: { fromMs: startMs + 336 * HOUR, toMs: startMs + 408 * HOUR },
    test: { fromMs: startMs + 408 * HOUR, toMs: startMs + 480 * HOUR },
  },
  kinds: [
    { name: "foul", condition: "no2[s] <= 45 ug/m3", edge: "fall", delayMs: 0, events: 50, sensors: 3 },
    { name: "slow", condition: "speed <= 36 km/h", edge: "rise", delayMs: 2 * HOUR, events: 70, sensors: 2 },
  ],
  events: { train: 80, validation: 20, test: 20 },
  overTime: { stretchMs: 4 * HOUR, counts: Array.from({ length: 120 }, (_, k) => k % 5) },
  which: [
    { model: "counting", nats: 1.7, perplexity: 5.47, top1: 0.2, top5: 0.9, top10: 1 },
    { model: "Markov chain", nats: 1.2, perplexity: 3.32, top1: 0.4, top5: 0.95, top10: 1 },
    { model: "model", nats: 1, perplexity: 2.72, top1: 0.5, top5: 1, top10: 1 },
  ],
  when: [
    {
      model: "Poisson process by hour",
      nats: 4.2,
      medianAbsoluteError: 20,
      meanAbsoluteError: 31,
      coverage80: 0.7,
    },
    { model: "model", nats: 4.5, medianAbsoluteError: 18, meanAbsoluteError: 30, coverage80: 0.82 },
  ],
  calibration: [0.1, 0.5, 0.9].map((level) => ({ level, share: level + 0.02 })),
  horizon: {
    ms: 3 * HOUR,
    origins: 10,
    samples: 20,
    happened: 0.11,
    scores: [
      { model: "base rate by sensor and hour", brier: 0.09 },
      { model: "model", brier: 0.08 },
    ],
  },
  training: [
    { phase: "float", round: 1, perplexity: 5, whenNats: 1.6, moved: 0, undone: false },
    { phase: "float", round: 2, perplexity: 4, whenNats: 1.5, moved: 0.5, undone: false },
    { phase: "float", round: 3, perplexity: 4.2, whenNats: 1.5, moved: 0, undone: true },
    { phase: "ternary", round: 1, perplexity: 4.1, whenNats: 1.5, moved: 0, undone: false },
  ],
  next: {
    lowerMs: startMs + 480 * HOUR,
    medianMs: startMs + 481 * HOUR,
    upperMs: startMs + 483 * HOUR,
    likeliest: [{ sensor: "<market>", kind: "foul", probability: 0.4, withinHorizon: 0.6 }],
  },
  groups: [
    {
      events: 120,
      members: [
        { sensor: "bridge", kind: "foul", events: 70 },
        { sensor: "<market>", kind: "slow", events: 50 },
      ],
    },
  ],
  sizes: [{ part: "all", bytes: 4096 }],
  settings: [{ name: "model", value: "MI-GRU, 4 units" }],
  rules: { sha256: "cd".repeat(32) },
  seed: 1,
  machine: "a machine",
  seconds: [{ stage: "Training", seconds: 3 }],
};
