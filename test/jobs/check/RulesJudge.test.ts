import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectLayout } from "../../../src/ingest/trace/detectLayout.ts";
import { StampReader } from "../../../src/ingest/trace/StampReader.ts";
import type { TraceBatch, TraceFile } from "../../../src/ingest/trace/TraceFile.ts";
import { TraceFindings } from "../../../src/ingest/trace/TraceFindings.ts";
import { TraceGrid } from "../../../src/ingest/trace/TraceGrid.ts";
import { type RuleFinding, RulesJudge } from "../../../src/jobs/check/RulesJudge.ts";
import { localClock } from "../../../src/series/LocalClock.ts";
import {
  bindSpec,
  panelRobustness,
  parseFormula,
  parseSpec,
  satisfaction,
  type Spec,
} from "../../../src/stl/index.ts";
import { ruleTexts, site, traces } from "../../stl/randomRules.ts";

const START_MS = Date.UTC(2026, 2, 28, 22);

const declarations = (hold: string): string => `
signal x : real range [-9, 9] missing hold 2 samples;
signal y : real ${hold};
group odd = tag("odd");
`;

const specOf = (rule: string, hold = ""): Spec => {
  const { problems, spec } = parseSpec(`${declarations(hold)} require r${rule};`);
  if (problems.some(({ severity }) => severity === "error")) throw new Error(JSON.stringify(problems));
  return spec;
};

/** A judge of the one rule of a spec; undefined where it is a contradiction. */
const judgeOf = (spec: Spec, steps: number): RulesJudge | undefined => {
  const { rules } = bindSpec(spec, site);
  if (rules.length === 0) return undefined;
  return new RulesJudge({
    declarations: spec.rules,
    bind: (own) => bindSpec({ ...spec, rules: own }, site).rules,
    site,
    rules,
    startMs: START_MS,
    steps,
    clocked: true,
    explain: false,
    before: "unknown",
  });
};

const columns = site.channels.flatMap(({ name }) => site.sensors.map((sensor) => `${name}[${sensor}]`));
const detected = detectLayout(columns, { signals: ["x", "y"], sensors: site.sensors, onlySensor: "" });
if ("fault" in detected) throw new Error(detected.fault);
const { layout } = detected;

/** The rows of a trace in batches of some sizes, as a reader of files gives them. */
const batchesOf = (values: Float64Array, steps: number, sizes: readonly number[]): TraceBatch[] => {
  const batches: TraceBatch[] = [];
  for (let from = 0, k = 0; from < steps; k++) {
    const rows = Math.min(sizes[k % sizes.length]!, steps - from);
    const first = from;
    batches.push({
      rows,
      instants: Float64Array.from({ length: rows }, (_, row) => first + row),
      sensors: undefined,
      signals: undefined,
      values: columns.map((_, series) => values.slice(series * steps + first, series * steps + first + rows)),
      lines: Float64Array.from({ length: rows }, (_, row) => first + row + 2),
      done: 0,
    });
    from += rows;
  }
  return batches;
};

/** Judges block by block. */
const inBlocks = (
  judge: RulesJudge,
  values: Float64Array,
  steps: number,
  blockSteps: number,
  sizes: readonly number[],
): readonly RuleFinding[] => {
  const { heldChannels, historySteps, horizonSteps } = judge.reach();
  const grid = new TraceGrid({
    trace: { place: String } as Partial<TraceFile> as TraceFile,
    reading: {
      layout: { ...layout, time: undefined },
      stamps: new StampReader({ zone: "UTC" }),
      findings: new TraceFindings(),
      stampsOnly: false,
    },
    startMs: START_MS,
    stepMs: site.stepMs,
    steps,
    tolerance: 0,
    channelCount: 2,
    sensorCount: 4,
    channelOf: (signal) => signal,
    sensorOf: (sensor) => sensor,
    namedChannel: () => -1,
    signalName: String,
    historySteps,
    horizonSteps,
    blockSteps,
    heldChannels,
  });
  for (const batch of batchesOf(values, steps, sizes)) grid.push(batch, (window) => judge.judge(window));
  grid.end((window) => judge.judge(window));
  return judge.findings();
};

