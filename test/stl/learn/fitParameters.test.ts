import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Term } from "../../../src/stl/language/Syntax.ts";
import { fitParameters, groupsOf, type RuleTarget, termsOf } from "../../../src/stl/learn/fitParameters.ts";
import type { ParameterDomain } from "../../../src/stl/learn/ParameterDomain.ts";

const place = { source: "", line: 1, column: 1, endLine: 1, endColumn: 1 };

const domain = (name: string, changes: Partial<ParameterDomain> = {}): ParameterDomain => ({
  name,
  place,
  direction: 1,
  whole: false,
  start: 1,
  lower: 0,
  upper: 1000,
  term: (value) => ({ kind: "quantity", value, place }),
  text: String,
  written: place,
  present: "1",
  ...changes,
});

const numberOf = (values: ReadonlyMap<string, Term>, name: string): number => {
  const term = values.get(name);
  return term?.kind === "quantity" ? term.value : Number.NaN;
};

/** A rule over samples: undefined is open, else whether a sample holds at the values of the parameters. */
const target = (
  parameters: readonly string[],
  rate: number,
  samples: number,
  holds: (sample: number, ...values: number[]) => boolean | undefined,
  changes: Partial<RuleTarget> = {},
): RuleTarget => ({
  name: `of ${parameters.join()}`,
  rate,
  parameters,
  moving: [],
  judge: {
    span: () => 0,
    judge: (values) => {
      const numbers = parameters.map((name) => numberOf(values, name));
      const counts = { held: new Float64Array(1), broken: new Float64Array(1), unknown: 0, doubtful: 0 };
      for (let sample = 0; sample < samples; sample++) {
        const truth = holds(sample, ...numbers);
        if (truth === undefined) counts.unknown++;
        else if (truth) counts.held[0]!++;
        else counts.broken[0]!++;
      }
      return counts;
    },
  },
  ...changes,
});

const samples = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 80 });
const rates = fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1);

