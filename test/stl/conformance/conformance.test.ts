import { describe, expect, it } from "vitest";
import {
  type Formula,
  monitor,
  parseFormula,
  printTerm,
  robustness,
  robustnessDense,
  robustnessDenseInterval,
  robustnessSampled,
  satisfaction,
  smoothRobustness,
  type SmoothMethod,
  StlSyntaxError,
  TraceError,
} from "../../../src/stl/index.ts";
import type { Term } from "../../../src/stl/language/Syntax.ts";
import { agrees, type Case, casesOf, numberOf } from "./cases.ts";

type Pair = readonly [time: number, value: unknown];

const formulaOf = (text: string): Formula => parseFormula(text, { dialect: "rtamt" });

/** The formula with phi needed at the witness too, as some tools have it: `p until (p and q)`. */
const closed = (formula: Formula): Formula => {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close);
    if (typeof value !== "object" || value === null) return value;
    const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]));
    if (copy["operator"] !== "until" && copy["operator"] !== "since") return copy;
    return {
      ...copy,
      right: { kind: "connective", operator: "and", left: copy["left"], right: copy["right"] },
    };
  };
  return formulaOf(printTerm(close(formula.term) as Term));
};

const samplesOf = (signals: Case["signals"]): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(signals).map(([name, points]) => [name, points.map(([, v]) => numberOf(v))]),
  );

/** A constant formula names no signal: its length is that of what is expected. */
const traceOf = (one: Case): { signals: Record<string, number[]> } => {
  const signals = samplesOf(one.signals);
  const length = one.times?.length ?? (one.expected as unknown[]).length;
  return { signals: Object.keys(signals).length > 0 ? signals : { clock: Array.from({ length }, () => 0) } };
};

const expectPairs = (one: Case, text: string, actual: (time: number) => number | undefined): void => {
  for (const [time, value] of one.expected as Pair[]) {
    if (!agrees(actual(time), numberOf(value))) {
      expect([one.id, text, time, actual(time)]).toEqual([one.id, text, time, numberOf(value)]);
    }
  }
};

/** Value of a step function at an instant. */
const at = <Row extends readonly number[]>(steps: readonly Row[], time: number): Row | undefined =>
  steps.findLast((row) => (row[0] as number) <= time + 1e-9);

const formulasOf = (one: Case): string[] =>
  one.our_formula_typed === undefined ? [one.our_formula] : [one.our_formula, one.our_formula_typed];

const checkDiscrete = (one: Case): void => {
  const { signals } = traceOf(one);
  const names = Object.keys(signals);
  const length = (signals[names[0] as string] as number[]).length;
  // Some tests name instants that are no whole numbers; rows then stand for samples in turn.
  const rowOf = (time: number): number => one.times?.indexOf(time) ?? time;
  for (const text of formulasOf(one)) {
    const formula = formulaOf(text);
    if (one.mode === "offline") {
      const boolean = (one.value_kind ?? "").startsWith("boolean");
      const values = boolean ? satisfaction(formula, { signals }) : robustness(formula, { signals });
      expectPairs(one, text, (time) => values[rowOf(time)]);
      continue;
    }
    const watch = monitor(formula);
    const emitted = Array.from({ length }, (_, k) =>
      watch.push(Object.fromEntries(names.map((name) => [name, (signals[name] as number[])[k] as number]))),
    );
    const rows = (one.expected as Pair[]).filter(([time]) => time >= (one.warmup_samples ?? 0));
    const delay = one.delay_samples ?? 0;
    expectPairs({ ...one, expected: rows }, text, (time) => {
      const row = rowOf(time);
      // The tool may wait longer than needed; the value belongs to `row - delay`.
      return emitted[row - delay + watch.delay] ?? robustness(formula, { signals })[row - delay];
    });
  }
};

const breakpoints = (one: Case): Record<string, [number, number][]> =>
  Object.fromEntries(
    Object.entries(one.signals).map(([name, points]) => [name, points.map(([t, v]) => [t, numberOf(v)])]),
  );

