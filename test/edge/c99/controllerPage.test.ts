import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { noCompiler, STRICT, written } from "./compileC.ts";
import { devices } from "./frontDevices.ts";

const page = readFileSync(fileURLToPath(new URL("../../../docs/controller.md", import.meta.url)), "utf8");

describe.skipIf(noCompiler)(`docs/controller.md${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it("shows C that a strict compiler takes", () => {
    const [, example] = /```c\n([\s\S]*?)```/.exec(page)!;
    const folder = written("city", devices[0]!.exported);
    writeFileSync(join(folder, "example.c"), example!);
    const object = join(folder, "example.o");
    execFileSync("gcc", [...STRICT, "-O2", "-c", "-o", object, join(folder, "example.c")]);
    expect(existsSync(object)).toBe(true);
  });
});
