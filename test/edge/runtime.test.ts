import { describe, expect, it } from "vitest";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { dequantise } from "../../src/edge/DeviceForecast.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { createRuntime } from "../../src/edge/runtime.ts";
import { baselineForecast } from "../../src/series/baseline.ts";
import { computeFeatures, type Readings } from "../../src/series/features.ts";
import {
  fixtureMetadata,
  fixtureModel,
  fixturePlan,
  fixtureReadings,
  limitRule,
  rampRule,
  unrolled,
} from "./fixture.ts";
import { floatForecast } from "./references.ts";

const plan = fixturePlan();
const model = fixtureModel(plan);
const rules = [
  { unrolled: limitRule(plan, 0, 35, 70), text: "limit", enforced: true },
  { unrolled: rampRule(plan, 0, 25), text: "ramp", enforced: true },
  {
    unrolled: unrolled("dusk", {
      any: [
        { clock: { field: "minuteOfDay", step: 4, lower: 0, upper: 400 } },
        { leaf: [[-1, 1, 0, 4]], constant: 40 },
      ],
    }),
    text: "dusk",
    enforced: false,
  },
];
const runtimeOf = (compiled: typeof model) =>
  createRuntime(
    openArtefact(compileArtefact({ model: compiled, features: plan, rules, metadata: fixtureMetadata })),
  );
const runtime = runtimeOf(model);
const stacked = fixtureModel(plan, { layers: 2 });
const steps = 90;
const readings = fixtureReadings(plan, steps, 3);

/** The steps from..to - 1 of some readings; the clock keeps its steps past the end. */
const cut = (whole: Readings, from: number, to: number): Readings => {
  const rows = whole.values.length / whole.steps;
  const values = new Float64Array(rows * (to - from));
  for (let row = 0; row < rows; row++) {
    values.set(whole.values.subarray(row * whole.steps + from, row * whole.steps + to), row * (to - from));
  }
  const { minuteOfDay, weekday, dayNumber } = whole.clock;
  const end = to + plan.horizonSteps;
  const clock = {
    minuteOfDay: minuteOfDay.slice(from, end),
    weekday: weekday.slice(from, end),
    dayNumber: dayNumber.slice(from, end),
  };
  return { values, steps: to - from, clock };
};

