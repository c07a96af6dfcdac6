import {
  bindSpec,
  createRuleEvaluator,
  createSmoothEvaluator,
  type Formula,
  monitor,
  panelRobustness,
  parseFormula,
  parseSpec,
  robustness,
  robustnessInterval,
  smoothRobustness,
} from "../src/stl/index.ts";
import type { BenchRow, Measure, ReportRow } from "./BenchRow.ts";
import { medianTime, type Repeats } from "./medianTime.ts";

const samples = 20_000;
const settled: Repeats = { warmUp: 60, repeats: 41 };

/** A chirp with a ripple: few extremes at first, many later. */
const chirp = Float64Array.from(
  { length: samples },
  (_, i) => Math.sin((i * i) / 400_000) + 0.3 * Math.sin(i * 7.7),
);

const perSample = (milliseconds: number, count = samples): number => (milliseconds * 1e6) / count;

const timeOffline = async (formula: Formula): Promise<number> =>
  perSample(await medianTime(() => robustness(formula, { signals: { x: chirp } }), settled));

const offline = async (report: ReportRow): Promise<void> => {
  const timed = "(x<.5) until[0,1000] (x<0)";
  const cases: readonly Pick<Required<BenchRow>, "case" | "atMost">[] = [
    { case: "(x<.5) and (x>-.5)", atMost: 15 },
    { case: "always[0,1000] (x>.5 implies eventually[0,100] x<0)", atMost: 60 },
    { case: timed, atMost: 60 },
  ];
  for (const { case: text, atMost } of cases) {
    const formula = parseFormula(text);
    const exact = await timeOffline(formula);
    report({ case: `robustness of ${text}`, value: exact, unit: "ns a sample", atMost });
    const interval = await medianTime(() => robustnessInterval(formula, { signals: { x: chirp } }), settled);
    const ratio = perSample(interval) / exact;
    report({ case: `interval over exact, ${text}`, value: ratio, unit: "times", atMost: 3 });
  }
  for (const width of [10, 10_000]) {
    // Timed anew beside each: a shared machine is not as fast a second later.
    const middle = await timeOffline(parseFormula(timed));
    const other = await timeOffline(parseFormula(`(x<.5) until[0,${width}] (x<0)`));
    report({
      case: `until[0,${width}] over until[0,1000]`,
      value: other / middle,
      unit: "times",
      atMost: 1.3,
    });
  }
};

/** The same per sample from ten thousand to ten million samples: linear means flat. */
const growth = async (report: ReportRow): Promise<void> => {
  const texts = [
    "(x<.5) and (x>-.5)",
    "always[0,1000] (x>.5 implies eventually[0,100] x<0)",
    "(x<.5) until[0,1000] (x<0)",
  ];
  for (const text of texts) {
    for (const exponent of [4, 5, 6, 7]) {
      const count = 10 ** exponent;
      const x = Float64Array.from({ length: count }, (_, i) => chirp[i % samples] as number);
      // Parsed anew, so that the memory of one length is freed before the next.
      const formula = parseFormula(text);
      const repeats = exponent < 6 ? settled : { warmUp: 1, repeats: 5 };
      const value = perSample(
        await medianTime(() => robustness(formula, { signals: { x } }), repeats),
        count,
      );
      report({ case: `robustness of ${text}, 10^${exponent} samples`, value, unit: "ns a sample" });
    }
  }
};

/** A megabyte of rules with declarations, comments, quantifiers, units and durations. */
const megabyteOfRules = (): string => {
  let text = "signal speed : real in km/h range [0, 200];\nsignal no2 : real in ug/m3 range [0, 1000];\n";
  for (let k = 0; text.length < 1_000_000; k++) {
    text += `// rule ${k}\nrequire r${k} (severity = major, scale = 5 km/h, because = "rule number ${k}") :\n`;
    text += `  forall s in sensors : always[5min, 1h] (speed[s] > ${k % 90} km/h and no2[s] < 40 ug/m3\n`;
    text +=
      "    implies eventually[0min, 30min] mean(n in near(s, 3 km) : speed[n]) - 2 * speed[s] <= 15.5 km/h);\n";
  }
  return text;
};

const parsing = async (report: ReportRow): Promise<void> => {
  const text = megabyteOfRules();
  const value = await medianTime(() => void parseSpec(text), { warmUp: 2, repeats: 7 });
  report({ case: "parse 1 MB of rules", value: value / 1000, unit: "s", atMost: 1 });
};

