/** The teacher against the exact projection: the distances that both find, and what the exact evaluator says. */
import { describe, expect, it } from "vitest";
import { tasks } from "../../../experiments/stlnet/tasks.ts";
import { random } from "../../../src/series/random.ts";
import { createTraceTeacher, parseFormula, project, robustness } from "../../../src/stl/index.ts";

interface Case {
  readonly rule: string;
  readonly steps: number;
  readonly fixed: number;
  readonly spread: number;
  readonly margin: number;
}

const cases: readonly Case[] = [
  ...tasks.map(({ rule, scale, steps, teacherMargin: margin }) => ({
    rule,
    steps,
    fixed: 0,
    spread: 2 * scale[0]!,
    margin,
  })),
  // The nearest way to keep the part that is broken furthest leads away from the nearest trace.
  { rule: "(x > 1 or y > 1.2) and (x < -0.5 or z > 3)", steps: 1, fixed: 0, spread: 0.1, margin: 0.1 },
  { rule: "always[1, 9] abs(delta(x) over 1 samples) <= 1", steps: 10, fixed: 3, spread: 1, margin: 0.1 },
  { rule: "always (x > 1 implies eventually[0, 3] y > x)", steps: 8, fixed: 2, spread: 2, margin: 0.1 },
  { rule: "always[0, 5] (x + y <= 1 or x - 2 * y >= 0)", steps: 6, fixed: 1, spread: 2, margin: 0.2 },
  { rule: "(x > 0) until[1, 4] (y > 1 and x < 3)", steps: 6, fixed: 0, spread: 2, margin: 0.1 },
];

describe.each(cases)("$rule, $fixed samples fixed", ({ fixed, margin, rule, spread, steps }) => {
  const formula = parseFormula(rule);
  const teacher = createTraceTeacher(formula, steps, { margin, fixedSamples: fixed });
  const width = formula.signals.length * steps;
  const source = random(11);
  const signalsOf = (values: Float64Array): Record<string, Float64Array> =>
    Object.fromEntries(formula.signals.map((name, k) => [name, values.subarray(k * steps, (k + 1) * steps)]));

  it("teaches what project finds: as near, by the margin, fixed samples where they were", () => {
    let moved = 0;
    for (let run = 0; run < 25; run++) {
      const trace = Float64Array.from({ length: width }, () => spread * source.normal());
      const nearest = new Float64Array(width);
      const distance = teacher.teach(trace, nearest);
      const exact = project(formula, { signals: signalsOf(trace) }, { margin, fixedSamples: fixed });
      if (!exact.found) {
        expect(exact.reason).toBe("impossible");
        expect(distance).toBeNaN();
        expect(nearest).toEqual(trace);
        continue;
      }
      expect(exact.optimal).toBe(true);
      expect(Math.abs(Math.sqrt(distance) - exact.distance)).toBeLessThan(1e-5 * (margin + exact.distance));
      const apart = nearest.map((value, k) => value - trace[k]!);
      expect(Math.abs(Math.hypot(...apart) - exact.distance)).toBeLessThan(1e-5 * (margin + exact.distance));
      expect(robustness(formula, { signals: signalsOf(nearest) })[0]).toBeGreaterThan(margin * (1 - 1e-5));
      apart.forEach((move, k) => k % steps < fixed && expect(move).toBe(0));
      if (distance > 0) moved++;
    }
    expect(moved).toBeGreaterThan(3);
  });
});

describe("fixed samples", () => {
  it.each([
    ["x <= 1", 1, [1, 1.5]],
    ["x < 1", NaN, [1, 2]],
    ["x <= 0.9", NaN, [1, 2]],
  ])("need no margin, but have to hold: %s", (limit, distance, taught) => {
    const teacher = createTraceTeacher(parseFormula(`${limit} and always[1, 1] x <= 2`), 2, {
      margin: 0.5,
      fixedSamples: 1,
    });
    const nearest = new Float64Array(2);
    const given = Float64Array.of(1, Number.isNaN(distance) ? 2 : 2.5);
    expect(teacher.teach(given, nearest)).toBe(distance);
    expect([...nearest]).toEqual(taught);
  });
});

describe("the scale", () => {
  it("measures each signal in its own unit: a point nears a line along the cheaper one", () => {
    const teacher = createTraceTeacher(parseFormula("x + y >= 2"), 1, { margin: 1, scale: [1, 2] });
    const nearest = new Float64Array(2);
    // x + y = 3 from (0, 0), moves in proportion to the squared scales: (3, 12) / 5.
    expect(teacher.teach(new Float64Array(2), nearest)).toBeCloseTo(9 / 5, 6);
    expect(nearest[0]).toBeCloseTo(0.6, 6);
    expect(nearest[1]).toBeCloseTo(2.4, 6);
  });
});

describe("what cannot be", () => {
  it("is refused with every fault at once", () => {
    const options = { margin: 0, fixedSamples: -1, scale: [1] };
    expect(() => createTraceTeacher(parseFormula("x > y"), 3, options)).toThrow(
      "margin is 0: give a number above 0; fixedSamples is -1: give a whole number of samples, 0 or more; scale has 1 numbers: give one for each of x, y",
    );
  });

  it.each([
    ["a missing sample", "always x > 0", [1, NaN, -1]],
    ["a reading before the trace", "always delta(x) over 1 samples > 0", [1, 2, 3]],
    ["a contradiction", "always (x > 1 and x < 1)", [1, 2, 3]],
  ])("%s has no nearest trace", (_, rule, trace) => {
    const nearest = new Float64Array(3);
    const given = Float64Array.from(trace);
    expect(createTraceTeacher(parseFormula(rule), 3, { margin: 0.1 }).teach(given, nearest)).toBeNaN();
    expect(nearest).toEqual(given);
  });
});
