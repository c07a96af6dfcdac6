import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportC99 } from "../src/edge/c99/exportC99.ts";
import { quantiseFrontEnd } from "../src/edge/front/quantiseFrontEnd.ts";
import type { IntegerModel } from "../src/edge/IntegerModel.ts";
import type { FeaturePlan } from "../src/series/FeaturePlan.ts";
import { zoneOffsets } from "../src/series/zoneOffsets.ts";
import type { ReportRow } from "./BenchRow.ts";

const HOLD_STEPS = 2;
const FORECASTS = 200;
const ARM_FLAGS = ["-mcpu=cortex-m4", "-mthumb", "-Os"];

/** One sensor, one target, time of day and week, two numbers that stand for the sensor: 16 features. */
const planOf = (windowSteps: number, horizonSteps: number): FeaturePlan => ({
  stepMs: 300_000,
  zone: "Europe/Berlin",
  sensors: ["a"],
  targets: [{ channel: "speed", transform: "identity", mean: 50, deviation: 15, fallback: 50 }],
  covariates: [],
  circular: [],
  weekly: true,
  baseline: { kind: "persistence" },
  windowSteps,
  horizonSteps,
  holdSteps: HOLD_STEPS,
  neighbours: [[]],
  sensorMean: [[50]],
  sensorDeviation: [[12]],
  embedding: [[0.3, -0.4]],
});

/** Pushes a row and forecasts, again and again; prints microseconds of one. */
const TIMED = `#include "city.h"
#include <stdio.h>
#include <time.h>
int main(void) {
  static city_readings readings;
  static int32_t quanta[CITY_QUANTA];
  int32_t row[CITY_SERIES] = {0};
  int32_t best = INT32_MAX;
  int32_t minute = 29000000;
  int repeat;
  city_clear(&readings);
  for (repeat = 0; repeat < 30; repeat++) {
    const clock_t start = clock();
    int32_t took;
    int k;
    for (k = 0; k < ${FORECASTS}; k++) {
      row[0] = 100000 + 37 * (k % 100);
      city_push(&readings, minute += CITY_STEP_MINUTES, row);
      city_forecast(&readings, quanta);
    }
    took = (int32_t)((clock() - start) * 1000000 / CLOCKS_PER_SEC);
    best = took < best ? took : best;
  }
  printf("%f %d", best / (double)${FORECASTS}, (int)quanta[0]);
  return 0;
}
`;

const stackBytes = (path: string, calls: readonly string[]): number => {
  const lines = readFileSync(path, "utf8").split("\n");
  return calls.reduce((sum, call) => {
    const line = lines.find((own) => own.includes(`:${call}\t`));
    return sum + Number(line!.split("\t")[1]);
  }, 0);
};

/** A whole device in C, from readings to quanta: what it takes, and how long. */
export const frontEndInC = (
  report: ReportRow,
  model: IntegerModel,
  windowSteps: number,
  has: (compiler: string) => boolean,
): void => {
  const plan = planOf(windowSteps, model.horizonSteps);
  const exported = exportC99(model, "city", "a benchmark", undefined, {
    front: quantiseFrontEnd(plan, [0.1]),
    stepMinutes: plan.stepMs / 60_000,
    zoneOffsets: zoneOffsets(plan.zone, Date.UTC(2025, 0, 1), Date.UTC(2045, 0, 1)),
    ruleChannels: [],
  });
  const what = `with front end, clock and ${exported.readingsBytes} bytes of readings, in C`;
  report({ case: `constant data, ${what}`, value: exported.constantBytes, unit: "bytes" });
  if (!has("gcc")) return;
  const folder = mkdtempSync(join(tmpdir(), "ordinance-bench-"));
  const object = join(folder, "city.o");
  const source = join(folder, "city.c");
  const flash = (compiler: string, flags: readonly string[]): number => {
    execFileSync(compiler, ["-std=c99", ...flags, "-fstack-usage", "-c", "-o", object, source]);
    const [, numbers] = execFileSync("size", [object], { encoding: "utf8" }).split("\n");
    const [text, data] = numbers!.trim().split(/\s+/).map(Number) as [number, number];
    return text + data;
  };
  try {
    writeFileSync(join(folder, "city.h"), exported.header);
    writeFileSync(source, exported.source);
    report({
      case: `code and constant data, ${what}, gcc -Os for this processor`,
      value: flash("gcc", ["-Os"]),
      unit: "bytes",
      atMost: 32_768,
    });
    if (has("arm-none-eabi-gcc")) {
      report({
        case: `code and constant data, ${what}, gcc -Os for a Cortex-M4`,
        value: flash("arm-none-eabi-gcc", ARM_FLAGS),
        unit: "bytes",
        atMost: 32_768,
      });
      const stack = stackBytes(join(folder, "city.su"), ["city_forecast", "city_step"]);
      report({
        case: `readings, quanta and stack of a forecast, ${what}, gcc -Os for a Cortex-M4`,
        value: exported.readingsBytes + 4 * model.head.skip.rows + stack,
        unit: "bytes",
        atMost: 4096,
      });
    }
    writeFileSync(join(folder, "timed.c"), TIMED);
    const program = join(folder, "timed");
    execFileSync("gcc", ["-std=c99", "-O2", "-o", program, source, join(folder, "timed.c")]);
    const [microseconds] = execFileSync(program, { encoding: "utf8" }).split(" ");
    report({
      case: `forecast of ${model.horizonSteps} leads from ${windowSteps} steps, from readings on, C, gcc -O2`,
      value: Number(microseconds),
      unit: "us",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};
