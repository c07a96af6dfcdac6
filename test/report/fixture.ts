import type { ForecastCase, ModelName, RuleSummary, RunSummary } from "../../src/report/RunSummary.ts";

const HOUR = 3_600_000;
const HORIZON = 24;

/** Park and Miller's generator: uniform in 0..1, from a seed. */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
};

const models: readonly (readonly [ModelName, number])[] = [
  ["persistence", 1.6],
  ["seasonal naive", 1.25],
  ["ridge", 1.02],
  ["float", 0.9],
  ["ternary", 0.95],
  ["ternary, shielded", 0.94],
];

const metric = (channel: string, unit: string, scale: number, random: () => number) => ({
  channel,
  unit,
  rows: [1, 3, 6, 12, 18, 24].map((leadSteps) => ({
    leadSteps,
    count: 4212 - 11 * leadSteps,
    models: models.map(([model, factor]) => {
      const mae = scale * (1 + Math.log1p(leadSteps) / 3) * factor * (0.98 + 0.04 * random());
      return { model, mae, rmse: 1.45 * mae };
    }),
  })),
});

/** A day of hourly flow or speed with two peaks; `from` is the first hour. */
const course = (from: number, length: number, level: number, depth: number, random: () => number): number[] =>
  Array.from({ length }, (_, k) => {
    const hour = (((from + k) % 24) + 24) % 24;
    const peaks = Math.exp(-(((hour - 8) / 2.2) ** 2)) + 1.1 * Math.exp(-(((hour - 17) / 2.8) ** 2));
    return level + depth * peaks + 0.05 * Math.abs(depth) * (random() - 0.5);
  });

const forecastCase = (
  random: () => number,
  options: Pick<
    ForecastCase,
    "title" | "explanation" | "sensor" | "channel" | "unit" | "issuedAtMs" | "limits"
  > & {
    readonly level: number;
    readonly depth: number;
  },
): ForecastCase => {
  const { level, depth, ...given } = options;
  const upper = Math.min(
    ...given.limits.filter((limit) => limit.side === "upper").map((limit) => limit.value),
  );
  const lower = Math.max(
    ...given.limits.filter((limit) => limit.side === "lower").map((limit) => limit.value),
  );
  const history = course(-71, 72, level, depth, random);
  const truth = course(1, HORIZON, level, 1.02 * depth, random);
  const float = course(1, HORIZON, level, 0.97 * depth, random);
  const ternary = course(1, HORIZON, level, 1.06 * depth, random);
  history[60] = Number.NaN;
  history[61] = Number.NaN;
  truth[9] = Number.NaN;
  truth[15] = Number.NaN;
  truth[17] = Number.NaN;
  const shielded = ternary.map((value) => Math.min(upper - 1, Math.max(lower + 1, value)));
  return {
    ...given,
    stepMs: HOUR,
    history,
    truth,
    float,
    ternary,
    shielded,
    lowerQuantile: shielded.map((value, k) => value - 0.06 * Math.abs(depth) - 0.01 * k * Math.abs(depth)),
    upperQuantile: shielded.map((value, k) => value + 0.06 * Math.abs(depth) + 0.005 * k * Math.abs(depth)),
  };
};

const rule = (given: Partial<RuleSummary> & Pick<RuleSummary, "name" | "text" | "because">): RuleSummary => ({
  severity: "error",
  goal: false,
  unit: "veh/h",
  rates: { truth: 0.9987, float: 0.981, ternary: 0.9742, shielded: 1 },
  truthUnknown: 0.0123,
  smallestShieldedMargin: 3.25,
  ...given,
});

