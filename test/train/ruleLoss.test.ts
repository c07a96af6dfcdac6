/** The way from a head output to a rule's robustness and back, with rules given as plain functions of the trace. */
import { describe, expect, it, vi } from "vitest";
import { random } from "../../src/series/random.ts";
import type { BoundRule, SmoothOptions } from "../../src/stl/index.ts";
import { heldShare, judgeForecasts } from "../../src/train/judgeForecasts.ts";
import { createRuleLoss } from "../../src/train/ruleLoss.ts";
import { bound, type PlainRule } from "./plainRules.ts";
import { dataOf, panelOf, wavyData } from "./smallData.ts";

vi.mock("../../src/stl/index.ts", () => import("./plainRules.ts"));

const settings = { margin: 1, temperature: 6 };

describe("createRuleLoss", () => {
  const data = wavyData(120, 12);
  const historySteps = 2;
  const steps = historySteps + 1 + 3;
  // Trace rows: flow of sensors 0, 1, 2, temperature of sensors 0, 1, 2.
  const flow = 1 * steps + historySteps + 2;
  const temperature = 5 * steps + historySteps + 3;
  const before = 1 * steps;
  const product: PlainRule = {
    historySteps,
    weight: 2,
    scale: 50,
    value: (values) => 20 - 0.3 * values[flow]! * values[temperature]! - values[before]!,
    slope: (values, _, gradient) => {
      gradient[flow]! += -0.3 * values[temperature]!;
      gradient[temperature]! += -0.3 * values[flow]!;
      gradient[before]! += -1;
    },
  };
  const ramp: PlainRule = {
    historySteps: 1,
    weight: 0.5,
    scale: 0.4,
    value: (values, origin) => values[origin]! - values[origin + 1]!,
    slope: (_, origin, gradient) => {
      gradient[origin]! += 1;
      gradient[origin + 1]! += -1;
    },
  };

  it.each([
    [6, 1],
    [6, 2],
    [5, 2],
    [4, 9],
  ])(
    "has the gradient that central differences of the outputs give: %i origins, stride %i",
    (origins, stride) => {
      const loss = createRuleLoss(data, [product, ramp].map(bound));
      const source = random(13);
      // Multiples of 2^-6 and steps of 2^-10 are exact in float32, so nothing is rounded on the way in.
      const outputs = Float32Array.from(
        { length: origins * 18 },
        () => Math.round(32 * source.normal()) / 64,
      );
      const step = 2 ** -10;
      const at = (given: Float32Array): number => loss(given, 40, origins, stride, settings).loss;
      const { gradient } = loss(outputs, 40, origins, stride, settings);
      const largest = Math.max(...gradient.map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      for (let k = 0; k < outputs.length; k++) {
        const difference =
          (at(outputs.with(k, outputs[k]! + step)) - at(outputs.with(k, outputs[k]! - step))) / (2 * step);
        // Truncation: step^2 / 6 of the slope; the gradient is stored in float32.
        expect(Math.abs(difference - gradient[k]!)).toBeLessThan(2e-6 * largest);
        // Origins that are not judged pull nowhere.
        if (Math.floor(k / 18) % stride !== 0) expect(gradient[k]).toBe(0);
      }
    },
  );

  it("binds the median alone: outputs of quantile heads neither change it nor are pulled", () => {
    const loss = createRuleLoss(data, [product, ramp].map(bound));
    const source = random(14);
    const rows = 4 * 3;
    const medians = Float32Array.from({ length: rows * 6 }, () => source.normal());
    const wide = Float32Array.from({ length: rows * 18 }, () => source.normal());
    for (let row = 0; row < rows; row++) wide.set(medians.subarray(row * 6, row * 6 + 6), row * 18);
    const alone = loss(medians, 40, 4, 2, settings);
    const result = loss(wide, 40, 4, 2, settings);
    expect(result.loss).toBe(alone.loss);
    for (let row = 0; row < rows; row++) {
      const own = Array.from(result.gradient.subarray(row * 18, row * 18 + 18));
      expect(own.slice(0, 6)).toEqual(Array.from(alone.gradient.subarray(row * 6, row * 6 + 6)));
      expect(own.slice(6).every((slope) => slope === 0)).toBe(true);
    }
  });

  it("is the mean over judged origins of weight x shortfall, in units of the rule's scale", () => {
    const constant = (value: number, weight: number, scale: number): BoundRule =>
      bound({ historySteps: 0, weight, scale, value: () => value });
    const loss = createRuleLoss(data, [
      constant(-3, 2, 10),
      constant(5, 4, 10),
      constant(10, 1, 10),
      constant(30, 7, 10),
    ]);
    // Shortfalls 1.3, 0.5, 0 (just kept), 0 at each of three origins.
    const result = loss(new Float32Array(5 * 18), 40, 5, 2, settings);
    expect(result.loss).toBeCloseTo(2 * 1.3 + 4 * 0.5, 12);
  });

  it("is 0 and pulls nowhere where every rule holds with its margin, or reads nothing", () => {
    const kept: PlainRule = { ...product, value: () => 1e6 };
    const silent: PlainRule = { ...product, value: () => Infinity };
    const { gradient, loss } = createRuleLoss(data, [kept, silent].map(bound))(
      new Float32Array(6 * 18),
      40,
      6,
      1,
      settings,
    );
    expect(loss).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  it("asks for the sound robustness, its temperature in units of the rule's scale", () => {
    const asked: (SmoothOptions | undefined)[] = [];
    const noting: PlainRule = {
      ...product,
      value: (_values, _origin, _clock, options) => {
        asked.push(options);
        return -1;
      },
    };
    createRuleLoss(data, [noting].map(bound))(new Float32Array(18), 40, 1, 1, settings);
    expect(new Set(asked.map((options) => JSON.stringify(options)))).toEqual(
      new Set([JSON.stringify({ method: "sound", temperature: 6 / 50 })]),
    );
  });

  it("reads history held over gaps, so that a gap does not silence a rule", () => {
    const missing = Number.NaN;
    const gappy = dataOf(panelOf([[[3, missing, 5, missing, missing, 8]]], ["flow"]), {
      targets: ["flow"],
      horizonSteps: 1,
      trainSteps: 6,
    });
    const seen: number[][] = [];
    const look: PlainRule = {
      historySteps: 2,
      weight: 1,
      scale: 1,
      value: (values, origin) => {
        seen.push([...values.subarray(0, origin + 1)]);
        return 9;
      },
    };
    createRuleLoss(gappy, [bound(look)])(new Float32Array(2), 3, 2, 1, settings);
    expect(seen).toEqual([
      [3, 5, 5],
      [5, 5, 5],
    ]);
  });

  it("without rules is 0", () => {
    expect(createRuleLoss(data, [])(new Float32Array(18), 40, 1, 1, settings).loss).toBe(0);
  });
});

describe("judgeForecasts", () => {
  const missing = Number.NaN;
  const data = dataOf(
    panelOf(
      [
        [
          [1, 2, missing, 4, 5, 6],
          [11, 12, 13, 14, 15, 16],
        ],
      ],
      ["flow"],
    ),
    { targets: ["flow"], horizonSteps: 2, trainSteps: 6 },
  );

  it("judges each rule on the readings as observed and the forecast behind them", () => {
    const seen: number[][] = [];
    const clocks: number[][] = [];
    const look: PlainRule = {
      historySteps: 1,
      weight: 1,
      scale: 1,
      value: (values, origin, { minuteOfDay }) => {
        seen.push([origin, ...values]);
        clocks.push([...minuteOfDay]);
        return 1;
      },
    };
    const forecasts = (index: number, sensor: number): number[] => [100 * index + 10 * sensor, 7];
    judgeForecasts(data, [bound(look)], Int32Array.of(2, 3), forecasts);
    expect(seen).toEqual([
      [1, 2, missing, 0, 7, 12, 13, 10, 7],
      [1, missing, 4, 100, 7, 13, 14, 110, 7],
    ]);
    // 01:00 local time is the first step, of 15 min.
    expect(clocks).toEqual([
      [75, 90, 105, 120],
      [90, 105, 120, 135],
    ]);
  });

  it("tells held, broken and unknown apart, a robustness of exactly 0 held", () => {
    const scripted = (values: readonly number[], width: number): BoundRule => {
      let next = 0;
      return bound({ historySteps: 0, weight: 1, scale: 1, width, value: () => values[next++]! });
    };
    const [sure, unsure] = judgeForecasts(
      data,
      [scripted([0, -1e-12, 5], 0), scripted([-1, -1, 0.5], 1)],
      Int32Array.of(1, 2, 3),
      () => [0, 0],
    );
    expect(sure).toEqual({ held: 2, broken: 1, unknown: 0, margins: Float64Array.of(0, -1e-12, 5) });
    // From -1 to 0 it may hold; from 0.5 on it does.
    expect(unsure).toEqual({
      held: 1,
      broken: 0,
      unknown: 2,
      margins: Float64Array.of(Number.NaN, Number.NaN, 0.5),
    });
  });

  it("without a rule, without an origin, has nothing to say", () => {
    expect(judgeForecasts(data, [], Int32Array.of(1), () => [0, 0])).toEqual([]);
    expect(heldShare({ held: 0, broken: 0 })).toBeNaN();
    expect(heldShare({ held: 3, broken: 1 })).toBe(0.75);
  });
});
