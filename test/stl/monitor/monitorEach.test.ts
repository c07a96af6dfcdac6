import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Formula, monitor, monitorEach, parseFormula, robustness } from "../../../src/stl/index.ts";
import { plainFormulas } from "../randomFormulas.ts";

const names = ["x", "y", "z"] as const;
type Signals = Readonly<Record<(typeof names)[number], Float64Array>>;

/** Numbers from 0 to 1, the same for the same seed. */
const dice = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Quarters and reals, in spells without a gap and spells with gaps and infinities. */
const stream = (seed: number, samples: number): Signals => {
  const roll = dice(seed);
  const signal = (): Float64Array => {
    let [left, faulty] = [0, false];
    return Float64Array.from({ length: samples }, () => {
      if (left-- <= 0) [left, faulty] = [5 + 60 * roll(), roll() < 0.5];
      const [kind, place] = [roll(), roll()];
      if (faulty && kind < 0.25) return NaN;
      if (faulty && kind < 0.3) return place < 0.5 ? -Infinity : Infinity;
      return kind < 0.6 ? Math.round(40 * place - 20) / 4 : 10 * place - 5;
    });
  };
  return { x: signal(), y: signal(), z: signal() };
};

const sampleOf = (signals: Signals, k: number): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, signals[name][k] as number]));

const columnsOf = (streams: readonly Signals[], k: number): Record<string, Float64Array> =>
  Object.fromEntries(
    names.map((name) => [name, Float64Array.from(streams, (signals) => signals[name][k] as number)]),
  );

/** The first value of `monitorEach` that is not what `monitor` gives its stream. */
const difference = (formula: Formula, streams: readonly Signals[], samples: number): unknown => {
  const each = monitorEach(formula, streams.length);
  const alone = streams.map(() => monitor(formula));
  for (let k = 0; k < samples; k++) {
    const values = each.push(columnsOf(streams, k));
    for (const [i, signals] of streams.entries()) {
      const value = alone[i]?.push(sampleOf(signals, k));
      if (!Object.is(values?.[i], value)) return { sample: k, stream: i, each: values?.[i], alone: value };
    }
  }
  return undefined;
};

const agree = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));

const expectRobustness = (formula: Formula, signals: Signals, samples: number): void => {
  const expected = robustness(formula, { signals });
  const each = monitorEach(formula, 2);
  for (let k = 0; k < samples; k++) {
    const values = each.push(columnsOf([signals, signals], k));
    if (k < each.delay) expect(values).toBeUndefined();
    else if (!agree(values?.[1] as number, expected[k - each.delay] as number)) {
      expect([formula.text, k, values?.[1]]).toEqual([formula.text, k, expected[k - each.delay]]);
    }
  }
};

/** What the random formulas lack: other arithmetic, values of other instants, distances, quantifiers. */
const others = [
  "always[0, 3] x * y > z",
  "x / y > 1 or once[0, 40] x / z < -3",
  "x / (y * y + 1) > 1 since[2, 9] z < 0",
  "x ^ 3 + y ^ 2 > z ^ -2",
  "(abs(x) + 1) ^ y < 2 until[1, 5] z > 0",
  "sqrt(x) > 1 and ln(y) < 1 and exp(z) > 2",
  "historically[0, 7] abs(delta(x) over 2 samples) < 4",
  "rollmean(x, 5 samples) > y",
  "eventually[2, 6] rollmean(x * y, 7 samples) == 1",
  "min(x, y, z) > -2 and max(x, y, z, 1) < 3 and z != 1",
  "forall s in sensors: x > 0",
  "atleast 2 s in sensors: x > 0",
  "atleast 1 s in sensors: always[0, 2] x > 0",
  "x > 0 release[3, 3] y > 0",
  "x > 0 until[0, 0] y > 0",
  "x > 0 triggers[4, 4] y > 0",
  "x > 0 since y > 0",
  "always[3, 5] once[30, inf] x > 4",
];

