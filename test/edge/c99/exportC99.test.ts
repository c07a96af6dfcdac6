import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArtefactError } from "../../../src/edge/ArtefactError.ts";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { createWindowForecaster } from "../../../src/edge/windowForecast.ts";
import { models, windowsOf } from "../hostileWindows.ts";
import { compiled, noCompiler, SANITISED, STRICT, written } from "./compileC.ts";

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

  it("refuses shifts that its numbers cannot take", () => {
    const narrow = { ...model, gates: { ...model.gates, productShift: 3 } };
    expect(() => exportC99(narrow, "city", "a test")).toThrow(/state product of 3 is below 4/);
    const wide = { ...model, readouts: model.readouts.map((readout) => ({ ...readout, gainShift: 62 })) };
    expect(() => exportC99(wide, "city", "a test")).toThrow(/a shift of 62 is above 61/);
  });
});
