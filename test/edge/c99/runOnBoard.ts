import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { C99Export } from "../../../src/edge/c99/exportC99.ts";
import { finds, STRICT, written } from "./compileC.ts";

const missing = ["arm-none-eabi-gcc", "qemu-system-arm"].filter((tool) => !finds(tool));

/** Why tests on the emulated board do not run here; undefined where they do. */
export const noBoard = missing.length === 0 ? undefined : `${missing.join(" and ")} not installed`;

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

/** No operating system: numbers go out by semihosting, and the program ends so. */
const START = `
#include "city.h"
#include <stddef.h>
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
static void run(void);
void reset(void) { run(); call(0x18, (const void *)0x20026); for (;;) {} }
__attribute__((section(".vectors"), used)) static const uintptr_t vectors[] = {0x20100000u, (uintptr_t)reset};
`;

/**
 * Numbers that a program says on an emulated Cortex-M4.
 *
 * @param program C that defines `static void run(void)`, which calls `say` for every number
 */
export const runOnBoard = (exported: C99Export, program: string): number[] => {
  const folder = written("city", exported);
  writeFileSync(join(folder, "driver.c"), START + program);
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
