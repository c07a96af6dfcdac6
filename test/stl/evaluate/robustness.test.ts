import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Formula,
  lipschitzConstant,
  monitor,
  parseFormula,
  robustness,
  robustnessDense,
  type RobustnessBounds,
  robustnessInterval,
  robustnessSampled,
  satisfaction,
  StlSyntaxError,
  TraceError,
} from "../../../src/stl/index.ts";
import { plainFormulas, plainTraces } from "../randomFormulas.ts";

const runs = { seed: 21, numRuns: 300 };
const same = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

const expectSame = (text: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  const differ = Array.from(actual).findIndex((value, k) => !same(value, expected[k] as number));
  if (differ >= 0 || actual.length !== expected.length) {
    expect([text, Array.from(actual)]).toEqual([text, Array.from(expected)]);
  }
};

/** Two ways to say the same of p and q. */
const expectEqual = (
  left: (p: string, q: string) => string,
  right: (p: string, q: string) => string,
): void => {
  fc.assert(
    fc.property(plainFormulas, plainFormulas, plainTraces(10, "quarters"), (p, q, signals) => {
      const [one, other] = [left(p, q), right(p, q)].map((text) =>
        robustness(parseFormula(text), { signals }),
      );
      expectSame(`${left(p, q)} = ${right(p, q)}`, one as Float64Array, other as Float64Array);
    }),
    { ...runs, numRuns: 100 },
  );
};

