import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArtefactError } from "../../../src/edge/ArtefactError.ts";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import type { IntegerModel } from "../../../src/edge/IntegerModel.ts";
import { quantiseModel } from "../../../src/edge/quantiseModel.ts";
import { createWindowForecaster } from "../../../src/edge/windowForecast.ts";
import { fixtureModel, fixturePlan, type FixtureShape, uniform } from "../fixture.ts";
import { compiled, noCompiler, SANITISED, STRICT, written } from "./compileC.ts";

const modelOf = (shape: FixtureShape, headBits: 8 | 16): IntegerModel =>
  quantiseModel(fixtureModel(fixturePlan(shape), shape), headBits);

const models: readonly (readonly [string, IntegerModel])[] = [
  ["one unit", modelOf({ units: 1, hiddenUnits: 1, horizonSteps: 1, seed: 1 }, 8)],
  ["six units, wide codes in the head", modelOf({ units: 6, hiddenUnits: 5, seed: 2 }, 16)],
  [
    "three cells of seventeen units, four quantiles",
    modelOf({ units: 17, layers: 3, hiddenUnits: 3, seed: 3, quantiles: [0.1, 0.25, 0.75, 0.9] }, 8),
  ],
  ["64 units, 24 leads", modelOf({ units: 64, hiddenUnits: 32, horizonSteps: 24, seed: 4 }, 8)],
];

/** Random windows, every fourth hostile: saturated, alternating, constant, all zero. */
const windowsOf = (model: IntegerModel, count: number, seed: number) => {
  const random = uniform(seed);
  const outputs = model.readouts.length * model.horizonSteps;
  const whole = (size: number): number => Math.floor((2 * random() - 1) * size);
  return Array.from({ length: count }, (_, index) => {
    const steps = 1 + Math.floor(random() * 8);
    const kind = index % 8;
    const features = Int16Array.from({ length: steps * model.inputs }, (_unused, k) => {
      if (kind === 1) return random() < 0.5 ? -6144 : 6144;
      if (kind === 3) return k % 2 === 0 ? 6144 : -6144;
      if (kind === 5) return 6144;
      if (kind === 7) return 0;
      return whole(6144);
    });
    const size = kind === 5 ? 2 ** 28 : 12 * 2 ** 20;
    return { steps, features, baselines: Int32Array.from({ length: outputs }, () => whole(size)) };
  });
};

const bytesOf = (windows: ReturnType<typeof windowsOf>): Uint8Array =>
  Buffer.concat(
    windows.flatMap(({ baselines, features, steps }) => [
      Buffer.from(Uint32Array.of(steps).buffer),
      Buffer.from(features.buffer),
      Buffer.from(baselines.buffer),
    ]),
  );

describe.skipIf(noCompiler)(`the model in C99${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it.each([
    ["optimised", [...STRICT, "-O2"], 10_000],
    ["under address and undefined-behaviour sanitisers", [...STRICT, ...SANITISED], 500],
  ] as const)(
    "gives the integers of the reference, %s",
    (_, flags, count) => {
      for (const [name, model] of models) {
        const forecast = createWindowForecaster(model);
        const windows = windowsOf(model, count, 7);
        const said = compiled("city", exportC99(model, "city", "a test"), flags)(bytesOf(windows));
        const states = (1 + model.upper.length) * model.units;
        const record = states + 4 * model.head.skip.rows;
        expect(said.length, name).toBe(count * record);
        windows.forEach(({ baselines, features }, index) => {
          const expected = forecast(features, baselines);
          const at = said.byteOffset + index * record;
          const state = new Int8Array(said.buffer, at, states);
          const quanta = Array.from({ length: model.head.skip.rows }, (_unused, k) =>
            said.readInt32LE(index * record + states + 4 * k),
          );
          if (
            state.some((value, k) => value !== expected.state[k]) ||
            quanta.some((v, k) => v !== expected.quanta[k])
          ) {
            // Only where they differ, because a matcher on each of 10,000 windows takes minutes.
            expect({ name, index, state: [...state], quanta }).toEqual({
              name,
              index,
              state: [...expected.state],
              quanta: [...expected.quanta],
            });
          }
        });
      }
    },
    120_000,
  );

  it("says how much memory it takes, as the compiler counts it", () => {
    for (const [name, model] of models) {
      const exported = exportC99(model, "city", "a test");
      const folder = written("city", exported);
      execFileSync("gcc", ["-std=c99", "-O2", "-c", "-o", join(folder, "city.o"), join(folder, "city.c")]);
      const sections = execFileSync("size", ["-A", join(folder, "city.o")], { encoding: "utf8" });
      const size = (section: string): number =>
        sections
          .split("\n")
          .filter((line) => line.startsWith(section))
          .reduce((sum, line) => sum + Number(line.split(/\s+/)[1]), 0);
      const constants = size(".rodata");
      // Tables are aligned to at most 32 bytes each.
      expect(constants, name).toBeGreaterThanOrEqual(exported.constantBytes);
      expect(constants, name).toBeLessThan(exported.constantBytes + 32 * 40 + 64);
      // Nothing that changes, nothing that has to be set at start.
      expect(size(".data") + size(".bss"), name).toBe(0);
    }
  });
});

describe("exportC99", () => {
  const [, model] = models[3]!;

  it("keeps weights at two bits, a sixteenth of float32 where nothing is padded", () => {
    const { weightBytes } = exportC99(model, "city", "a test");
    const width = Math.ceil(model.inputs / 8) * 8;
    expect(weightBytes).toBe((192 * width + 192 * 64) / 4);
  });

  it("names what it was made from, its sizes, and nothing outside stdint and string", () => {
    const { constantBytes, header, source } = exportC99(model, "city", "beijing-air 7");
    expect(header).toContain("city: beijing-air 7");
    expect(header).toContain(`#define CITY_CONSTANT_BYTES ${constantBytes}`);
    expect([...`${header}${source}`.matchAll(/#include [<"](.*)[>"]/g)].map(([, file]) => file)).toEqual([
      "stdint.h",
      "city.h",
      "string.h",
    ]);
    expect(source).not.toMatch(/\b(float|double|malloc|free)\b/);
  });

  it.each(["", "City", "7city", "a-b", "a".repeat(32)])("refuses the name %j", (name) => {
    expect(() => exportC99(model, name, "a test")).toThrow(ArtefactError);
    expect(() => exportC99(model, name, "a test")).toThrow(/take lower-case letters/);
  });
});
