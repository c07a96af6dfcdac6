import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type C99Export, exportC99 } from "../src/edge/c99/exportC99.ts";
import { quantiseFrontEnd } from "../src/edge/front/quantiseFrontEnd.ts";
import type { IntegerModel } from "../src/edge/IntegerModel.ts";
import type { RuleSystem } from "../src/edge/RuleSystem.ts";
import type { FeaturePlan } from "../src/series/FeaturePlan.ts";
import { zoneOffsets } from "../src/series/zoneOffsets.ts";
import type { ReportRow } from "./BenchRow.ts";
import { controllerRules } from "./controllerRules.ts";

const HOLD_STEPS = 2;
const RULE_HOLD_STEPS = 6;
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

/** Frames of the functions that `own` chooses by name and line, none of which recurs: together no less than any chain. */
const stackBytes = (path: string, own: (name: string, line: number) => boolean): number =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .reduce((sum, entry) => {
      const [place, bytes] = entry.split("\t") as [string, string];
      const [, line, , name] = place.split(":") as [string, string, string, string];
      return own(name, Number(line)) ? sum + Number(bytes) : sum;
    }, 0);

/** A whole device in C, from readings to quanta: what it takes, and how long. */
export const frontEndInC = (
  report: ReportRow,
  model: IntegerModel,
  windowSteps: number,
  has: (compiler: string) => boolean,
): void => {
  const plan = planOf(windowSteps, model.horizonSteps);
  const device = {
    front: quantiseFrontEnd(plan, [0.1]),
    stepMinutes: plan.stepMs / 60_000,
    zoneOffsets: zoneOffsets(plan.zone, Date.UTC(2025, 0, 1), Date.UTC(2045, 0, 1)),
    ruleChannels: [{ channel: 0, holdSteps: RULE_HOLD_STEPS }],
  };
  const bare = exportC99(model, "city", "a benchmark", undefined, device);
  wholeDevice(report, bare, undefined, has);
  const system = controllerRules(model.horizonSteps);
  wholeDevice(report, exportC99(model, "city", "a benchmark", system, device), system, has);
  if (has("gcc")) {
    report({
      case: `forecast of ${model.horizonSteps} leads from ${windowSteps} steps, from readings on, C, gcc -O2`,
      value: forecastMicroseconds(bare),
      unit: "us",
    });
  }
};

/** What a device takes, on the stack too; with rules, what the caller keeps for them besides. */
const wholeDevice = (
  report: ReportRow,
  exported: C99Export,
  system: RuleSystem | undefined,
  has: (compiler: string) => boolean,
): void => {
  const rules = system === undefined ? "" : ", rules, monitor and shield";
  const what = `with front end, clock${rules}, in C`;
  report({ case: `constant data, ${what}`, value: exported.constantBytes, unit: "bytes" });
  inFolder(exported, (folder) => {
    const compiled = (compiler: string, flags: readonly string[]): number => {
      const object = join(folder, "city.o");
      const source = join(folder, "city.c");
      execFileSync(compiler, ["-std=c99", ...flags, "-fstack-usage", "-c", "-o", object, source]);
      const [, numbers] = execFileSync("size", [object], { encoding: "utf8" }).split("\n");
      const [text, data] = numbers!.trim().split(/\s+/).map(Number) as [number, number];
      return text + data;
    };
    if (has("gcc")) {
      report({
        case: `code and constant data, ${what}, gcc -Os for this processor`,
        value: compiled("gcc", ["-Os"]),
        unit: "bytes",
        atMost: 32_768,
      });
    }
    if (!has("arm-none-eabi-gcc")) return;
    report({
      case: `code and constant data, ${what}, gcc -Os for a Cortex-M4`,
      value: compiled("arm-none-eabi-gcc", ARM_FLAGS),
      unit: "bytes",
      atMost: 32_768,
    });
    const frames = join(folder, "city.su");
    const forecast = stackBytes(frames, (name) => ["city_forecast", "city_step"].includes(name));
    const firstRuleLine = exported.source.slice(0, exported.source.indexOf("leaf_value(")).split("\n").length;
    const repair = stackBytes(frames, (_, line) => system !== undefined && line >= firstRuleLine);
    report({
      case: `memory, ${what}, gcc -Os for a Cortex-M4: readings, forecast, past, result, and the larger of forecast and repair`,
      value: kept(folder, system !== undefined) + Math.max(forecast, repair + exported.shieldWorkBytes),
      unit: "bytes",
      atMost: 4096,
    });
  });
};

/** Bytes of what a caller keeps, as the compiler for the board counts them: the only data of a unit that names it. */
const kept = (folder: string, ruled: boolean): number => {
  const source = join(folder, "kept.c");
  const object = join(folder, "kept.o");
  writeFileSync(
    source,
    `#include "city.h"
city_readings readings;
int32_t quanta[CITY_QUANTA];
${ruled ? "city_past past;\ncity_shielded outcome;" : ""}
`,
  );
  execFileSync("arm-none-eabi-gcc", ["-std=c99", ...ARM_FLAGS, "-c", "-o", object, source]);
  const [, numbers] = execFileSync("size", [object], { encoding: "utf8" }).split("\n");
  return Number(numbers!.trim().split(/\s+/)[2]);
};

const inFolder = <Result>(exported: C99Export, use: (folder: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), "ordinance-bench-"));
  try {
    writeFileSync(join(folder, "city.h"), exported.header);
    writeFileSync(join(folder, "city.c"), exported.source);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const forecastMicroseconds = (exported: C99Export): number =>
  inFolder(exported, (folder) => {
    const program = join(folder, "timed");
    const files = [join(folder, "city.c"), join(folder, "timed.c")];
    writeFileSync(files[1]!, TIMED);
    execFileSync("gcc", ["-std=c99", "-O2", "-o", program, ...files]);
    return Number(execFileSync(program, { encoding: "utf8" }).split(" ")[0]);
  });