const online = async (report: ReportRow): Promise<void> => {
  const formulas = [
    "(x<.5) and (x>-.5)",
    "always[0,1000] (x>.5 implies eventually[0,100] x<0)",
    "(x<.5) until[0,1000] (x<0)",
  ];
  for (const text of formulas) {
    const formula = parseFormula(text);
    const run = (): void => {
      const watch = monitor(formula);
      for (let i = 0; i < samples; i++) watch.push({ x: chirp[i] as number });
    };
    const value = perSample(await medianTime(run, settled));
    report({ case: `monitor of ${text}`, value, unit: "ns a sample", atMost: 150 });
  }
};

const smooth = async (report: ReportRow): Promise<void> => {
  const x = chirp.subarray(0, 1024);
  const cases = [
    { text: "always[0,10] x>0", atMost: 0.1 },
    { text: "(x>0) until[0,10] (x<.5)", atMost: 0.3 },
  ];
  for (const { text, atMost } of cases) {
    const formula = parseFormula(text);
    for (const method of ["logsumexp", "sound"] as const) {
      const options = { method, temperature: 10, at: "mean" } as const;
      const value = await medianTime(() => smoothRobustness(formula, { signals: { x } }, options), {
        warmUp: 300,
        repeats: 101,
      });
      report({ case: `${method} value and gradient of ${text}, mean of 1024`, value, unit: "ms", atMost });
    }
  }
};

const rules = `
  require limit: forall s in sensors: speed[s] < 100;
  require floor: forall s in sensors: always[0, 1h] speed[s] > 10;
  require recovery: forall s in sensors: speed[s] < 20 implies eventually[0, 30min] speed[s] > 25;
  require most: atleast 80% s in sensors: speed[s] > 20;
  require ramp: forall s in sensors: abs(delta(speed[s])) < 30;
  require handover: forall s in sensors: speed[s] > 20 until[0, 1h] no2[s] < 50;
  require somewhere: exists s in sensors: always[0, 2h] no2[s] < 50;
  require mean: mean(s in sensors: speed[s]) > 30;
  require past: forall s in sensors: historically[0, 1h] no2[s] < 200;
  require relation: forall s in sensors: no2[s] > 40 implies speed[s] < 60;
`;

const siteOf = (sensors: number): Parameters<typeof bindSpec>[1] => ({
  sensors: Array.from({ length: sensors }, (_, s) => `s${s}`),
  channels: [
    { name: "speed", unit: "km/h" },
    { name: "no2", unit: "ug/m3" },
  ],
  stepMs: 300_000,
  zone: "UTC",
});

const readings = (sensors: number, steps: number): Float64Array =>
  Float64Array.from({ length: 2 * sensors * steps }, (_, i) => 50 + 30 * Math.sin(i * 0.37));

const fleet = async (report: ReportRow): Promise<void> => {
  const { spec } = parseSpec(rules);
  const [sensors, steps] = [10_000, 288];
  const bound = bindSpec(spec, siteOf(sensors)).rules;
  const trace = { values: readings(sensors, steps), steps };
  const all = await medianTime(
    () => {
      for (const rule of bound) panelRobustness(rule, trace);
    },
    { warmUp: 2, repeats: 5 },
  );
  report({ case: "10 rules, 10,000 sensors, 288 samples", value: all / 1000, unit: "s", atMost: 1 });
};

const training = async (report: ReportRow): Promise<void> => {
  const { spec } = parseSpec(rules);
  const [sensors, steps] = [200, 75];
  const values = readings(sensors, steps);
  const gradient = new Float64Array(values.length);
  const options = { method: "sound", temperature: 1 } as const;
  for (const rule of bindSpec(spec, siteOf(sensors)).rules) {
    const smoothly = createSmoothEvaluator(rule, steps);
    const exactly = createRuleEvaluator(rule, steps);
    const repeated = { warmUp: 200, repeats: 201 };
    const own = await medianTime(() => smoothly.evaluate(values, undefined, 50, options, gradient), repeated);
    report({ case: `sound value and gradient of ${rule.name}, 200 sensors`, value: own * 1000, unit: "us" });
    const exact = await medianTime(() => exactly.at(values, undefined, 50), repeated);
    report({ case: `exact value of ${rule.name}, 200 sensors`, value: exact * 1000, unit: "us" });
  }
};

/**
 * The rule engine through its public functions, predicates included, one thread. Targets are held against a
 * 2-core server processor.
 */
export const measure: Measure = async (report) => {
  await offline(report);
  await online(report);
  await smooth(report);
  await parsing(report);
  await fleet(report);
  await growth(report);
  await training(report);
};