const checkDense = (one: Case, formula: Formula): void => {
  const actual = robustnessDense(formula, { signals: breakpoints(one) });
  const pairs = one.expected as Pair[];
  const expected = pairs.map(([time, value]) => [numberOf(time), numberOf(value)] as const);
  const midpoints = (one.expected_kind ?? "").startsWith("pointwise")
    ? []
    : expected.slice(1).map(([time], i) => (time + (expected[i] as readonly [number, number])[0]) / 2);
  const rows = [...expected.map(([time]) => time), ...midpoints].map((time) => [
    time,
    at(expected, time)?.[1],
  ]);
  expectPairs({ ...one, expected: rows }, one.our_formula, (time) => at(actual, time)?.[1]);
};

/** What online tools emit piece by piece is the offline function of the whole, `delay` later. */
const checkDenseOnline = (one: Case, formula: Formula): void => {
  const points: Record<string, Map<number, number>> = {};
  for (const update of one.updates ?? []) {
    for (const [name, added] of Object.entries(update)) {
      points[name] ??= new Map();
      for (const [time, value] of added as [number, number][]) points[name].set(time, value);
    }
  }
  const signals = Object.fromEntries(
    Object.entries(points).map(([name, map]) => [name, Array.from(map).sort((a, b) => a[0] - b[0])]),
  );
  const actual = robustnessDense(formula, { signals });
  const rows = (one.expected as [number, Pair[]][]).flatMap(([, pieces]) => pieces);
  expectPairs(
    { ...one, expected: rows },
    one.our_formula,
    (time) => at(actual, time - (one.delay ?? 0))?.[1],
  );
};

const checkDenseInterval = (one: Case): void => {
  const signals: Record<string, [number, number][]> = {};
  let end = 0;
  for (const update of one.updates ?? []) {
    for (const name of ["x", "y"]) {
      if (update[name] === undefined) continue;
      signals[name] ??= [];
      signals[name].push([update["from"] as number, update[name] as number]);
    }
    end = Math.max(end, update["to"] as number);
  }
  const actual = robustnessDenseInterval(formulaOf(one.our_formula), { signals }, end);
  for (const [time, lower, upper] of one.expected as [number, unknown, unknown][]) {
    const row = at(actual, time);
    expect([one.id, time, row?.[1], row?.[2]]).toEqual([one.id, time, numberOf(lower), numberOf(upper)]);
  }
};

const checkSampled = (one: Case): void => {
  const signals = samplesOf(one.signals);
  const times = (Object.values(one.signals)[0] ?? []).map(([time]) => time);
  const values = robustnessSampled(formulaOf(one.our_formula), { times, signals });
  expectPairs(one, one.our_formula, (time) => values[times.indexOf(time)]);
};

/** Which way a case of the files with mixed kinds is checked. */
const checkerOf = (one: Case, phiAtWitness: boolean): (() => void) => {
  const formula = (): Formula =>
    phiAtWitness ? closed(formulaOf(one.our_formula)) : formulaOf(one.our_formula);
  if ((one.interval_unit ?? "").includes("irregular")) return () => checkSampled(one);
  if (one.semantics === "discrete") return () => checkDiscrete(one);
  if (one.mode === "offline") return () => checkDense(one, formula());
  return one.mode === "online" ? () => checkDenseOnline(one, formula()) : () => checkDenseInterval(one);
};

describe("conformance", () => {
  it.each([
    ["rtamt_cases", 381, true],
    ["oracle_cases", 550, false],
    ["oracle_dense_cases", 150, true],
    ["other_peer_cases", 114, false],
  ] as const)("%s: all %i", (file, count, phiAtWitness) => {
    const cases = casesOf(file);
    for (const one of cases) checkerOf(one, phiAtWitness)();
    expect(cases.length).toBe(count);
  });

  it("smooth_cases: values and gradients, but softmax of until, which nests otherwise", () => {
    const methods: Record<string, SmoothMethod> = {
      true: "exact",
      logsumexp: "logsumexp",
      softmax: "softmax",
    };
    let checked = 0;
    let nestedOtherwise = 0;
    for (const one of casesOf("smooth_cases")) {
      const method = methods[one.method as string] as SmoothMethod;
      if (method === "softmax" && one.our_formula.includes("until")) {
        nestedOtherwise++;
        continue;
      }
      const options = { method, temperature: one.temperature as number };
      const { value, gradient } = smoothRobustness(closed(formulaOf(one.our_formula)), traceOf(one), options);
      expectPairs(one, `${method} ${one.our_formula}`, () => value);
      for (const [name, slopes] of Object.entries(one.gradient ?? {})) {
        slopes.forEach((slope, step) => {
          const expected = numberOf(typeof slope === "number" ? slope : slope[1]);
          const actual = gradient[name]?.[step] ?? 0;
          if (!agrees(actual, expected, 1e-6)) {
            expect([one.id, name, step, actual]).toEqual([one.id, name, step, expected]);
          }
        });
      }
      checked++;
    }
    expect([checked, nestedOtherwise]).toEqual([104, 16]);
  });
});

