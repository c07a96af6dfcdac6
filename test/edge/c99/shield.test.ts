import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { planShield } from "../../../src/edge/c99/shieldPlan.ts";
import { noCompiler, SANITISED, STRICT, written } from "./compileC.ts";
import {
  bytesOfCases,
  casesOf,
  compiledShield,
  expectedBytes,
  shieldSystems,
  type ShieldSystem,
} from "./shieldCases.ts";

const race = shieldSystems.at(-1)!;
const SHARE = 10_000 / (shieldSystems.length - 1);
/** A race takes the reference as long as twenty repairs of others. */
const countOf = (each: ShieldSystem, share: number): number => Math.ceil(each === race ? share / 20 : share);

/** Where two answers differ first, in words. */
const firstDifference = (said: Buffer, expected: Buffer, record: number): string | undefined => {
  if (said.equals(expected)) return undefined;
  const at = said.findIndex((byte, index) => byte !== expected[index]);
  return `case ${Math.floor(at / record)}, byte ${at % record} of ${record}`;
};

describe.skipIf(noCompiler)(`the shield in C99${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it.each([
    ["optimised", [...STRICT, "-O2"], SHARE],
    ["under address and undefined-behaviour sanitisers", [...STRICT, ...SANITISED], 400],
  ] as const)(
    "repairs as the reference does, entry by entry and choice by choice, %s",
    (_, flags, share) => {
      const tally = new Map<string, number>();
      for (const each of shieldSystems) {
        const count = countOf(each, share);
        const cases = casesOf(each, count, 17);
        const said = compiledShield(each, flags)(bytesOfCases(cases));
        const { bytes, outcomes } = expectedBytes(each, cases);
        for (const { repairs, verdicts } of outcomes) {
          for (const word of [...repairs, ...verdicts.map(({ flag }) => flag)]) {
            tally.set(word, (tally.get(word) ?? 0) + 1);
          }
        }
        expect(said.length, each.name).toBe(bytes.length);
        expect(firstDifference(said, bytes, bytes.length / count), each.name).toBeUndefined();
      }
      for (const word of [
        ...["none", "swept", "searched", "without-margin", "given-up", "impossible"],
        ...["satisfied", "restored", "failed", "unjudged"],
      ]) {
        expect(tally.get(word) ?? 0, word).toBeGreaterThan(20);
      }
    },
    240_000,
  );

  it("states the size of its working memory as the compiler counts it", () => {
    for (const each of shieldSystems) {
      const exported = exportC99(each.model, "city", "a test", each.system);
      const folder = written("city", exported);
      writeFileSync(
        join(folder, "size.c"),
        '#include "city.h"\n#include <stdio.h>\nint main(void) { printf("%u %u", (unsigned)sizeof(city_shield_work), (unsigned)sizeof(void *)); return 0; }\n',
      );
      execFileSync("gcc", ["-o", join(folder, "size"), join(folder, "size.c")]);
      const [bytes, pointer] = execFileSync(join(folder, "size"), { encoding: "utf8" })
        .split(" ")
        .map(Number);
      expect(planShield(each.system, each.model.readouts).workBytes(pointer as 4 | 8), each.name).toBe(bytes);
      expect(exported.header).toContain(`#define CITY_SHIELD_WORK_BYTES ${exported.shieldWorkBytes}\n`);
    }
  });
});
