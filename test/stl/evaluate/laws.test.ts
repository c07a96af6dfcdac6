import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bindSpec,
  panelRobustness,
  parseFormula,
  parseSpec,
  robustness,
  satisfaction,
} from "../../../src/stl/index.ts";
import { formulasOver, plainFormulas, plainTraces } from "../randomFormulas.ts";

type Signals = Record<"x" | "y" | "z", Float64Array>;

const mapped = (signals: Signals, change: (value: number, k: number, name: string) => number): Signals => ({
  x: signals.x.map((value, k) => change(value, k, "x")),
  y: signals.y.map((value, k) => change(value, k, "y")),
  z: signals.z.map((value, k) => change(value, k, "z")),
});

/** Formulas that look neither back nor ahead without end, so that a shift of the trace shifts the result. */
const bounded = plainFormulas.filter(
  (text) =>
    !/(always|eventually|historically|once|until|release|since|triggers|unless)(?!\[)|inf\]/.test(text),
);

describe("laws of robustness", () => {
  it("a trace that is shifted by k samples has the robustness shifted by k, away from its ends", () => {
    fc.assert(
      fc.property(
        bounded,
        plainTraces(60, "quarters"),
        fc.integer({ min: 1, max: 5 }),
        (text, signals, k) => {
          const formula = parseFormula(text);
          const whole = robustness(formula, { signals });
          const cut = { x: signals.x.slice(k), y: signals.y.slice(k), z: signals.z.slice(k) };
          const shifted = robustness(formula, { signals: cut });
          // Depth and windows of the generator reach less than 25 samples.
          for (let t = 25; t < 30; t++) expect([text, t, shifted[t - k]]).toEqual([text, t, whole[t]]);
        },
      ),
      { seed: 31, numRuns: 200 },
    );
  });

  it("raising what a formula wants high never lowers it: negations turn the wish round", () => {
    const rising = formulasOver([">", ">="]).filter(
      (text) => !/not|implies|iff|xor|fall|rise|abs|-/.test(text),
    );
    fc.assert(
      fc.property(rising, plainTraces(10, "quarters"), fc.nat(40), (text, signals, seed) => {
        const raised = mapped(
          signals,
          (value, k, name) => value + ((seed + k * 7 + name.charCodeAt(0)) % 5) / 4,
        );
        const low = robustness(parseFormula(text), { signals });
        const high = robustness(parseFormula(text), { signals: raised });
        const turned = robustness(parseFormula(`not (${text})`), { signals: raised });
        low.forEach((value, t) => {
          expect([text, t, (high[t] as number) >= value]).toEqual([text, t, true]);
          expect([text, t, (turned[t] as number) <= -value]).toEqual([text, t, true]);
        });
      }),
      { seed: 33, numRuns: 200 },
    );
  });

  it("scaling all signals and thresholds scales the robustness and leaves the truth", () => {
    fc.assert(
      fc.property(
        plainFormulas,
        plainTraces(9, "quarters"),
        fc.constantFrom(2, 8, 0.5),
        (text, signals, factor) => {
          // Thresholds alone stand right of a relation; factors and bounds are left as they are.
          const scaled = text.replace(
            /(<=?|>=?|==|!=) \(?(-?)([\d.]+)/g,
            (whole, relation: string, sign: string, number: string) =>
              whole
                .replace(`${sign}${number}`, `${sign}${Number(number) * factor}`)
                .replace(/^\S+/, relation),
          );
          const own = { signals };
          const other = { signals: mapped(signals, (value) => value * factor) };
          const expected = robustness(parseFormula(text), own).map((value) => value * factor);
          expect([text, ...robustness(parseFormula(scaled), other)]).toEqual([text, ...expected]);
          expect([text, ...satisfaction(parseFormula(scaled), other)]).toEqual([
            text,
            ...satisfaction(parseFormula(text), own),
          ]);
        },
      ),
      { seed: 35, numRuns: 200 },
    );
  });

  it("a signal that no formula reads changes nothing", () => {
    fc.assert(
      fc.property(plainFormulas, plainTraces(7, "gaps"), (text, signals) => {
        const more = { ...signals, w: new Float64Array(7).fill(Infinity), a: new Float64Array(7).fill(NaN) };
        expect(robustness(parseFormula(text), { signals: more })).toEqual(
          robustness(parseFormula(text), { signals }),
        );
      }),
      { seed: 37, numRuns: 100 },
    );
  });

  it("a sub-formula may be given a name, once or wherever it stands", () => {
    const site = {
      sensors: ["a"],
      channels: ["x", "y", "z"].map((name) => ({ name, unit: "1" })),
      stepMs: 1000,
      zone: "UTC",
    };
    fc.assert(
      fc.property(plainFormulas, plainFormulas, plainTraces(12, "quarters"), (p, q, signals) => {
        // The bounds of the generator are samples.
        const inSamples = (text: string): string =>
          text.replace(/\[(\d+), (\d+|inf)\]/g, (_, a: string, b: string) =>
            b === "inf" ? `[${a} samples, inf]` : `[${a} samples, ${b} samples]`,
          );
        const outer = (inner: string): string =>
          `always[0 samples, 2 samples] (${inner} or ${inSamples(q)}) and not ${inner}`;
        // A rule that no reading can keep is refused, however it is written.
        const judge = (text: string): Float64Array | string => {
          const { rules } = bindSpec(parseSpec(text).spec, site);
          const values = Float64Array.from([...signals.x, ...signals.y, ...signals.z]);
          return rules[0] === undefined ? "refused" : panelRobustness(rules[0], { values, steps: 12 }).lower;
        };
        const inlined = judge(`require r: ${outer(`(${inSamples(p)})`)};`);
        expect(judge(`let p = ${inSamples(p)}; require r: ${outer("p")};`)).toEqual(inlined);
      }),
      { seed: 39, numRuns: 100 },
    );
  });
});
