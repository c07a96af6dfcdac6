import { arrangeQuantiles } from "../../src/series/arrangeQuantiles.ts";
import { describe, expect, it, vi } from "vitest";
import type { IntegerModel } from "../../src/edge/IntegerModel.ts";
import { createPlainEngine } from "../../src/edge/plainEngine.ts";
import { quantiseModel } from "../../src/edge/quantiseModel.ts";
import type { TernaryModel } from "../../src/edge/TernaryModel.ts";
import { createWasmModel, type WasmModel } from "../../src/edge/wasmModel.ts";
import { createWindowForecaster } from "../../src/edge/windowForecast.ts";
import { fixtureModel, fixturePlan } from "./fixture.ts";
import { modelOf, models, windowsOf } from "./hostileWindows.ts";

const made = (model: IntegerModel): WasmModel => {
  const wasm = createWasmModel(model);
  if (wasm === undefined)
    throw new Error("this engine has no vectors in WebAssembly, or the model is too wide");
  return wasm;
};

/** Quantiles around the median, which the reference does too and an engine does not. */
const arrange = ({ horizonSteps, quantiles, readouts }: IntegerModel, quanta: Int32Array): void => {
  const width = readouts.length * horizonSteps;
  for (let k = 0; k < width; k++) arrangeQuantiles(quanta, width + k, width, quantiles, quanta[k]!);
};

/** Both ways through a window against the reference; a matcher only where they differ, because 10,000 take minutes. */
const compare = (name: string, model: IntegerModel, windows: ReturnType<typeof windowsOf>): void => {
  const wasm = made(model);
  const forecast = createWindowForecaster(model);
  const stepped = new Int32Array(model.head.skip.rows);
  const walked = new Int32Array(model.head.skip.rows);
  windows.forEach(({ baselines, features, steps }, index) => {
    const { quanta, state } = forecast(features, baselines);
    wasm.reset();
    for (let step = 0; step < steps; step++) {
      wasm.step(features.subarray(step * model.inputs, (step + 1) * model.inputs));
    }
    wasm.read(baselines, stepped);
    const states = wasm.states();
    const span = wasm.project(features, steps);
    span.forecast(0, steps, baselines, walked);
    span.release();
    const after = wasm.states();
    for (const read of [stepped, walked]) arrange(model, read);
    const differs =
      states.some((value, k) => value !== state[k]) ||
      after.some((value, k) => value !== state[k]) ||
      quanta.some((value, k) => value !== stepped[k] || value !== walked[k]);
    if (differs) {
      expect({ name, index, states, after, stepped, walked }).toEqual({
        name,
        index,
        states: Int8Array.from(state),
        after: Int8Array.from(state),
        stepped: quanta,
        walked: quanta,
      });
    }
  });
};