const bugs = new Map(casesOf("peer_bug_cases").map((one) => [one.id, one]));
const bug = (id: string): Case & { readonly formula: string } =>
  bugs.get(id) as Case & { readonly formula: string };
const ids = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, k) => `bug-${String(first + k).padStart(2, "0")}`);

describe("peer_bug_cases", () => {
  it("are 24", () => expect(bugs.size).toBe(24));

  it.each([...ids(0, 6), ...ids(10, 14), "bug-21"])("%s: one value a sample", (id) => {
    const one = bug(id);
    const values = robustness(formulaOf(one.our_formula), { signals: samplesOf(one.signals) });
    const rows = (one.expected as unknown[]).map((value, k) => [k, value]);
    expectPairs({ ...one, expected: rows }, one.our_formula, (k) => values[k]);
  });

  it.each(["bug-10", "bug-11", "bug-12", "bug-13"])("%s: as the user wrote it", (id) => {
    const one = bug(id);
    const values = robustness(formulaOf(one.formula), { signals: samplesOf(one.signals) });
    expect(Array.from(values)).toEqual(one.expected);
  });

  it("bug-05: the input is left alone", () => {
    const x = [1, 2, 3, -1, 5];
    robustness(formulaOf("always[0,9] x"), { signals: { x } });
    expect(x).toEqual([1, 2, 3, -1, 5]);
  });

  it("bug-07: an empty interval is told with its place", () => {
    expect(() => formulaOf(bug("bug-07").formula)).toThrow(StlSyntaxError);
    expect(() => formulaOf(bug("bug-07").formula)).toThrow("empty interval [2,1]");
  });

  it("bug-08: a chain is a chain", () => {
    const values = robustness(formulaOf("1 < x < 3"), { signals: samplesOf(bug("bug-08").signals) });
    expect(Array.from(values)).toEqual([0, 1, 0, -2, -2]);
  });

  it("bug-09: a strange character is told", () => {
    expect(() => formulaOf(bug("bug-09").formula)).toThrow('unexpected character "#"');
  });

  it("bug-15: lengths that differ are told", () => {
    const trace = { signals: samplesOf(bug("bug-15").signals) };
    const formula = formulaOf(bug("bug-15").formula);
    expect(() => robustness(formula, trace)).toThrow(TraceError);
    expect(() => robustness(formula, trace)).toThrow("signals x (3 samples) and y (4 samples) differ");
  });

  it.each(ids(16, 19))("%s: online is offline", (id) => {
    const one = bug(id);
    const signals = samplesOf(one.signals);
    const formula = formulaOf(one.our_formula);
    const offline = robustness(formula, { signals });
    const delay = (one.expected as Pair[])[0]?.[0] as number;
    expectPairs(one, one.our_formula, (time) => offline[time - delay]);
    const watch = monitor(formula);
    (signals["x"] as number[]).forEach((_, k) => {
      const sample = Object.fromEntries(Object.entries(signals).map(([name, v]) => [name, v[k] as number]));
      expect(watch.push(sample)).toBe(k < watch.delay ? undefined : offline[k - watch.delay]);
    });
  });

  it.each(["bug-20", "bug-22", "bug-23"])("%s: dense time", (id) => {
    const one = bug(id);
    const actual = robustnessDense(formulaOf(one.our_formula), { signals: breakpoints(one) });
    expectPairs(one, one.our_formula, (time) => at(actual, time)?.[1]);
  });
});
