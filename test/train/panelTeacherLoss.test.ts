/** The way from a head output to the distance to the teacher and back. */
import { describe, expect, it } from "vitest";
import { random } from "../../src/series/random.ts";
import { bindSpec, createPanelTeacher, parseSpec } from "../../src/stl/index.ts";
import { decodeOutput } from "../../src/train/decodeOutput.ts";
import {
  clockOfTrace,
  createForecastTrace,
  writeForecast,
  writeHistory,
} from "../../src/train/ForecastTrace.ts";
import { createPanelTeacherLoss } from "../../src/train/panelTeacherLoss.ts";
import { STEP_MS, wavyData } from "./smallData.ts";

const data = wavyData(120, 12);
const rulesOf = (text: string) =>
  bindSpec(parseSpec(`sampling 15min; ${text}`).spec, {
    sensors: data.plan.sensors,
    channels: [
      { name: "flow", unit: "1" },
      { name: "temperature", unit: "1" },
    ],
    stepMs: STEP_MS,
    zone: "UTC",
  }).rules;
/** Boxes, a ramp from the last reading on, and planes over channels and over sensors. */
const rules = rulesOf(`
  signal flow : real missing hold 5 samples;
  signal temperature : real missing hold 5 samples;
  require ramp: forall s in sensors: always[15min, 45min] abs(delta(flow[s])) <= 9;
  require both: forall s in sensors: always[15min, 45min] flow[s] + 2 * temperature[s] <= 40;
  require mean: always[15min, 30min] mean(s in sensors: flow[s]) >= 16;
`);
const margins = [0.5, 1, 0.25];
const scale = [3, 2];
const WIDTH = 6;
const outputsOf = (origins: number, seed: number): Float32Array => {
  const source = random(seed);
  // Multiples of 2^-6 and steps of 2^-10 are exact in float32, so nothing is rounded on the way in.
  return Float32Array.from({ length: origins * 3 * WIDTH }, () => Math.round(32 * source.normal()) / 64);
};

describe("createPanelTeacherLoss", () => {
  const loss = createPanelTeacherLoss(data, rules, margins, scale);

  it.each([
    [3, 1],
    [4, 3],
  ])("has the gradient of the distance with the teacher held: %i origins, stride %i", (origins, stride) => {
    const first = 40;
    const outputs = outputsOf(origins, 3);
    const judged = Math.ceil(origins / stride);
    const trace = createForecastTrace(data, rules);
    const teacher = createPanelTeacher(rules, { margins, scale });
    const values = new Float64Array(WIDTH);
    /** The forecasts of an origin in the trace. */
    const traced = (given: Float32Array, block: number): Float64Array => {
      writeHistory(trace, data, first + block, data.held);
      for (let sensor = 0; sensor < 3; sensor++) {
        decodeOutput(data, given, block * 3 + sensor, sensor, first + block, values);
        writeForecast(trace, data, sensor, values);
      }
      return trace.values.slice();
    };
    const blocks = Array.from({ length: judged }, (_, k) => k * stride);
    const held = blocks.map((block) => {
      const nearest = new Float64Array(trace.values.length);
      const given = {
        values: traced(outputs, block),
        steps: trace.steps,
        clock: clockOfTrace(trace, data.readings.clock, first + block),
      };
      expect(teacher.teach(given, trace.historySteps, nearest).leftOut).toEqual([]);
      return nearest;
    });
    /** Mean over origins, sensors and outputs, by its definition, against teachers that stay. */
    const at = (given: Float32Array): number =>
      blocks.reduce(
        (sum, block, k) =>
          sum +
          traced(given, block).reduce((part, value, place) => {
            const away = value - held[k]![place]!;
            return part + (Number.isNaN(away) ? 0 : (away / scale[place < 3 * trace.steps ? 0 : 1]!) ** 2);
          }, 0) /
            (3 * WIDTH),
        0,
      ) / judged;
    const result = loss(outputs, first, origins, stride);
    expect(result).toMatchObject({ windows: judged, untaught: 0 });
    expect(result.loss).toBeCloseTo(at(outputs), 9);
    const largest = Math.max(...result.gradient.map(Math.abs));
    expect(largest).toBeGreaterThan(0.01);
    const step = 2 ** -10;
    for (let k = 0; k < outputs.length; k++) {
      const by = (change: number): Float32Array => outputs.with(k, outputs[k]! + change);
      const held = (at(by(step)) - at(by(-step))) / (2 * step);
      expect(Math.abs(held - result.gradient[k]!)).toBeLessThan(1e-5 * largest);
      // As the teacher is the nearest, that it moves changes nothing.
      const moving =
        (loss(by(step), first, origins, stride).loss - loss(by(-step), first, origins, stride).loss) /
        (2 * step);
      expect(Math.abs(moving - result.gradient[k]!)).toBeLessThan(2e-3 * largest);
    }
  });

  it("binds the median alone", () => {
    const medians = outputsOf(4, 4);
    const wide = Float32Array.from({ length: 4 * 3 * 3 * WIDTH }, (_, k) => Math.sin(k));
    for (let row = 0; row < 12; row++)
      wide.set(medians.subarray(row * WIDTH, (row + 1) * WIDTH), row * 3 * WIDTH);
    const alone = loss(medians, 40, 4, 2);
    const result = loss(wide, 40, 4, 2);
    expect(result.loss).toBe(alone.loss);
    for (let row = 0; row < 12; row++) {
      const own = Array.from(result.gradient.subarray(row * 3 * WIDTH, (row + 1) * 3 * WIDTH));
      expect(own.slice(0, WIDTH)).toEqual(
        Array.from(alone.gradient.subarray(row * WIDTH, (row + 1) * WIDTH)),
      );
      expect(own.slice(WIDTH).every((slope) => slope === 0)).toBe(true);
    }
  });

  it("counts the origins for which it left out a rule, and teaches the others there", () => {
    const broken = rulesOf(
      "require past: forall s in sensors: flow[s] <= -1000; require low: forall s in sensors: next flow[s] <= 0;",
    );
    const result = createPanelTeacherLoss(data, broken, [1, 1], scale)(outputsOf(5, 5), 40, 5, 2);
    expect(result).toMatchObject({ windows: 3, untaught: 3 });
    expect(result.loss).toBeGreaterThan(0);
  });

  it("is 0 and pulls nowhere where the rules are kept", () => {
    const easy = rulesOf("require high: forall s in sensors: always[15min, 45min] flow[s] >= -1000;");
    const result = createPanelTeacherLoss(data, easy, [1], scale)(outputsOf(3, 6), 40, 3, 1);
    expect(result).toMatchObject({ loss: 0, windows: 3, untaught: 0 });
    expect(result.gradient.every((slope) => slope === 0)).toBe(true);
  });
});