describe("the model in WebAssembly", () => {
  it.each(models)("gives the integers of the reference: %s", (name, model) => {
    compare(name, model, windowsOf(model, 10_000, 7));
  });

  it.each([
    ["rows longer than two gates share a sum", { units: 100, hiddenUnits: 9, seed: 5 }, 8],
    ["no hidden units", { units: 16, hiddenUnits: 0, seed: 6 }, 16],
    ["two cells of 130 units", { units: 130, layers: 2, hiddenUnits: 2, seed: 8 }, 16],
  ] as const)("also with %s", (name, shape, headBits) => {
    const model = modelOf(shape, headBits);
    compare(name, model, windowsOf(model, 300, 9));
  });

  it("holds where every code is one and every state is at its bound", () => {
    for (const units of [64, 65, 128]) {
      for (const sign of [1, -1]) {
        const shape = { units, hiddenUnits: 4, horizonSteps: 2 };
        const plain = fixtureModel(fixturePlan(shape), shape);
        const model = quantiseModel(
          {
            ...plain,
            inputCodes: plain.inputCodes.map(() => 1),
            stateCodes: plain.stateCodes.map((_, at) => (Math.floor(at / units) % 2 === 0 ? sign : 1)),
            bias: plain.bias.map(() => 3 * sign),
          },
          16,
        );
        compare(`${units} units, sign ${sign}`, model, windowsOf(model, 300, 11));
      }
    }
  });

  it("walks any stretch of a projected span", () => {
    const model = modelOf({ units: 20, layers: 2, hiddenUnits: 3, seed: 12 }, 8);
    const wasm = made(model);
    const plain = createPlainEngine(model);
    const [{ baselines }] = windowsOf(model, 1, 13) as [ReturnType<typeof windowsOf>[number]];
    // The second span does not fit the memory that the first one left, and both live at once.
    const spans = [3, 900].map((count) => {
      const features = Int16Array.from(
        { length: count * model.inputs },
        (_, at) => ((at * 7919) % 12_289) - 6144,
      );
      return { count, inWasm: wasm.project(features, count), inPlain: plain.project(features, count) };
    });
    for (const { count, inPlain, inWasm } of spans.reverse()) {
      for (let first = 0; first + 3 <= count; first += 23) {
        const expected = new Int32Array(baselines.length);
        const actual = new Int32Array(baselines.length);
        inPlain.forecast(first, 3, baselines, expected);
        inWasm.forecast(first, 3, baselines, actual);
        expect(actual).toEqual(expected);
      }
      inWasm.release();
    }
  });

  it("leaves sums of pre-activations from 2^30 on to plain JavaScript, and is exact below", () => {
    const shape = { units: 5, hiddenUnits: 2, horizonSteps: 2 };
    const plain = fixtureModel(fixturePlan(shape), shape);
    const biased = (most: number): TernaryModel => ({
      ...plain,
      bias: plain.bias.map((_, row) => (row % 2 === 0 ? most : -most)),
    });
    // A bias of 65,536 is 2^30 in pre-activations.
    expect(createWasmModel(quantiseModel(biased(65_536), 16))).toBeUndefined();
    const below = quantiseModel(biased(65_400), 16);
    compare("large biases", below, windowsOf(below, 200, 14));

    const sloped = (most: number): IntegerModel =>
      quantiseModel({ ...plain, beta1: plain.beta1.map((_, row) => (row % 2 === 0 ? most : -most)) }, 16);
    let most = 1;
    while (createWasmModel(sloped(2 * most)) !== undefined) most *= 2;
    expect(most).toBeGreaterThan(100);
    compare("large slopes", sloped(most), windowsOf(sloped(most), 200, 15));
  });

  it("rounds halves of what x contributes up, below zero too, and reads cells without alpha or beta2", () => {
    const shape = { units: 20, hiddenUnits: 2, horizonSteps: 2 };
    const model = quantiseModel(fixtureModel(fixturePlan(shape), shape), 16);
    const { gates } = model;
    // Odd halves: every odd sum lies half way between two integers, or with one less, a small one just below.
    const halves = (values: Int32Array, shift: number, less: number): Int32Array =>
      values.map(
        (value, row) =>
          (row % 2 === 0 ? 1 : -1) * (2 * (Math.abs(value) >> shift) + 1) * 2 ** (shift - 1) - less,
      );
    const zeros = new Int32Array(gates.alpha.length);
    for (const [name, changed] of [
      ["halves of slopes", { alpha: halves(gates.alpha, gates.alphaShift, 0) }],
      ["halves of offsets", { beta2: halves(gates.beta2, gates.beta2Shift, 0) }],
      ["just below, slopes", { alpha: halves(gates.alpha, gates.alphaShift, 1) }],
      ["just below, offsets", { beta2: halves(gates.beta2, gates.beta2Shift, 1) }],
      ["no alpha", { alpha: zeros, alphaShift: 31 }],
      ["no beta2", { beta2: zeros, beta2Shift: 31 }],
    ] as const) {
      const other = { ...model, gates: { ...gates, ...changed } };
      const windows = windowsOf(other, 500, 16);
      const small = windows.map((window) => ({ ...window, features: window.features.map(Math.sign) }));
      compare(name, other, [...windows, ...small]);
    }
  });

  it("leaves coefficients that are too fine, and sums that are too long, to plain JavaScript", () => {
    const shape = { units: 5, hiddenUnits: 2, horizonSteps: 2 };
    const plain = fixtureModel(fixturePlan(shape), shape);
    const fine = (most: number): IntegerModel =>
      quantiseModel({ ...plain, beta2: plain.beta2.map((_, row) => most * (1 - row / 100)) }, 16);
    expect(fine(0.02).gates.beta2Shift).toBe(25);
    compare("fine coefficients", fine(0.02), windowsOf(fine(0.02), 200, 17));
    expect(fine(0.01).gates.beta2Shift).toBe(26);
    expect(createWasmModel(fine(0.01))).toBeUndefined();

    const dense = (units: number): IntegerModel => {
      const wide = { units, hiddenUnits: 1, horizonSteps: 1 };
      const made = fixtureModel(fixturePlan(wide), wide);
      return quantiseModel({ ...made, stateCodes: made.stateCodes.map(() => 1) }, 16);
    };
    compare("long sums", dense(258), windowsOf(dense(258), 20, 18));
    expect(createWasmModel(dense(259))).toBeUndefined();
  });

  it.each([
    [
      "a tanh above one",
      { tanh: (table: IntegerModel["tanh"]) => table.map((value, at) => value + (at > 700 ? 1 : 0)) },
    ],
    [
      "a tanh that falls",
      { tanh: (table: IntegerModel["tanh"]) => table.map((value, at) => (at === 5 ? 0 : value)) },
    ],
    ["a power above 2^25", { powers: (table: IntegerModel["powers"]) => table.map((value) => value + 1) }],
  ] as const)("leaves a file with %s to plain JavaScript", (_, change) => {
    const model = modelOf({}, 8);
    const changed = {
      ...model,
      ...("tanh" in change ? { tanh: change.tanh(model.tanh) } : { powers: change.powers(model.powers) }),
    };
    expect(createWasmModel(changed)).toBeUndefined();
  });

  it("is not there without WebAssembly, nor where vectors do not compile", () => {
    const model = modelOf({}, 8);
    try {
      vi.stubGlobal("WebAssembly", undefined);
      expect(createWasmModel(model)).toBeUndefined();
      const refuse = function (): never {
        throw new Error("no vectors");
      };
      vi.stubGlobal("WebAssembly", { Module: refuse, Instance: refuse });
      expect(createWasmModel(model)).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
    expect(createWasmModel(model)).toBeDefined();
  });
});
