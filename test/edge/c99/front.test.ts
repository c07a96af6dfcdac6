import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noCompiler, SANITISED, STRICT, written } from "./compileC.ts";
import { devices, type StreamRow, streamOf, type TestDevice } from "./frontDevices.ts";
import { CLOCK_STEPS, expectedAnswers } from "./frontReference.ts";

/** Reads rows (i32 minute, row; INT32_MIN clears) on stdin and answers each as `expectedAnswers` does. */
const driver = ({ model, system }: TestDevice): string => `#include "city.h"
#include <stdio.h>
int main(void) {
  static const int32_t steps[] = {${CLOCK_STEPS.join(", ")}};
  static city_readings readings;
  static int32_t quanta[CITY_QUANTA];
  static int32_t row[CITY_SERIES];
  int32_t minute;
${system === undefined ? "" : "  static city_past past;\n"}
  while (fread(&minute, sizeof minute, 1, stdin) == 1) {
    int32_t said;
    size_t k;
    if (fread(row, sizeof row, 1, stdin) != 1) return 1;
    if (minute == INT32_MIN) {
      city_clear(&readings);
      continue;
    }
    said = city_push(&readings, minute, row);
    fwrite(&said, sizeof said, 1, stdout);
    if (said < 0) continue;
    fwrite(&readings.filled, sizeof readings.filled, 1, stdout);
    fwrite(&readings.refused, sizeof readings.refused, 1, stdout);
    city_forecast(&readings, quanta);
    fwrite(quanta, sizeof quanta, 1, stdout);
${model.quantiles.length === 0 ? "" : "    city_arrange(quanta);\n"}    fwrite(quanta, sizeof quanta, 1, stdout);
    for (k = 0; k < sizeof steps / sizeof steps[0]; k++) {
      int32_t field;
      for (field = 0; field < 3; field++) {
        const int32_t now = city_clock(&readings, field, steps[k]);
        fwrite(&now, sizeof now, 1, stdout);
      }
    }
${
  system === undefined
    ? ""
    : `    city_recall(&readings, &past);
    fwrite(past.lower, sizeof past.lower, 1, stdout);
    fwrite(past.upper, sizeof past.upper, 1, stdout);
    for (k = 0; k < CITY_PAST; k++) {
      const int32_t known = past.known[k];
      fwrite(&known, sizeof known, 1, stdout);
    }
`
}  }
  return 0;
}
`;

const answers = (test: TestDevice, stream: readonly StreamRow[], flags: readonly string[]): Int32Array => {
  const folder = written("city", test.exported);
  writeFileSync(join(folder, "driver.c"), driver(test));
  const program = join(folder, "driver");
  execFileSync("gcc", [...flags, "-o", program, join(folder, "city.c"), join(folder, "driver.c")]);
  const input = Buffer.concat(
    stream.flatMap(({ minute, row }) => [
      Buffer.from(Int32Array.of(minute ?? -(2 ** 31)).buffer),
      Buffer.from(row.buffer),
    ]),
  );
  const said = execFileSync(program, { input, maxBuffer: 2 ** 30 });
  return Int32Array.from({ length: said.length / 4 }, (_, k) => said.readInt32LE(4 * k));
};

describe.skipIf(noCompiler)(`the front end in C99${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it.each(
    devices.flatMap((test) => [
      [test.name, "optimised", test, [...STRICT, "-O2"], 10_000] as const,
      [test.name, "under sanitisers", test, [...STRICT, ...SANITISED], 600] as const,
    ]),
  )(
    "gives the integers of the reference: %s, %s",
    (_, _how, test, flags, count) => {
      const stream = streamOf(test, count, 3);
      const said = answers(test, stream, flags);
      const expected = expectedAnswers(test, stream);
      expect(said.length).toBe(expected.length);
      const wrong = said.findIndex((value, k) => value !== expected[k]);
      // A slice, because a matcher on millions of numbers takes minutes.
      if (wrong >= 0) {
        expect({ wrong, said: said.slice(wrong, wrong + 40) }).toEqual({
          wrong,
          said: expected.slice(wrong, wrong + 40),
        });
      }
    },
    240_000,
  );
});
