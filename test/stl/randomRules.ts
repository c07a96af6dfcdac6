import * as fc from "fast-check";
import type { BoundRule } from "../../src/stl/compile/BoundRule.ts";
import { bindSpec } from "../../src/stl/compile/bindSpec.ts";
import { parseSpec } from "../../src/stl/language/parseSpec.ts";
import type { PanelTrace, Site } from "../../src/stl/compile/Site.ts";

/** Four sensors in a row, each near its neighbours, and two channels. */
export const site: Site = {
  sensors: ["a", "b", "c", "d"],
  channels: [
    { name: "x", unit: "1" },
    { name: "y", unit: "1" },
  ],
  stepMs: 60_000,
  zone: "UTC",
  positions: [0, 0.01, 0.02, 0.03].map((longitude) => ({ latitude: 0, longitude })),
  tags: { odd: ["a", "c"] },
};

const header = `
signal x : real range [-9, 9] missing hold 2 samples;
signal y : real;
group odd = tag("odd");
`;

/** Rules that speak of sensors, groups, neighbours, the clock and the past; `bounded` looks not without end. */
export const ruleTexts = (bounded: boolean): fc.Arbitrary<string> => {
  const interval = fc
    .tuple(fc.nat(4), fc.nat(3), fc.boolean())
    .map(([a, width, open]) =>
      open && !bounded ? `[${a} samples, inf]` : `[${a} samples, ${a + width} samples]`,
    );
  const threshold = fc.integer({ min: -8, max: 8 });
  const relation = fc.constantFrom("<", "<=", ">", ">=", "==", "!=");
  const { sensorFormula } = fc.letrec<{ reading: string; expression: string; sensorFormula: string }>(
    (tie) => ({
      reading: fc.constantFrom("x[s]", "y[s]", "x[b]", "y[d]"),
      expression: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        tie("reading"),
        fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(${a} + ${b})`),
        fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(${a} - ${b})`),
        fc.tuple(tie("expression"), threshold).map(([a, c]) => `(${a} * ${c})`),
        tie("expression").map((a) => `abs(${a})`),
        fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `min(${a}, ${b})`),
        fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `max(${a}, ${b})`),
        tie("expression").map((a) => `delta(${a}) over 2 samples`),
        tie("expression").map((a) => `rollmean(${a}, 3 samples)`),
        fc
          .tuple(
            fc.constantFrom("mean", "min", "max", "sum"),
            fc.constantFrom("near(s, 1.2 km)", "odd", "sensors"),
          )
          .map(([operator, domain]) => `${operator}(n in ${domain}: x[n])`),
      ),
      sensorFormula: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.tuple(tie("expression"), relation, threshold).map(([a, r, c]) => `(${a} ${r} ${c})`),
        fc.tuple(tie("expression"), threshold).map(([a, c]) => `(${c - 4} < ${a} <= ${c})`),
        fc.constantFrom("(between(0h, 10min))", "(weekday() <= 1)", "(minute_of_day() != 7)"),
        tie("sensorFormula").map((p) => `not ${p}`),
        fc
          .tuple(
            tie("sensorFormula"),
            fc.constantFrom("and", "or", "implies", "iff", "xor"),
            tie("sensorFormula"),
          )
          .map(([p, o, q]) => `(${p} ${o} ${q})`),
        fc
          .tuple(
            fc.constantFrom("always", "eventually", "historically", "once"),
            interval,
            tie("sensorFormula"),
          )
          .map(([o, i, p]) => `${o}${i} ${p}`),
        fc
          .tuple(
            tie("sensorFormula"),
            fc.constantFrom("until", "release", "since", "triggers", "unless"),
            interval,
            tie("sensorFormula"),
          )
          .map(([p, o, i, q]) => `(${p} ${o}${i} ${q})`),
        fc
          .tuple(fc.constantFrom("next", "prev", "s_next", "s_prev"), tie("sensorFormula"))
          .map(([o, p]) => `${o} ${p}`),
        fc.tuple(fc.constantFrom("rise", "fall"), tie("sensorFormula")).map(([o, p]) => `${o}(${p})`),
        fc
          .tuple(
            fc.constantFrom("forall", "exists", "atleast 2", "atmost 1", "exactly 1", "atleast 60%"),
            fc.constantFrom("near(s, 1.2 km)", "odd", "near(s, 1.2 km) where n != s"),
            tie("sensorFormula"),
          )
          .map(([q, domain, p]) => `(${q} n in ${domain}: ${p.replaceAll("y[s]", "y[n]")})`),
      ),
    }),
  );
  return fc
    .tuple(fc.constantFrom("forall", "exists", "atleast 2", "atmost 2", "atleast 70%"), sensorFormula)
    .map(([quantifier, formula]) => `${quantifier} s in sensors: ${formula}`);
};

/** The rule of a text; throws with its problems where it has errors, and discards rules that nothing fulfils. */
export const bindRule = (text: string, where: Site = site, declarations = header): BoundRule => {
  const { spec, problems } = parseSpec(`${declarations} require rule: ${text};`);
  const bound = bindSpec(spec, where);
  const errors = [...problems, ...bound.problems].filter((problem) => problem.severity === "error");
  fc.pre(errors.every((problem) => problem.code !== "contradiction"));
  const [rule] = bound.rules;
  if (rule === undefined || errors.length > 0) throw new Error(`${text}\n${JSON.stringify(errors)}`);
  return rule;
};

/** Small whole readings, so that sums are exact and ties occur; `gaps` leaves some out. */
export const traces = (steps: number, gaps: boolean, where: Site = site): fc.Arbitrary<PanelTrace> => {
  const reading = fc.integer({ min: -9, max: 9 });
  const count = where.sensors.length * where.channels.length * steps;
  const value = gaps
    ? fc.oneof({ weight: 5, arbitrary: reading }, { weight: 1, arbitrary: fc.constant(NaN) })
    : reading;
  return fc.array(value, { minLength: count, maxLength: count }).map((values) => ({
    values: Float64Array.from(values),
    steps,
    clock: {
      minuteOfDay: Int16Array.from({ length: steps }, (_, k) => k),
      weekday: Int8Array.from({ length: steps }, (_, k) => 1 + (k % 3)),
      dayNumber: new Int32Array(steps),
    },
  }));
};