describe("monitorEach", () => {
  const counts = fc.constantFrom(1, 2, 33);

  it("gives every stream what a monitor of its own gives, to the bit, and what robustness gives", () => {
    fc.assert(
      fc.property(plainFormulas, counts, fc.nat(), (text, count, seed) => {
        const formula = parseFormula(text);
        const samples = 90;
        const streams = Array.from({ length: count }, (_, i) => stream(seed + i, samples));
        let found: unknown;
        try {
          found = difference(formula, streams, samples);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect([text, found]).toEqual([text, undefined]);
        expectRobustness(formula, streams[0] as Signals, samples);
      }),
      { seed: 41, numRuns: 150 },
    );
  });

  it.each(others)("judges %s as monitor and robustness do", (text) => {
    const formula = parseFormula(text);
    const streams = Array.from({ length: 9 }, (_, i) => stream(i, 400));
    expect(difference(formula, streams, 400)).toBeUndefined();
    for (const signals of streams) expectRobustness(formula, signals, 400);
  });

  it.each(["x > 1 iff always[0, 2] y > 1", "always[0, 2] x > 1 xor (prev y > 1)"])(
    "judges %s of the dialect rtamt",
    (text) => {
      const formula = parseFormula(text, { dialect: "rtamt" });
      const streams = Array.from({ length: 9 }, (_, i) => stream(i, 200));
      expect(difference(formula, streams, 200)).toBeUndefined();
      for (const signals of streams) expectRobustness(formula, signals, 200);
    },
  );

  it("keeps streams apart that are worked on apart", () => {
    const formula = parseFormula("x > 0 since[1, 4] (y > 0 or always[0, 2] z > 0)");
    const streams = Array.from({ length: 1030 }, (_, i) => stream(i, 30));
    expect(difference(formula, streams, 30)).toBeUndefined();
  });

  it("rounds after a gap as it did before", () => {
    const each = monitorEach(parseFormula("x / y > 0"), 1);
    for (let k = 0; k < 60; k++) {
      const [x, y] = [1 + k, k === 3 ? NaN : 49 + 2 * k];
      const value = each.push({ x: Float64Array.of(x), y: Float64Array.of(y) });
      expect(Array.from(value as Float64Array)).toEqual([x / y]);
    }
  });

  it("runs for long without its counts running over", () => {
    const formula = parseFormula(
      "historically[1, 6] x > 0 and (y > 0 since[3, 13] z > 0 or always[0, 4] rollmean(x, 3 samples) > 0)",
    );
    const samples = 100_003;
    const signals = stream(5, samples);
    expectRobustness(formula, signals, samples);
  });

  it("counts what it keeps and never keeps more", () => {
    const formula = parseFormula("always[0, 9] x > y until[2, 5] z < 3");
    const each = monitorEach(formula, 7);
    const { memory } = each;
    expect(memory).toBe(7 * monitor(formula).memory);
    for (let k = 0; k < 100; k++)
      each.push(
        columnsOf(
          Array.from({ length: 7 }, (_, i) => stream(i, 100)),
          k,
        ),
      );
    expect(each.memory).toBe(memory);
  });

  it("refuses a sample that does not fit, with all its faults, and takes nothing of it", () => {
    const each = monitorEach(parseFormula("historically[0, 1] x + y > z"), 2);
    const two = Float64Array.of(1, 2);
    expect(() => each.push({ y: Float64Array.of(1) })).toThrow(
      "the sample lacks the signal x, z; the signal y has 1 values for 2 streams: give one value a stream, NaN for what is missing",
    );
    expect(() => each.push({ x: two, y: two, z: Float64Array.of(1, 2, 3) })).toThrow(
      expect.objectContaining({ _tag: "TraceError" }),
    );
    expect(Array.from(each.push({ x: two, y: two, z: two }) as Float64Array)).toEqual([1, 2]);
  });

  it("refuses to wait for ever, and a number of streams that is none", () => {
    expect(() => monitorEach(parseFormula("always x > 0"), 2)).toThrow("looks ahead without end");
    for (const streams of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => monitorEach(parseFormula("x > 0"), streams)).toThrow(RangeError);
    }
  });
});