describe("runtime", () => {
  it.each([-1, 1])("refuses readings of %i sensors more than it was made for, and names its own", (more) => {
    const values = new Float64Array((plan.sensors.length + more) * 2 * steps);
    const [expected, given] = [readings.values.length, values.length];
    expect(given).not.toBe(expected);
    expect(() => runtime.forecast({ ...readings, values })).toThrow(
      expect.objectContaining({
        problem: "other-readings",
        message: expect.stringMatching(new RegExp(`^${given} .*${plan.sensors[0]!}.*makes ${expected};`)),
      }) as Error,
    );
  });

  it.each([
    ["one cell", runtime],
    ["two", runtimeOf(stacked)],
  ])("gives the same forecast for a span, for the whole past and for the shortest window: %s", (_, made) => {
    let visited = 0;
    made.forecastSpan(readings, made.contextSteps - 1, steps, (forecast, origin) => {
      visited++;
      const window = made.forecast(cut(readings, origin + 1 - made.contextSteps, origin + 1));
      expect(window.raw).toEqual(forecast.raw);
      expect(window.shielded).toEqual(forecast.shielded);
      expect(window.rules).toEqual(forecast.rules);
    });
    expect(visited).toBe(steps - made.contextSteps + 1);
  });

  it("does not look past the origin", () => {
    const later = {
      ...readings,
      values: readings.values.map((value, index) => (index % steps > 50 ? value + 9 : value)),
    };
    const collect = (from: Readings): Int32Array[] => {
      const list: Int32Array[] = [];
      runtime.forecastSpan(from, 40, 51, (forecast) => list.push(forecast.shielded));
      return list;
    };
    expect(collect(later)).toEqual(collect(readings));
  });

  it.each([
    ["one cell", model],
    ["two", stacked],
  ])("follows the float model through the whole front end: %s", (_, followed) => {
    const outputs = plan.horizonSteps;
    const differences: number[] = [];
    runtimeOf(followed).forecastSpan(readings, 60, 75, ({ raw }, origin) => {
      const features = computeFeatures(plan, readings, origin - plan.windowSteps + 1, origin + 1);
      const baselines = baselineForecast(plan, readings, origin);
      for (let sensor = 0; sensor < plan.sensors.length; sensor++) {
        const size = plan.windowSteps * followed.inputs;
        const own = [0, 1].flatMap((target) => [
          ...baselines.subarray((target * 3 + sensor) * outputs, (target * 3 + sensor + 1) * outputs),
        ]);
        const expected = floatForecast(
          followed,
          features.subarray(sensor * size, (sensor + 1) * size),
          own,
        ).quanta;
        expected.forEach((value, index) => {
          const target = Math.floor(index / outputs);
          differences.push(Math.abs(value - raw[(target * 3 + sensor) * outputs + (index % outputs)]!));
        });
      }
    });
    differences.sort((a, b) => a - b);
    expect(differences[differences.length >> 1]!).toBeLessThan(1);
    expect(differences.at(-1)!).toBeLessThan(12);
  });

  it("shields: the enforced rules hold wherever they can be judged, goals are only watched", () => {
    const flags = new Map<string, number>();
    runtime.forecastSpan(readings, runtime.contextSteps - 1, steps, (forecast) => {
      for (const rule of forecast.rules) {
        const key = `${rule.name} ${rule.flag}`;
        flags.set(key, (flags.get(key) ?? 0) + 1);
        if (!rule.enforced) expect(rule.flag).not.toBe("restored");
      }
      const speeds = forecast.physical(forecast.shielded).subarray(0, 12);
      if (forecast.rules[0]!.flag !== "failed") {
        expect(Math.min(...speeds)).toBeGreaterThanOrEqual(35);
        expect(Math.max(...speeds)).toBeLessThanOrEqual(70);
      }
    });
    expect(flags.get("limit restored")).toBeGreaterThan(5);
    expect(flags.get("ramp unjudged")).toBeGreaterThan(0);
    expect(flags.get("dusk failed")).toBeGreaterThan(0);
  });

  it("gives the quantiles of its heads: near those of the float model, never crossing, around each median", () => {
    const levels = [0.1, 0.25, 0.75, 0.9];
    const wide = fixtureModel(plan, { quantiles: levels });
    const withHeads = createRuntime(
      openArtefact(compileArtefact({ model: wide, features: plan, rules, metadata: fixtureMetadata })),
    );
    expect([runtime.quantiles, withHeads.quantiles]).toEqual([[], levels]);
    const outputs = plan.horizonSteps;
    const size = plan.windowSteps * wide.inputs;
    const differences: number[] = [];
    let moved = 0;
    let widened = 0;
    withHeads.forecastSpan(readings, 40, steps, ({ quantiles, raw, shielded }, origin) => {
      expect(quantiles.map(({ level }) => level)).toEqual(levels);
      for (const [kind, median] of [
        ["raw", raw],
        ["shielded", shielded],
      ] as const) {
        median.forEach((value, cell) => {
          const own = [quantiles[0]!, quantiles[1]!].map((quantile) => quantile[kind][cell]!);
          own.push(value, quantiles[2]![kind][cell]!, quantiles[3]![kind][cell]!);
          expect(own).toEqual([...own].sort((a, b) => a - b));
        });
      }
      raw.forEach((value, cell) => {
        if (value !== shielded[cell]) moved++;
        quantiles.forEach((quantile, k) => {
          if (quantile.raw[cell] === quantile.shielded[cell]) return;
          widened++;
          // A quantile changes only where one of the two medians holds it.
          expect([value, shielded[cell]]).toContain(
            k < 2 === shielded[cell]! < value ? quantile.shielded[cell] : quantile.raw[cell],
          );
        });
      });
      const features = computeFeatures(plan, readings, origin - plan.windowSteps + 1, origin + 1);
      const baselines = baselineForecast(plan, readings, origin);
      for (let sensor = 0; sensor < 3; sensor++) {
        const own = [0, 1].flatMap((target) => [
          ...baselines.subarray((target * 3 + sensor) * outputs, (target * 3 + sensor + 1) * outputs),
        ]);
        const window = features.subarray(sensor * size, (sensor + 1) * size);
        const expected = floatForecast(wide, window, own).quanta;
        for (let cell = 0; cell < 2 * outputs; cell++) {
          const median = expected[cell]!;
          const sorted = levels
            .map((_, k) => expected[(1 + k) * 2 * outputs + cell]!)
            .sort((a, b) => a - b)
            .map((value, k) => (levels[k]! < 0.5 ? Math.min(value, median) : Math.max(value, median)));
          const at = (Math.floor(cell / outputs) * 3 + sensor) * outputs + (cell % outputs);
          sorted.forEach((value, k) => differences.push(Math.abs(value - quantiles[k]!.raw[at]!)));
        }
      }
    });
    expect(moved).toBeGreaterThan(20);
    expect(widened).toBeGreaterThan(20);
    differences.sort((a, b) => a - b);
    expect(differences[differences.length >> 1]!).toBeLessThan(1);
    expect(differences.at(-1)!).toBeLessThan(12);
  });

  it("refuses a window that is too short, for the features or for the clock", () => {
    expect(() => runtime.forecast(cut(readings, 0, runtime.contextSteps - 1))).toThrow(/each needs 11 steps/);
    const short = cut(readings, 0, 40);
    const clock = { ...short.clock, minuteOfDay: short.clock.minuteOfDay.slice(0, 43) };
    expect(() => runtime.forecast({ ...short, clock })).toThrow(
      /clock 4 steps past the origin.*give it 44 steps/,
    );
  });

  it("gives decimals as their texts would", () => {
    const values = dequantise(Int32Array.of(473, 3, 7), [{ ...model.targets[0]!, quantum: 0.1 }]);
    expect([...values]).toEqual([47.3, 0.3, 0.7]);
    expect([...dequantise(Int32Array.of(3), [{ ...model.targets[0]!, quantum: 2.5 }])]).toEqual([7.5]);
  });
});