const atOnce = (judge: RulesJudge, values: Float64Array, steps: number): readonly RuleFinding[] => {
  judge.judge({ values, first: 0, steps, from: 0, to: steps });
  return judge.findings();
};

const STEPS = 40;
/** Readings with a fraction, so that a sum taken in another order would show. */
const panels = traces(STEPS, true).map(({ values }) => values.map((value) => value / 7));
const rules = fc
  .tuple(
    fc.constantFrom("", "always ", "always[3 samples, inf] ", "always[45 samples, inf] "),
    fc.constantFrom("", " (at = start)"),
    ruleTexts(true),
  )
  .map(([always, at, text]) => {
    const forall = text.startsWith("forall s in sensors: ")
      ? `forall s in sensors: ${always}${text.slice("forall s in sensors: ".length)}`
      : `${always}(${text})`;
    return `${at} : ${forall}`;
  });

describe("judging in blocks", () => {
  it.each(["", "missing hold", "missing hold 5 samples"])(
    "gives what judging at once gives, to the bit (y %s)",
    (hold) => {
      fc.assert(
        fc.property(
          rules,
          panels,
          fc.integer({ min: 1, max: STEPS }),
          fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 4 }),
          (rule, values, blockSteps, sizes) => {
            const spec = specOf(rule, hold);
            const [whole, parts] = [judgeOf(spec, STEPS), judgeOf(spec, STEPS)];
            fc.pre(whole !== undefined && parts !== undefined && whole.reach().endless.length === 0);
            const expected = atOnce(whole, values, STEPS);
            expect([rule, inBlocks(parts, values, STEPS, blockSteps, sizes)]).toEqual([rule, expected]);
          },
        ),
        { seed: 51, numRuns: 120 },
      );
    },
  );

  it("rounds a mean over time alike, wherever a block begins", () => {
    fc.assert(
      fc.property(panels, fc.integer({ min: 1, max: STEPS }), (values, blockSteps) => {
        const spec = specOf(" : forall s in sensors: always rollmean(y[s], 5 samples) < 0");
        const expected = atOnce(judgeOf(spec, STEPS)!, values, STEPS);
        expect(inBlocks(judgeOf(spec, STEPS)!, values, STEPS, blockSteps, [7])).toEqual(expected);
      }),
      { seed: 54, numRuns: 50 },
    );
  });
});