describe("robustness", () => {
  it.each([
    ["always and eventually are dual", (p) => `not always[1,3] ${p}`, (p) => `eventually[1,3] not ${p}`],
    [
      "until and release are dual",
      (p, q) => `not (${p} until[1,4] ${q})`,
      (p, q) => `(not ${p} release[1,4] not ${q})`,
    ],
    [
      "since and triggers are dual",
      (p, q) => `not (${p} since[0,3] ${q})`,
      (p, q) => `(not ${p} triggers[0,3] not ${q})`,
    ],
    ["weak and strong next are dual", (p) => `not next ${p}`, (p) => `s_next not ${p}`],
    [
      "a window splits",
      (p) => `eventually[0,6] ${p}`,
      (p) => `(eventually[0,2] ${p} or eventually[3,6] ${p})`,
    ],
    ["windows nest", (p) => `always[0,2] always[1,3] ${p}`, (p) => `always[1,5] ${p}`],
    ["eventually is until from true", (p) => `eventually[1,4] ${p}`, (p) => `(true until[1,4] ${p})`],
    [
      "unbounded until steps",
      (p, q) => `(${p} until ${q})`,
      (p, q) => `(${q} or (${p} and s_next (${p} until ${q})))`,
    ],
    [
      "unbounded since steps",
      (p, q) => `(${p} since ${q})`,
      (p, q) => `(${q} or (${p} and s_prev (${p} since ${q})))`,
    ],
    [
      "timed until is its terms",
      (p, q) => `(${p} until[1,2] ${q})`,
      (p, q) => `((${p} and s_next ${q}) or (${p} and s_next ${p} and s_next s_next ${q}))`,
    ],
    [
      "unless is until or always",
      (p, q) => `(${p} unless[1,3] ${q})`,
      (p, q) => `((${p} until[1,3] ${q}) or always[0,3] ${p})`,
    ],
    ["rise is now and not before", (p) => `rise(${p})`, (p) => `(${p} and prev not ${p})`],
    ["implies is not or", (p, q) => `(${p} implies ${q})`, (p, q) => `(not ${p} or ${q})`],
    [
      "iff is two implications",
      (p, q) => `(${p} iff ${q})`,
      (p, q) => `((${p} implies ${q}) and (${q} implies ${p}))`,
    ],
  ] satisfies [string, (p: string, q: string) => string, (p: string, q: string) => string][])(
    "%s",
    (_, left, right) => expectEqual(left, right),
  );

  it("backwards is the past for the future", () => {
    const mirror: Record<string, string> = {
      always: "historically", historically: "always", eventually: "once", once: "eventually", until: "since",
      since: "until", release: "triggers", triggers: "release", next: "prev", prev: "next", s_next: "s_prev",
      s_prev: "s_next",
    }; // prettier-ignore
    fc.assert(
      fc.property(plainFormulas, plainTraces(10, "quarters"), (text, signals) => {
        if (/rise|fall|unless/.test(text)) return;
        const mirrored = text.replace(/[a-z_]+/g, (word) => mirror[word] ?? word);
        const reversed = {
          x: signals.x.slice().reverse(),
          y: signals.y.slice().reverse(),
          z: signals.z.slice().reverse(),
        };
        const forth = robustness(parseFormula(text), { signals });
        expectSame(text, robustness(parseFormula(mirrored), { signals: reversed }).reverse(), forth);
      }),
      runs,
    );
  });

  it("moves no further than its Lipschitz constant lets it", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(8, "reals"), plainTraces(8, "reals"), (text, signals, noise) => {
        const formula = parseFormula(text);
        const shift = (own: Float64Array, by: Float64Array): Float64Array =>
          own.map((value, k) => value + 0.02 * (by[k] as number));
        const moved = {
          x: shift(signals.x, noise.x),
          y: shift(signals.y, noise.y),
          z: shift(signals.z, noise.z),
        };
        const largest =
          Math.max(...[noise.x, noise.y, noise.z].flatMap((by) => Array.from(by, Math.abs))) * 0.02;
        const bound = lipschitzConstant(formula.plan) * largest + 1e-9;
        const after = robustness(formula, { signals: moved });
        robustness(formula, { signals }).forEach((value, k) => {
          const near = value === after[k] || Math.abs(value - (after[k] as number)) <= bound;
          expect([text, k, near]).toEqual([text, k, true]);
        });
      }),
      runs,
    );
  });

  it("has the sign of the truth, and where it is zero the truth tells < from <=", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(9, "gaps"), (text, signals) => {
        const formula = parseFormula(text);
        const truth = satisfaction(formula, { signals });
        robustness(formula, { signals }).forEach((value, k) => {
          if (value > 0) expect([text, k, truth[k]]).toEqual([text, k, 1]);
          if (value < 0) expect([text, k, truth[k]]).toEqual([text, k, 0]);
        });
      }),
      runs,
    );
    const signals = { x: [1, 2, NaN] };
    expect(Array.from(satisfaction(parseFormula("x < 2"), { signals }))).toEqual([1, 0, -1]);
    expect(Array.from(satisfaction(parseFormula("x <= 2"), { signals }))).toEqual([1, 1, -1]);
    expect(Array.from(satisfaction(parseFormula("x == 2 or x != 1"), { signals }))).toEqual([0, 1, -1]);
    const same = { x: [2, 2], y: [2, 3] };
    const equal = parseFormula("(x >= 2) iff (y <= 2)", { dialect: "rtamt" });
    expect(Array.from(satisfaction(equal, { signals: same }))).toEqual([1, 0]);
  });

  it("is the same again, and leaves its input alone, whatever else is judged between", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(9, "gaps"), plainTraces(9, "gaps"), (text, signals, others) => {
        const formula = parseFormula(text);
        const before = Object.values(signals).map((signal) => signal.slice());
        const first = robustness(formula, { signals });
        const kept = first.slice();
        robustness(formula, { signals: others });
        expect(first).toEqual(kept);
        expect(robustness(formula, { signals: { ...signals, unused: others.x } })).toEqual(kept);
        expect(Object.values(signals)).toEqual(before);
      }),
      { ...runs, numRuns: 100 },
    );
  });

  it("at regular instants is robustness at irregular ones", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(9, "quarters"), (text, signals) => {
        const formula = parseFormula(text);
        const times = Array.from({ length: 9 }, (_, k) => k);
        expectSame(text, robustnessSampled(formula, { times, signals }), robustness(formula, { signals }));
      }),
      runs,
    );
  });

  it("in dense time needs phi on what is left of the piece of a past witness, not at the witness ahead", () => {
    const signals: Record<string, [number, number][]> = {
      p: [
        [0, -1],
        [1, 5],
      ],
      q: [
        [0, 5],
        [1, -5],
      ],
    };
    const value = (text: string): unknown => robustnessDense(parseFormula(text), { signals });
    expect(value("p > 0 since q > 0")).toEqual([
      [0, 5],
      [1, -1],
    ]);
    expect(value("q > 0 until[0, 1] p > 0")).toEqual([[0, 5]]);
    // At 0 alone phi would hold until the witness at 1; of single instants nothing is told.
    expect(value("p < 0 until[1, 2] q < 0")).toEqual([[0, -5]]);
  });

  it("is empty of an empty trace and defined on one sample", () => {
    expect(robustness(parseFormula("always x > 0"), { signals: { x: [] } }).length).toBe(0);
    expect(satisfaction(parseFormula("always x > 0"), { signals: { x: [] } }).length).toBe(0);
    expect(robustnessInterval(parseFormula("always x > 0"), { signals: { x: [] } }).upper.length).toBe(0);
    expect(robustnessDense(parseFormula("always x > 0"), { signals: { x: [] } })).toEqual([]);
    expect(robustnessSampled(parseFormula("always x > 0"), { times: [], signals: { x: [] } }).length).toBe(0);
    const value = (text: string): number =>
      robustness(parseFormula(text), { signals: { x: [3] } })[0] as number;
    expect(
      [
        "always[1,2] x > 0",
        "eventually[1,2] x > 0",
        "x > 0 until[1,2] x > 0",
        "next x > 0",
        "s_prev x > 0",
      ].map(value),
    ).toEqual([Infinity, -Infinity, -Infinity, Infinity, -Infinity]);
  });

  it("takes infinite samples as they are and undefined results as unknown", () => {
    const value = (text: string, x: number): number =>
      robustness(parseFormula(text), { signals: { x: [x] } })[0] as number;
    expect([value("x < 3", -Infinity), value("x - x > 0", Infinity)]).toEqual([Infinity, NaN]);
    expect([value("1 / x > 0", 0), value("sqrt(x) > 0", -1), value("ln(x) > 0", -1)]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
    expect([value("x^2 > 1", -3), value("x^-1 > 1", 0.25), value("clamp(x, 0, 2) > 1", 9)]).toEqual([
      8, 3, 1,
    ]);
    expect(value("delta(x) > 0", 5)).toBeNaN();
    expect(value("rollmean(x, 2 samples) > 0 or true", 5)).toBe(Infinity);
  });

  it("tells what is wrong with a trace", () => {
    const formula = parseFormula("x > y");
    expect(() => robustness(formula, { signals: { x: [1] } })).toThrow(TraceError);
    expect(() => robustness(formula, { signals: { x: [1] } })).toThrow("lacks the signals y");
    const descending = {
      signals: {
        x: [
          [1, 1],
          [0, 1],
        ] as [number, number][],
        y: [[0, 1]] as [number, number][],
      },
    };
    expect(() => robustnessDense(formula, descending)).toThrow("does not come after");
    expect(() => robustnessDense(parseFormula("next x > 0"), { signals: { x: [[0, 1]] } })).toThrow(
      StlSyntaxError,
    );
  });

  it("tells what is wrong with a formula, all of it, with line and column", () => {
    const attempt = (text: string): string => {
      try {
        parseFormula(text);
        return "";
      } catch (error) {
        return (error as StlSyntaxError).message;
      }
    };
    expect(attempt("x + 1\n  and y > 2 and always[3,1] z > 0")).toBe(
      [
        "error: x + 1 is a number where a formula is needed [kind]",
        " --> formula:1:1",
        "  |",
        "1 | x + 1",
        "  | ^^^^^",
        "   = Compare it, such as x + 1 >= 0.",
        "",
        "error: empty interval [3,1] [empty-interval]",
        " --> formula:2:23",
        "  |",
        "2 |   and y > 2 and always[3,1] z > 0",
        "  |                       ^^^^^",
        "   = Write the smaller bound first.",
      ].join("\n"),
    );
    expect(attempt("1 < x > 2")).toContain("does not go one way");
    expect(attempt("x > 1 until y > 1 until z > 1")).toContain("parentheses around the pair");
    const minutes = "always[0, 5min] x > 1";
    expect(() => robustness(parseFormula(minutes), { signals: { x: [1] } })).toThrow(
      "sampling step is not known",
    );
    const timed = parseFormula(minutes, { stepMs: 150_000 });
    expect(Array.from(robustness(timed, { signals: { x: [4, 3, 2, 5] } }))).toEqual([1, 1, 1, 4]);
    expect(attempt("always[0, 1.5] x > 1")).toBe(""); // seconds, in dense time
    expect(() => robustness(parseFormula("always[0, 1.5] x > 1"), { signals: { x: [1] } })).toThrow(
      "Write 1 or 2",
    );
    expect(attempt("x = 1")).toContain("Write == to compare");
    expect(attempt("always[-1, 0] x > 1")).toContain("is negative");
    expect(attempt("log(x) > 1")).toContain("Write log(x, 10), or ln(x)");
  });

  it("counts open bounds in whole samples", () => {
    const signals = { x: [5, 1, 2, 3, 4] };
    const first = (text: string): number => robustness(parseFormula(text), { signals })[0] as number;
    expect([
      first("always(0, 2] x > 0"),
      first("always[0, 1) x > 0"),
      first("eventually(1, 4) x > 0"),
    ]).toEqual([1, 5, 3]);
  });
});

