import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arrayText } from "../../../src/edge/c99/arrayText.ts";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import type { IntegerModel } from "../../../src/edge/IntegerModel.ts";
import { createWindowForecaster } from "../../../src/edge/windowForecast.ts";
import { models, windowsOf } from "../hostileWindows.ts";
import { finds, STRICT, written } from "./compileC.ts";

const missing = ["arm-none-eabi-gcc", "qemu-system-arm"].filter((tool) => !finds(tool));
const reason = missing.length === 0 ? "" : ` (skipped: ${missing.join(" and ")} not installed)`;

/** The board mps2-an386 has its code at 0 and its memory at 0x20000000. */
const LINKER_SCRIPT = `
MEMORY { flash (rx) : ORIGIN = 0, LENGTH = 1M
         ram (rwx) : ORIGIN = 0x20000000, LENGTH = 1M }
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) } > flash
  .data : { *(.data*) } > ram AT > flash
  .bss : { *(.bss*) *(COMMON) } > ram
}
`;

/** No operating system and no library beyond memcpy and memset: numbers go out by semihosting, four at a time. */
const boardDriver = (windows: ReturnType<typeof windowsOf>): string => `
#include "city.h"
#include <stddef.h>
${arrayText({ name: "steps_of", type: "int32_t", values: windows.map(({ steps }) => steps) })}
${arrayText({ name: "features_of", type: "int16_t", values: windows.flatMap(({ features }) => [...features]) })}
${arrayText({ name: "baselines_of", type: "int32_t", values: windows.flatMap(({ baselines }) => [...baselines]) })}
static int call(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}
static void say(int32_t value) {
  char text[12];
  uint32_t left = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  char *at = text + 11;
  *at = 0;
  do { *--at = (char)('0' + left % 10u); left /= 10u; } while (left > 0u);
  if (value < 0) *--at = '-';
  call(4, at);
  call(4, "\\n");
}
static void run(void) {
  static city_state state;
  static int32_t quanta[CITY_OUTPUTS];
  const int16_t *features = features_of;
  const int32_t *baselines = baselines_of;
  size_t window;
  for (window = 0; window < sizeof steps_of / sizeof steps_of[0]; window++) {
    int32_t step;
    int k;
    city_reset(&state);
    for (step = 0; step < steps_of[window]; step++) {
      city_step(&state, features);
      features += CITY_INPUTS;
    }
    city_read(&state, features - CITY_INPUTS, baselines, quanta);
    baselines += CITY_VALUES;
    for (k = 0; k < CITY_CELLS * CITY_UNITS; k++) say(state.h[k / CITY_UNITS][k % CITY_UNITS]);
    for (k = 0; k < CITY_OUTPUTS; k++) say(quanta[k]);
  }
  call(0x18, (const void *)0x20026);
}
void reset(void) { run(); for (;;) {} }
__attribute__((section(".vectors"), used)) static const uintptr_t vectors[] = {0x20100000u, (uintptr_t)reset};
`;

const onBoard = (model: IntegerModel, windows: ReturnType<typeof windowsOf>): number[] => {
  const folder = written("city", exportC99(model, "city", "a test"));
  writeFileSync(join(folder, "driver.c"), boardDriver(windows));
  writeFileSync(join(folder, "board.ld"), LINKER_SCRIPT);
  const target = ["-mcpu=cortex-m4", "-mthumb", "-O2", "-ffunction-sections"];
  const object = join(folder, "city.o");
  const image = join(folder, "city.elf");
  execFileSync("arm-none-eabi-gcc", [...STRICT, ...target, "-c", "-o", object, join(folder, "city.c")]);
  const linking = ["-nostartfiles", "-T", join(folder, "board.ld"), "-o", image];
  execFileSync("arm-none-eabi-gcc", ["-std=gnu11", ...target, ...linking, join(folder, "driver.c"), object]);
  // The semihosting console is the standard error of the emulator.
  const { stderr } = spawnSync(
    "qemu-system-arm",
    ["-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none"].concat(
      ["-semihosting-config", "enable=on,target=native"],
      ["-kernel", image],
    ),
    { encoding: "utf8", timeout: 60_000 },
  );
  return stderr.trim().split("\n").map(Number);
};

describe.skipIf(missing.length > 0)(`the model on a Cortex-M4${reason}`, () => {
  it.each(models)("gives the integers of the reference: %s", (_, model) => {
    const windows = windowsOf(model, 24, 21);
    const forecast = createWindowForecaster(model);
    const expected = windows.flatMap(({ baselines, features }) => {
      const { quanta, state } = forecast(features, baselines);
      return [...state, ...quanta];
    });
    expect(onBoard(model, windows)).toEqual(expected);
  });
});
