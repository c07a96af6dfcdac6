import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ArtefactError } from "../../../src/edge/ArtefactError.ts";
import { type C99Export, exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { planShield } from "../../../src/edge/c99/shieldPlan.ts";
import { createRuleSystem, type RuleSystem } from "../../../src/edge/RuleSystem.ts";
import { noCompiler, SANITISED, STRICT, written } from "./compileC.ts";
import {
  bytesOfCases,
  casesOf,
  compiledShield,
  expectedBytes,
  FLAGS,
  REPAIRS,
  shieldSystems,
  type ShieldSystem,
} from "./shieldCases.ts";

/** Windows of each system, so that they are 10,000 altogether, the costly ones not counted. */
const SHARE = 10_000 / shieldSystems.filter(({ costly }) => !costly).length;

/** Where two answers differ first, in words. */
const firstDifference = (said: Buffer, expected: Buffer, record: number): string | undefined => {
  if (said.equals(expected)) return undefined;
  const at = said.findIndex((byte, index) => byte !== expected[index]);
  return `case ${Math.floor(at / record)}, byte ${at % record} of ${record}`;
};

describe.skipIf(noCompiler)(`the shield in C99${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it.each([
    ["optimised", [...STRICT, "-O2"], SHARE],
    ["under address and undefined-behaviour sanitisers", [...STRICT, ...SANITISED], 200],
  ] as const)(
    "repairs as the reference does, entry by entry and choice by choice, %s",
    (_, flags, share) => {
      const tally = new Map<string, number>();
      for (const each of shieldSystems) {
        const count = Math.ceil(each.costly ? share / 20 : share);
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
      for (const word of [...REPAIRS, ...FLAGS]) {
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

describe("the shield of exportC99", () => {
  const [controller] = shieldSystems as [ShieldSystem, ...ShieldSystem[]];
  const exported = (system: RuleSystem): C99Export => exportC99(controller.model, "city", "a test", system);

  it("states its bounds in numbers, takes no memory and calls no function of its own again", () => {
    const { header, source } = exported(controller.system);
    // Two searches, each with 400 visits a leaf and 256 choices taken back, and one more that ends it.
    const visits = 2 * 400 * controller.system.constant.length;
    expect(header).toContain(`${visits} visits of a leaf and 514 choices taken`);
    expect(header).toContain("520 sweeps");
    expect(source).not.toMatch(/\b(float|double|malloc|free)\b/);
    const bodies = new Map(
      Array.from(
        source.matchAll(/^\w[\w ]*?\*?(\w+)\([^;{]*\) \{(?:\n((?: .*)?\n)*?\}|.*\})/gm),
        ([body, name]) => [name!, body.slice(body.indexOf("{"))],
      ),
    );
    const callsOf = (name: string): string[] =>
      Array.from((bodies.get(name) ?? "").matchAll(/\b(\w+)\(/g), ([, called]) => called!).filter((called) =>
        bodies.has(called),
      );
    const reached = (from: string): Set<string> => {
      const seen = new Set<string>();
      const visit = (name: string): void =>
        callsOf(name).forEach((called) => {
          if (seen.has(called)) return;
          seen.add(called);
          visit(called);
        });
      visit(from);
      return seen;
    };
    expect(reached("city_shield")).toContain("narrow_by_leaf");
    for (const name of bodies.keys()) expect(reached(name), name).not.toContain(name);
  });

  it("is left out where no rule is enforced", () => {
    const rules = controller.system.rules.map((rule) => ({ ...rule, enforced: false }));
    const { header, shieldWorkBytes } = exported(createRuleSystem(rules, controller.system));
    expect(header).toContain("city_judge");
    expect(header).not.toContain("city_shield");
    expect(shieldWorkBytes).toBe(0);
  });

  it("refuses enforced rules whose products TypeScript would round, and names them", () => {
    const withFineRule = (enforced: boolean): RuleSystem =>
      createRuleSystem(
        controller.system.rules.map((rule, index) =>
          index === 1
            ? { ...rule, enforced, coefficient: rule.coefficient.map((value) => 2_000_000 * value) }
            : rule,
        ),
        controller.system,
      );
    expect(() => exported(withFineRule(true))).toThrow(ArtefactError);
    expect(() => exported(withFineRule(true))).toThrow(/products of rule 1 could pass 2\^53/);
    expect(exported(withFineRule(false)).header).toContain("Amounts have 64 bits");
  });
});