/** A run as it could be: hourly flow and speed at 24 sensors, over the day on which summer time ends. */
export const fixtureSummary = (): RunSummary => {
  const random = seeded(20261025);
  const capacity = { rule: "capacity", value: 1900, side: "upper" } as const;
  const notNegative = { rule: "flow-not-negative", value: 0, side: "lower" } as const;
  const speedLimits = [
    { rule: "speed-plausible", value: 130, side: "upper" },
    {
      rule: "free-flow-ceiling-on-the-northern-arterial-between-junctions-3-and-7",
      value: 100,
      side: "upper",
    },
    { rule: "not-standing", value: 8, side: "lower" },
    { rule: "speed-not-negative", value: 0, side: "lower" },
  ] as const;
  const autumnNight = Date.UTC(2026, 9, 24, 22);
  return {
    pipeline: "arterial",
    instant: "2026-11-23T05:00:00Z",
    dataset: {
      name: "arterial-sample",
      title: "Northern arterial, loop detectors",
      licence: "CC-BY-4.0",
      zone: "Europe/Berlin",
      stepMs: HOUR,
      startMs: Date.UTC(2026, 0, 1, 23),
      steps: 7752,
      sensors: 24,
      sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      missing: [
        { channel: "flow", share: 0.0213 },
        { channel: "speed", share: 0.0371 },
      ],
      notes: [
        "37 readings repeated an earlier (sensor, instant) and were ignored",
        "412 readings came out of order",
      ],
    },
    horizonSteps: HORIZON,
    targets: [
      { channel: "flow", unit: "veh/h" },
      { channel: "speed", unit: "km/h" },
    ],
    span: {
      train: { fromMs: Date.UTC(2026, 0, 1, 23), toMs: Date.UTC(2026, 7, 1) },
      validation: { fromMs: Date.UTC(2026, 7, 1), toMs: Date.UTC(2026, 8, 15) },
      test: { fromMs: Date.UTC(2026, 8, 15), toMs: Date.UTC(2026, 10, 20) },
    },
    metrics: [metric("flow", "veh/h", 92, random), metric("speed", "km/h", 3.1, random)],
    rules: [
      rule({
        name: "flow-not-negative",
        text: "forall s: always[1h, 24h] (flow[s] >= 0 veh/h)",
        because: "A count of vehicles cannot be negative.",
        rates: { truth: 1, float: 0.9931, ternary: 0.9902, shielded: 1 },
        smallestShieldedMargin: 1,
      }),
      rule({
        name: "capacity",
        text: "forall s in arterial: always[1h, 24h] (flow[s] <= 1900 veh/h)",
        because: "Two lanes carry no more.",
      }),
      rule({
        name: "free-flow-ceiling-on-the-northern-arterial-between-junctions-3-and-7",
        text:
          "forall s in northern_arterial: always[1h, 24h] ((speed[s] >= 80 km/h and flow[s] <= 400 veh/h) implies " +
          "(eventually[0h, 3h] (speed[s] <= 100 km/h and flow[s] <= 900 veh/h) or atleast 3 of neighbours(s): speed <= 90 km/h))",
        because:
          "The controller's green wave is laid out for at most 100 km/h, and faster platoons break it up.",
        unit: "km/h",
        rates: { truth: 0.9412, float: 0.9713, ternary: 0.9644, shielded: 0.99996 },
        smallestShieldedMargin: -0.42,
      }),
      rule({
        name: "ramp",
        text: "forall s: always[1h, 24h] (abs(speed[s] - prev(speed[s])) <= 45 km/h)",
        because: "Hourly means do not jump.",
        unit: "km/h",
        severity: "warning",
      }),
      rule({
        name: "recovers",
        text: "forall s: always[1h, 18h] (speed[s] < 30 km/h implies eventually[1h, 6h] speed[s] > 50 km/h)",
        because: "Jams on this road dissolve within six hours.",
        unit: "km/h",
        severity: "warning",
        goal: true,
        rates: { truth: 0.9133, float: 0.9351, ternary: 0.9302, shielded: 0.9287 },
        smallestShieldedMargin: -12.4,
      }),
      rule({
        name: "relation",
        text: "always[1h, 24h] (flow[A7] <= flow[A6] + flow[ramp_6] + 60 veh/h)",
        because: "",
        rates: { truth: Number.NaN, float: Number.NaN, ternary: Number.NaN, shielded: Number.NaN },
        truthUnknown: 1,
        smallestShieldedMargin: Number.NaN,
      }),
    ],
    training: (["float", "ternary"] as const).flatMap((phase) =>
      Array.from({ length: phase === "float" ? 20 : 14 }, (_, k) => {
        const decay = Math.exp(-k / 4);
        const floor = phase === "float" ? 0.21 : 0.23;
        return {
          phase,
          epoch: k + 1,
          trainingLoss: floor + 0.5 * decay + 0.01 * random(),
          ruleLoss: 0.012 + 0.08 * decay,
          validationLoss:
            k === 3 && phase === "float" ? Number.NaN : floor + 0.03 + 0.45 * decay + 0.02 * random(),
          ruleSatisfaction: 0.985 - 0.3 * decay,
        };
      }),
    ),
    examples: [
      forecastCase(random, {
        title: "A typical weekday",
        explanation: "Both peaks are met; the evening peak comes half an hour early.",
        sensor: "A7 northbound, km 12.4",
        channel: "flow",
        unit: "veh/h",
        issuedAtMs: Date.UTC(2026, 9, 13, 22),
        level: 320,
        depth: 1300,
        limits: [capacity, notNegative],
      }),
      forecastCase(random, {
        title: "The night on which summer time ends",
        explanation: "The hour from 02:00 to 03:00 comes twice; the forecast has 25 hours to midnight.",
        sensor:
          "Loop detector 0815 of the northern arterial, junction 5, northbound, lane 2 of 3 (replaced in spring)",
        channel: "speed",
        unit: "km/h",
        issuedAtMs: autumnNight,
        level: 92,
        depth: -55,
        limits: [...speedLimits],
      }),
      forecastCase(random, {
        title: "A quiet side street",
        explanation: "All values lie far below the capacity, which is outside the frame.",
        sensor: "B2",
        channel: "flow",
        unit: "veh/h",
        issuedAtMs: Date.UTC(2026, 9, 17, 4),
        level: 12,
        depth: 60,
        limits: [capacity, notNegative],
      }),
    ],
    worst: [
      forecastCase(random, {
        title: "Capacity broken by 214 veh/h without the shield",
        explanation:
          "A stuck sensor reported 1,850 veh/h for two days, and the ternary model carried it into the morning peak. The shield cut the peak at the capacity.",
        sensor: "A7 northbound, km 14.1",
        channel: "flow",
        unit: "veh/h",
        issuedAtMs: Date.UTC(2026, 9, 5, 22),
        level: 700,
        depth: 1250,
        limits: [capacity, notNegative],
      }),
      forecastCase(random, {
        title: "Standing traffic foretold where there was none",
        explanation: "A closure the evening before; the forecast expects a second one.",
        sensor: "A7 southbound, km 3.0",
        channel: "speed",
        unit: "km/h",
        issuedAtMs: Date.UTC(2026, 10, 2, 17),
        level: 70,
        depth: -62,
        limits: [...speedLimits],
      }),
    ],
    sizes: [
      { part: "artefact", bytes: 18_432 },
      { part: "C99 source", bytes: 61_204 },
      { part: "WebAssembly", bytes: 9_811 },
      { part: "device RAM", bytes: 912 },
    ],
    proof: {
      artefactSha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
      seed: 7,
      windows: 10_000,
      failures: 0,
      failureRateBound: 0.00029953,
      confidence: 0.95,
      unjudged: 17,
      infeasible: 3,
      unshieldedFailures: 1234,
      kinds: [
        {
          kind: "plausible",
          windows: 6000,
          failures: 0,
          failureRateBound: 0.000499,
          unjudged: 10,
          infeasible: 0,
          unshieldedFailures: 34,
        },
        {
          kind: "hostile",
          windows: 4000,
          failures: 0,
          failureRateBound: 0.000749,
          unjudged: 7,
          infeasible: 3,
          unshieldedFailures: 1200,
        },
      ],
      replayCommand:
        "ordinance verify out/arterial/2026-11-23T05:00:00Z/edge/model.ord --seed 7 --windows 10000",
      passed: true,
    },
    seed: 42,
    band: { lower: 0.1, upper: 0.9 },
    settings: [{ name: "hidden state", value: "32 units" }],
    engine: "wasm (tfjs 4.22.0)",
    machine: "linux x64, 2 cores, Node 20.20.2",
    seconds: [
      { stage: "read", seconds: 0.84 },
      { stage: "train", seconds: 212.4 },
      { stage: "verify", seconds: 31 },
    ],
  };
};

