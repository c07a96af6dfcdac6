import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { C99Export } from "../../../src/edge/c99/exportC99.ts";

/** Whether a tool is installed here. */
export const finds = (tool: string): boolean => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Why tests that need a C compiler do not run here; undefined where they do. */
export const noCompiler = finds("gcc") ? undefined : "gcc is not installed";

export const STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"];
export const SANITISED = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** A folder that holds the exported files. */
export const written = (name: string, { header, source }: C99Export): string => {
  const folder = mkdtempSync(join(tmpdir(), "ordinance-c99-"));
  writeFileSync(join(folder, `${name}.h`), header);
  writeFileSync(join(folder, `${name}.c`), source);
  return folder;
};

/** Reads windows on stdin (u32 steps, features, baselines), writes state and quanta of each. */
const driver = (name: string): string => {
  const upper = name.toUpperCase();
  return `#include "${name}.h"
#include <stdio.h>
int main(void) {
  uint32_t steps;
  int16_t features[${upper}_INPUTS];
  int32_t baselines[${upper}_VALUES];
  int32_t quanta[${upper}_OUTPUTS];
  ${name}_state state;
  while (fread(&steps, sizeof steps, 1, stdin) == 1) {
    ${name}_reset(&state);
    for (; steps > 0; steps--) {
      if (fread(features, sizeof features, 1, stdin) != 1) return 1;
      ${name}_step(&state, features);
    }
    if (fread(baselines, sizeof baselines, 1, stdin) != 1) return 1;
    ${name}_read(&state, features, baselines, quanta);
    fwrite(&state, sizeof state, 1, stdout);
    fwrite(quanta, sizeof quanta, 1, stdout);
  }
  return 0;
}
`;
};

/** Compiles the model with a driver and gives what runs windows through it. */
export const compiled = (
  name: string,
  exported: C99Export,
  flags: readonly string[],
): ((input: Uint8Array) => Buffer) => {
  const folder = written(name, exported);
  writeFileSync(join(folder, "driver.c"), driver(name));
  const program = join(folder, "driver");
  execFileSync("gcc", [...flags, "-o", program, join(folder, `${name}.c`), join(folder, "driver.c")]);
  return (input) => execFileSync(program, { input, maxBuffer: 2 ** 30 });
};
