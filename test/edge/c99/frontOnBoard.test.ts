import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arrayText } from "../../../src/edge/c99/arrayText.ts";
import { noBoard, runOnBoard } from "./runOnBoard.ts";
import { STRICT, written } from "./compileC.ts";
import { devices, type StreamRow, streamOf, type TestDevice } from "./frontDevices.ts";
import { CLOCK_STEPS, expectedAnswers } from "./frontReference.ts";

const frontOnBoard = ({ exported, model, system }: TestDevice, stream: readonly StreamRow[]): number[] =>
  runOnBoard(
    exported,
    `
${arrayText({ name: "minute_of", type: "int32_t", values: stream.map(({ minute }) => minute ?? -(2 ** 31)) })}
${arrayText({ name: "row_of", type: "int32_t", values: stream.flatMap(({ row }) => [...row]) })}
${arrayText({ name: "clock_steps", type: "int32_t", values: CLOCK_STEPS })}
static void run(void) {
  static city_readings readings;
  static int32_t quanta[CITY_QUANTA];
${system === undefined ? "" : "  static city_past past;\n"}  size_t at;
  for (at = 0; at < sizeof minute_of / sizeof minute_of[0]; at++) {
    int32_t said;
    int32_t k;
    if (minute_of[at] == INT32_MIN) {
      city_clear(&readings);
      continue;
    }
    said = city_push(&readings, minute_of[at], row_of + at * CITY_SERIES);
    say(said);
    if (said < 0) continue;
    say((int32_t)readings.filled);
    say((int32_t)readings.refused);
    city_forecast(&readings, quanta);
    for (k = 0; k < CITY_QUANTA; k++) say(quanta[k]);
${model.quantiles.length === 0 ? "" : "    city_arrange(quanta);\n"}    for (k = 0; k < CITY_QUANTA; k++) say(quanta[k]);
    for (k = 0; k < ${3 * CLOCK_STEPS.length}; k++) say(city_clock(&readings, k % 3, clock_steps[k / 3]));
${
  system === undefined
    ? ""
    : `    city_recall(&readings, &past);
    for (k = 0; k < CITY_PAST; k++) say(past.lower[k]);
    for (k = 0; k < CITY_PAST; k++) say(past.upper[k]);
    for (k = 0; k < CITY_PAST; k++) say(past.known[k]);
`
}  }
}`,
  );

describe.skipIf(noBoard)(`the front end on a Cortex-M4${noBoard ? ` (skipped: ${noBoard})` : ""}`, () => {
  it.each(devices.map((test) => [test.name, test] as const))(
    "gives the forecasts of the reference from readings: %s",
    (_, test) => {
      const stream = streamOf(test, 60, 9);
      expect(frontOnBoard(test, stream)).toEqual([...expectedAnswers(test, stream)]);
    },
    120_000,
  );

  it("takes the arrays on the stack that the header states, and a few registers", () => {
    for (const { exported, name } of devices) {
      const folder = written("city", exported);
      const object = join(folder, "city.o");
      const flags = [...STRICT, "-mcpu=cortex-m4", "-mthumb", "-Os", "-fstack-usage", "-c", "-o", object];
      execFileSync("arm-none-eabi-gcc", [...flags, join(folder, "city.c")]);
      const usage = new Map(
        readFileSync(join(folder, "city.su"), "utf8")
          .split("\n")
          .map((line): [string, number] => {
            const [place, bytes] = line.split("\t");
            return [place!.split(":").at(-1)!, Number(bytes)];
          }),
      );
      const bytes =
        usage.get("city_forecast")! + Math.max(usage.get("city_step")!, usage.get("read_outputs") ?? 0);
      // Arrays that never live together may share their place.
      expect(bytes, name).toBeGreaterThan(0.9 * exported.workBytes);
      expect(bytes, name).toBeLessThan(exported.workBytes + 256);
    }
  });
});