/** Bounds of the robustness of the first samples once all are known. */
const refines = (formula: Formula, signals: Record<string, Float64Array>, length: number): void => {
  const whole = robustness(formula, { signals });
  let before: RobustnessBounds = { lower: new Float64Array(0), upper: new Float64Array(0) };
  for (let known = 1; known <= length; known++) {
    const prefix = Object.fromEntries(Object.entries(signals).map(([name, v]) => [name, v.slice(0, known)]));
    const { lower, upper } = robustnessInterval(formula, { signals: prefix });
    for (let k = 0; k < known; k++) {
      const [low, high, value] = [lower[k] as number, upper[k] as number, whole[k] as number];
      expect([formula.text, k, low <= value && value <= high]).toEqual([formula.text, k, true]);
      const shrinks =
        k >= before.lower.length ||
        (low >= (before.lower[k] as number) && high <= (before.upper[k] as number));
      expect([formula.text, k, shrinks]).toEqual([formula.text, k, true]);
    }
    before = { lower, upper };
  }
};

describe("robustnessInterval", () => {
  it("contains what the robustness will be, and only shrinks as samples come", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(9, "quarters"), (text, signals) => {
        const formula = parseFormula(text);
        // Windows that a trace cuts are empty in one reading and unknown in the other.
        if (Number.isFinite(horizonOf(text))) refines(formula, { ...signals, ...padded(signals, 60) }, 9);
      }),
      { ...runs, numRuns: 150 },
    );
  });
});