/** The same run with quantile heads and two alarms, the second of which no event and no alarm came by. */
export const fixtureWithQuantiles = (): RunSummary => {
  const summary = fixtureSummary();
  const random = seeded(7);
  return {
    ...summary,
    quantiles: {
      levels: [0.1, 0.75, 0.9],
      scores: summary.targets.flatMap(({ channel, unit }, target) =>
        [1, 6, 24].flatMap((leadSteps) =>
          (["float", "ternary", "ternary, shielded"] as const).flatMap((model) =>
            (["conformal", "learned", "conformalised"] as const).map((method, k) => ({
              channel,
              unit,
              leadSteps,
              model,
              method,
              count: 4212 - 11 * leadSteps,
              coverage: [0.781, 0.742, 0.803][k]! + 0.01 * random(),
              width: (target === 0 ? 240 : 9) * (1 + leadSteps / 24) * (1 - 0.1 * k),
              pinball: (target === 0 ? 21 : 0.8) * (1 + leadSteps / 24) * [1, 0.93, 0.9][k]!,
              below: [0.1, 0.75, 0.9],
            })),
          ),
        ),
      ),
    },
    alarms: [
      {
        name: "flow above 1500",
        channel: "flow",
        unit: "veh/h",
        side: "above",
        threshold: 1500,
        missCost: 3,
        level: 0.75,
        source: "learned",
        rows: [1, 24].map((leadSteps) => ({
          leadSteps,
          judged: 4201,
          events: 312,
          readers: [
            {
              reader: "quantile",
              hits: 280,
              misses: 32,
              falseAlarms: 101,
              recall: 280 / 312,
              precision: 280 / 381,
              cost: 197,
            },
            {
              reader: "median",
              hits: 210,
              misses: 102,
              falseAlarms: 40,
              recall: 210 / 312,
              precision: 210 / 250,
              cost: 346,
            },
            {
              reader: "persistence",
              hits: 190,
              misses: 122,
              falseAlarms: 125,
              recall: 190 / 312,
              precision: 190 / 315,
              cost: 491,
            },
          ],
        })),
      },
      {
        name: "standing traffic",
        channel: "speed",
        unit: "km/h",
        side: "below",
        threshold: 5,
        missCost: 1,
        level: 0.5,
        source: "median",
        rows: [
          {
            leadSteps: 1,
            judged: 4201,
            events: 0,
            readers: (["quantile", "median", "persistence"] as const).map((reader) => ({
              reader,
              hits: 0,
              misses: 0,
              falseAlarms: 0,
              recall: Number.NaN,
              precision: Number.NaN,
              cost: 0,
            })),
          },
        ],
      },
    ],
  };
};