describe("fitParameters", () => {
  it("finds an upper limit as an order statistic, and a lower one, ties and gaps among the samples", () => {
    fc.assert(
      fc.property(samples, rates, fc.constantFrom(1, -1), (values, rate, direction) => {
        const isOpen = (sample: number): boolean => values[sample]! % 10 === 9;
        const known = values.filter((_, sample) => !isOpen(sample)).sort((a, b) => direction * (a - b));
        fc.pre(known.length > 0);
        const rule = target(["p"], rate, values.length, (sample, p) =>
          isOpen(sample) ? undefined : direction * (p - values[sample]!) >= 0,
        );
        const parameter = domain("p", { direction: direction === 1 ? 1 : -1, lower: -100, upper: 100 });
        const needed = known.findIndex((_, k) => (k + 1) / known.length >= rate);
        expect(fitParameters([parameter], [rule]).values.get("p")).toBe(known[needed]);
        const unlimited = domain("p", { ...parameter, lower: -Infinity, upper: Infinity });
        expect(fitParameters([unlimited], [rule]).values.get("p")).toBe(known[needed]);
      }),
      { numRuns: 150 },
    );
  });

  it("gives a parameter of several rules the value that all of them hold at", () => {
    fc.assert(
      fc.property(samples, samples, (first, second) => {
        const rule = (values: readonly number[], rate: number): RuleTarget =>
          target(["p"], rate, values.length, (sample, p) => values[sample]! <= p);
        const alone = [rule(first, 0.9), rule(second, 0.7)].map((each) =>
          fitParameters([domain("p")], [each]).values.get("p")!,
        );
        const both = fitParameters([domain("p")], [rule(first, 0.9), rule(second, 0.7)]);
        expect(both.values.get("p")).toBe(Math.max(...alone));
      }),
    );
  });

  it("tightens several parameters until none can be tightened alone, and by equal shares first", () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 80, maxLength: 80 }),
        rates,
        (a, b, rate) => {
          const rule = target(
            ["p", "q"],
            rate,
            a.length,
            (sample, p, q) => a[sample]! <= p && b[sample]! >= q,
          );
          const parameters = [
            domain("p", { lower: 0, upper: 40, whole: true }),
            domain("q", { direction: -1, lower: 0, upper: 40, whole: true }),
          ];
          const { faults, values } = fitParameters(parameters, [rule]);
          expect(faults).toEqual([]);
          const [p, q] = [values.get("p")!, values.get("q")!];
          const reached = (one: number, other: number): boolean =>
            a.filter((each, sample) => each <= one && b[sample]! >= other).length / a.length >= rate;
          expect(reached(p, q)).toBe(true);
          expect(p > 0 && reached(p - 1, q)).toBe(false);
          expect(q < 40 && reached(p, q + 1)).toBe(false);
          const shared = Array.from({ length: 41 }, (_, k) => k).find((k) => reached(k, 40 - k))!;
          expect(p <= shared && q >= 40 - shared).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("looks from the tight end where a parameter moves the condition", () => {
    // Asked of values above p alone: below 1, 8 of 10 hold; from 1 to 8, 2 of 4; from 8 on, 2 of 2.
    const values = [1, 1, 1, 1, 1, 1, 8, 8, 9, 9];
    const rule = (rate: number): RuleTarget =>
      target(
        ["p"],
        rate,
        values.length,
        (sample, p) => (values[sample]! > p ? sample !== 6 && sample !== 7 : undefined),
        { moving: ["p"] },
      );
    const fitted = (rate: number) =>
      fitParameters([domain("p", { upper: 8.5 })], [rule(rate)]).values.get("p");
    expect([fitted(0.75), fitted(0.85)]).toEqual([0, 8]);
  });

  it("says which rule misses its rate, and by how much, where all is loosest", () => {
    const rule = target(["p"], 0.9, 10, (sample, p) => sample <= p);
    expect(fitParameters([domain("p", { upper: 4 })], [rule]).faults).toEqual([
      { kind: "unreached", rule, rate: 0.5, judged: 10 },
    ]);
    const both = target(["p", "q"], 0.9, 10, (sample, p, q) => sample <= p + q);
    const limits = [domain("p", { upper: 4 }), domain("q", { upper: 2 })];
    expect(fitParameters(limits, [both]).faults).toEqual([
      { kind: "unreached", rule: both, rate: 0.7, judged: 10 },
    ]);
  });

  it("refuses where nothing is judged, or no end is known", () => {
    const open = target(["p"], 0.9, 10, () => undefined);
    expect(fitParameters([domain("p")], [open]).faults).toEqual([{ kind: "unjudged", rule: open, open: 10 }]);
    const endless = domain("p", { lower: -Infinity, upper: Infinity });
    const whatever = target(["p"], 0.9, 10, () => true);
    expect(fitParameters([endless], [whatever]).faults).toEqual([{ kind: "unbounded", parameter: endless }]);
    const pair = target(["p", "q"], 0.9, 10, (sample, p, q) => sample <= p + q);
    expect(fitParameters([domain("q"), endless], [pair]).faults).toEqual([
      { kind: "unbounded", parameter: endless },
    ]);
  });
});

describe("groupsOf", () => {
  it("keeps together what a rule or a parameter joins", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => domain(name)) as [
      ParameterDomain,
      ParameterDomain,
      ParameterDomain,
      ParameterDomain,
    ];
    const rule = (...names: string[]): RuleTarget => target(names, 0.9, 1, () => true);
    const [ad, c1, dx] = [rule("a", "d"), rule("c"), rule("d")];
    expect(groupsOf([a, b, c, d], [c1, dx, ad])).toEqual([
      { parameters: [a, d], rules: [dx, ad] },
      { parameters: [b], rules: [] },
      { parameters: [c], rules: [c1] },
    ]);
  });
});

describe("termsOf", () => {
  it("names the value of each parameter", () => {
    const terms = termsOf([domain("p"), domain("q")], new Map([["p", 3], ["q", 4]])); // prettier-ignore
    expect([numberOf(terms, "p"), numberOf(terms, "q")]).toEqual([3, 4]);
  });
});