describe("a judgement", () => {
  it("counts what panelRobustness says of every step, and finds its smallest margin", () => {
    fc.assert(
      fc.property(ruleTexts(true), traces(12, true), (text, trace) => {
        const spec = specOf(` : ${text}`);
        const judge = judgeOf(spec, 12);
        fc.pre(judge !== undefined);
        const [{ all, cut, rule }] = atOnce(judge, trace.values, 12) as [RuleFinding];
        const clock = localClock("UTC", START_MS, site.stepMs, 12);
        const { lower, upper } = panelRobustness(rule, { ...trace, clock });
        const steps = Array.from(lower, (low, step) => ({ low, high: upper[step]! }));
        const sure = steps.filter(({ high, low }) => low > 0 || high < 0);
        const doubtful = steps.filter(({ high, low }) => low === 0 || high === 0).length;
        expect(all.held + all.broken).toBeGreaterThanOrEqual(sure.length);
        expect(all.held + all.broken).toBeLessThanOrEqual(sure.length + doubtful);
        expect(all.held + all.broken + all.unknown).toBe(12);
        expect(cut).toBeLessThanOrEqual(all.unknown);
        const margins = sure.map(({ high, low }) => (low > 0 ? low : high)).filter(Number.isFinite);
        if (margins.some((margin) => margin < 0)) expect(all.smallestMargin).toBe(Math.min(...margins));
      }),
      { seed: 52, numRuns: 150 },
    );
  });

  it("of an endless rule has the bounds of the whole trace at its first step", () => {
    fc.assert(
      fc.property(ruleTexts(true), traces(10, true), fc.nat(15), (text, trace, from) => {
        const spec = specOf(` : always[${from} samples, inf] (${text})`);
        const judge = judgeOf(spec, 10);
        fc.pre(judge !== undefined);
        const [{ endless, rule, start, verdict }] = atOnce(judge, trace.values, 10) as [RuleFinding];
        const clock = localClock("UTC", START_MS, site.stepMs, 10);
        const { lower, upper } = panelRobustness(rule, { ...trace, clock });
        expect([text, endless, start]).toEqual([text, true, { lower: lower[0], upper: upper[0] }]);
        if (upper[0]! < 0) expect(verdict).toBe("false");
        if (lower[0]! > 0) expect(verdict).toBe("true");
      }),
      { seed: 53, numRuns: 150 },
    );
  });

  it("tells < from <= where the margin is zero, as satisfaction does", () => {
    const steps = 9;
    const values = new Float64Array(8 * steps).fill(NaN);
    const x = Float64Array.of(1, 2, 3, 2, NaN, 2, 2, 1, 2);
    values.set(x, 0);
    for (const relation of ["<", "<=", ">", ">=", "==", "!="]) {
      const text = `always[0 samples, 1 samples] x[a] ${relation} 2`;
      const judge = judgeOf(specOf(` : ${text}`), steps)!;
      const [{ all, cut }] = atOnce(judge, values, steps) as [RuleFinding];
      // What lies past the end is unknown: the last window is cut, unless its first sample already breaks it.
      const held = Float64Array.from(x, (value, k) => (Number.isNaN(value) && k > 0 ? x[k - 1]! : value));
      const truth = satisfaction(parseFormula(`always[0, 1] x ${relation} 2`), { signals: { x: held } });
      const inner = truth.slice(0, steps - 1);
      const last = satisfaction(parseFormula(`x ${relation} 2`), { signals: { x: held } }).at(-1);
      expect([relation, all.held]).toEqual([relation, inner.filter((each) => each === 1).length]);
      expect([relation, all.broken]).toEqual([
        relation,
        inner.filter((each) => each === 0).length + (last === 0 ? 1 : 0),
      ]);
      expect(cut).toBe(last === 0 ? 0 : 1);
    }
  });

  it("says how often the condition of an implication is met", () => {
    const steps = 6;
    const values = new Float64Array(8 * steps).fill(0);
    values.set([0, 5, 5, 0, 0, 0], 0);
    const of = (text: string) => {
      const judge = judgeOf(specOf(` : ${text}`), steps)!;
      return (atOnce(judge, values, steps) as [RuleFinding])[0].trigger;
    };
    expect(of("forall s in sensors: (x[s] > 4 implies y[s] < 1)")).toEqual({
      condition: "x[s] > 4",
      met: 2,
      unknown: 0,
    });
    expect(of("forall s in sensors: (x[s] > 8 implies y[s] < 1)")?.met).toBe(0);
    expect(of("forall s in sensors: x[s] < 8")).toBeUndefined();
  });

  it("judges a rule of the start at the first step alone", () => {
    const steps = 5;
    const values = new Float64Array(8 * steps).fill(0);
    values.set([3, 0, 0, 0, 9], 0);
    const judge = judgeOf(specOf(" (at = start) : always[0 samples, 2 samples] x[a] < 4"), steps)!;
    const [{ all, verdict }] = atOnce(judge, values, steps) as [RuleFinding];
    expect([verdict, all.held, all.broken, all.unknown, all.smallestMargin]).toEqual(["true", 1, 0, 0, 1]);
  });
});
