import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decimalQuantum } from "../../../src/edge/c99/host/decimalQuantum.ts";
import { decimalText } from "../../../src/edge/c99/host/decimalText.ts";
import { integerReading } from "../../../src/edge/front/IntegerReadings.ts";
import { uniform } from "../fixture.ts";
import { noCompiler, SANITISED, STRICT } from "./compileC.ts";

/** Reads lines of factor, power and text; prints the reading, or "none". */
const DRIVER = `#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
${decimalText()}
int main(void) {
  unsigned factor;
  int power;
  char text[256];
  while (scanf("%u %d %255s", &factor, &power, text) == 3) {
    int32_t reading;
    if (read_decimal(text, factor, power, &reading)) printf("%" PRId32 "\\n", reading);
    else puts("none");
  }
  return 0;
}
`;

const readAll = (cases: readonly (readonly [text: string, quantum: number])[]): string[] => {
  const folder = mkdtempSync(join(tmpdir(), "ordinance-decimal-"));
  writeFileSync(join(folder, "driver.c"), DRIVER);
  const program = join(folder, "driver");
  execFileSync("gcc", [...STRICT, ...SANITISED, "-o", program, join(folder, "driver.c")]);
  const input = cases.map(([text, quantum]) => {
    const { factor, power } = decimalQuantum(quantum);
    return `${factor} ${power} ${text}\n`;
  });
  return execFileSync(program, { input: input.join(""), encoding: "utf8", maxBuffer: 2 ** 28 })
    .trim()
    .split("\n");
};

describe.skipIf(noCompiler)(`decimals in C99${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it("become the integers that integerReading makes of them", () => {
    const random = uniform(4);
    const whole = (below: number): number => Math.floor(random() * below);
    const quanta = [0.1, 1, 0.01, 100, 0.25, 0.5, 1e-5];
    const cases = Array.from({ length: 100_000 }, (_, index): readonly [string, number] => {
      const quantum = quanta[index % quanta.length]!;
      const sign = random() < 0.3 ? "-" : random() < 0.1 ? "+" : "";
      // Up to eight places finer than the quantum, and up to and past the limit of 2^21 quanta.
      const size = random() ** 6 * 3e6 * quantum;
      const places = Math.min(20, Math.max(0, Math.ceil(-Math.log10(quantum)) + whole(9)));
      const plain = size.toFixed(places);
      const [mantissa, exponent] = size.toExponential(whole(9)).split("e") as [string, string];
      return [
        `${sign}${random() < 0.2 ? `${mantissa}${random() < 0.5 ? "e" : "E"}${exponent}` : plain}`,
        quantum,
      ];
    });
    const said = readAll(cases);
    const wrong = cases.flatMap(([text, quantum], index) => {
      const expected = integerReading(Number(text), quantum);
      return said[index] === `${expected}` ? [] : [{ text, quantum, expected, said: said[index] }];
    });
    expect(wrong).toEqual([]);
    const readings = said.map(Number);
    expect(readings.filter((reading) => reading % 256 === 0).length).toBeGreaterThan(5_000);
    expect(new Set(readings.map((reading) => ((reading % 256) + 256) % 256)).size).toBe(256);
    expect(readings.filter((reading) => Math.abs(reading) === 2 ** 29 + 1).length).toBeGreaterThan(500);
  });

  it("lie on a quantum or beside it, halves up, to the last digit", () => {
    const cases: readonly (readonly [string, number, number])[] = [
      ["47.3", 0.1, 121_088],
      ["0.3", 0.1, 768],
      ["47.30000000000000000000001", 0.1, 121_088],
      ["47.3000000001", 0.1, 121_088],
      ["47.30000000011", 0.1, 121_089],
      ["47.2999999999", 0.1, 121_088],
      ["47.29999999989", 0.1, 121_087],
      // Ties: 1/512 of a quantum, exactly and with a hair more.
      ["0.501953125", 1, 129],
      ["-0.501953125", 1, -128],
      ["-0.50195312500000000000001", 1, -129],
      ["0.001", 1, 1],
      ["0.9999", 1, 255],
      ["2097152", 1, 2 ** 29],
      ["2097152.0000001", 1, 2 ** 29 + 1],
      ["-1e300", 1, -(2 ** 29) - 1],
      ["0e99999999999", 1, 0],
      ["1e-99999999999", 1, 0],
      [".5", 0.25, 512],
      ["5.", 1, 1280],
    ];
    const said = readAll(cases.map(([text, quantum]) => [text, quantum]));
    expect(cases.map(([text, quantum], index) => [text, quantum, Number(said[index])])).toEqual(cases);
  });

  it("are told from other texts", () => {
    const texts = ["-", ".", "1.2.3", "1e", "1e+", "0x10", "12km", "1,5", "--1", "inf", "1e5.5"];
    expect(readAll(texts.map((text) => [text, 1]))).toEqual(texts.map(() => "none"));
  });
});

describe("decimalQuantum", () => {
  it("is exact, and refuses what has too many digits", () => {
    expect([1, 0.001, 2500, 0.05].map(decimalQuantum)).toEqual([
      { factor: 1, power: 0 },
      { factor: 1, power: -3 },
      { factor: 25, power: 2 },
      { factor: 5, power: -2 },
    ]);
    expect(() => decimalQuantum(1 / 3)).toThrow(/at most three digits, not by 0.333/);
  });
});