const padded = (signals: Record<string, Float64Array>, more: number): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(signals).map(([name, values]) => {
      const longer = new Float64Array(values.length + more);
      longer.set(values);
      return [name, longer];
    }),
  );

/** Infinity where some operator looks ahead without end. */
const horizonOf = (text: string): number =>
  /(always|eventually|until|release|unless)(\[\d+, inf\]|(?!\[))/.test(text) ? Infinity : 0;

describe("monitor", () => {
  it("gives what robustness gives, as soon as the future is seen", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(14, "gaps"), (text, signals) => {
        const formula = parseFormula(text);
        let watch;
        try {
          watch = monitor(formula);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        const offline = robustness(formula, { signals });
        const { memory } = watch;
        for (let k = 0; k < 14; k++) {
          const sample = { x: signals.x[k] as number, y: signals.y[k] as number, z: signals.z[k] as number };
          const value = watch.push(sample);
          const expected = k < watch.delay ? undefined : offline[k - watch.delay];
          const agree = value === expected || (value !== undefined && same(value, expected as number));
          if (!agree) expect([text, k, value]).toEqual([text, k, expected]);
        }
        expect(watch.memory).toBe(memory);
      }),
      { seed: 23, numRuns: 600 },
    );
  });

  it("runs for long without its counts running over", () => {
    const watch = monitor(parseFormula("historically[0, 2] x > 0"));
    let last: number | undefined;
    for (let k = 0; k < 100_000; k++) last = watch.push({ x: k % 7 });
    // 99997, 99998 and 99999 are 2, 3 and 4 past a multiple of 7.
    expect(last).toBe(2);
  });

  it("refuses to wait for ever, and a sample without a signal", () => {
    expect(() => monitor(parseFormula("always x > 0"))).toThrow("looks ahead without end");
    const watch = monitor(parseFormula("x > y"));
    expect(() => watch.push({ x: 1 })).toThrow("lacks the signal y");
    expect(watch.push({ x: 3, y: 1 })).toBe(2);
  });
});
