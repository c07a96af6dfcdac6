import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exportC99 } from "../../../src/edge/c99/exportC99.ts";
import { compileArtefact } from "../../../src/edge/compileArtefact.ts";
import { ruleSystemOf } from "../../../src/edge/golden.ts";
import { openArtefact } from "../../../src/edge/openArtefact.ts";
import { createFixedLeaves, fixLeaves } from "../../../src/edge/FixedLeaves.ts";
import {
  judgeClock,
  judgeNodes,
  leafValues,
  type PastQuanta,
  rootOf,
  type RuleSystem,
} from "../../../src/edge/RuleSystem.ts";
import {
  fixtureMetadata,
  fixtureModel,
  fixturePlan,
  limitRule,
  rampRule,
  uniform,
  unrolled,
} from "../fixture.ts";
import { noCompiler, SANITISED, STRICT, written } from "./compileC.ts";

const shape = { sensors: 3, units: 2, hiddenUnits: 1, windowSteps: 2, horizonSteps: 4 };
const plan = fixturePlan(shape);
const artefact = openArtefact(
  compileArtefact({
    model: fixtureModel(plan, shape),
    features: plan,
    rules: [
      { unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: true },
      { unrolled: rampRule(plan, 0, 12), text: "ramp", enforced: true },
      {
        unrolled: unrolled("night", {
          any: [
            { clock: { field: "minuteOfDay", step: 1, lower: 300, upper: 1439 } },
            {
              atLeast: 2,
              of: [
                { leaf: [[-1, 1, 0, 1]], constant: 500, strict: true },
                {
                  leaf: [
                    [-1, 1, 1, 2],
                    [1, 1, 1, -1],
                  ],
                  constant: 40,
                  strict: false,
                },
                {
                  leaf: [
                    [1, 1, 2, 0],
                    [-2, 0, 2, 3],
                  ],
                  constant: 3,
                  strict: false,
                },
              ],
            },
          ],
        }),
        text: "night",
        enforced: false,
      },
    ],
    ranges: { speed: { lower: 0, upper: 90.05 }, flow: { lower: 0 } },
    metadata: fixtureMetadata,
  }),
);
const system = ruleSystemOf(artefact);

interface Case {
  readonly forecast: Int32Array;
  readonly past: PastQuanta;
  /** Minute of day, weekday, day number at the origin. */
  readonly clock: readonly [number, number, number];
}

const casesOf = (count: number): Case[] => {
  const random = uniform(11);
  const size = system.ruleChannels.length * system.sensors * system.pastSteps;
  return Array.from({ length: count }, () => {
    // Now and then far outside, so that every comparison goes both ways.
    const spread = random() < 0.3 ? 2000 : 200;
    const level = random() < 0.5 ? 400 : 0;
    const lower = Int32Array.from({ length: size }, () => level + Math.floor(random() * spread));
    return {
      forecast: Int32Array.from({ length: system.variables }, () => level + Math.floor(random() * spread)),
      past: {
        lower,
        upper: lower.map((value) => value + (random() < 0.2 ? 1 : 0)),
        known: Uint8Array.from({ length: size }, () => (random() < 0.85 ? 1 : 0)),
      },
      clock: [Math.floor(random() * 1440), 1 + Math.floor(random() * 7), Math.floor(random() * 20_000)],
    };
  });
};

const LARGEST = 2n ** 63n - 1n;
const margins = (rules: RuleSystem, { clock, forecast, past }: Case, end: "least" | "most"): bigint[] => {
  const fixed = createFixedLeaves(rules);
  const leaves = new Float64Array(rules.constant.length);
  const nodes = new Float64Array(rules.kind.length);
  const clocks = new Float64Array(rules.clockTests.length);
  fixLeaves(rules, past, fixed);
  judgeClock(rules, (field, step) => clock[field]! + step, clocks);
  leafValues(rules, fixed[end], forecast, leaves);
  judgeNodes(rules, leaves, clocks, nodes);
  return rules.rules.map((_, rule) => {
    const value = nodes[rootOf(rules, rule)]!;
    return value === Infinity ? LARGEST : value === -Infinity ? -LARGEST : BigInt(value);
  });
};

/** Reads cases on stdin, writes i64 margin and i64 kept of every rule. */
const DRIVER = `#include "city.h"
#include <stdio.h>
static int32_t now[3];
static int32_t clock_of(int32_t field, int32_t step) { return now[field] + step; }
int main(void) {
  static int32_t forecast[CITY_FORECAST];
  static city_past past;
  static int64_t nodes[CITY_NODES];
  city_verdict verdicts[CITY_RULES];
  while (fread(now, sizeof now, 1, stdin) == 1) {
    int rule;
    if (fread(forecast, sizeof forecast, 1, stdin) != 1) return 1;
    if (fread(past.lower, sizeof past.lower, 1, stdin) != 1) return 1;
    if (fread(past.upper, sizeof past.upper, 1, stdin) != 1) return 1;
    if (fread(past.known, sizeof past.known, 1, stdin) != 1) return 1;
    city_judge(forecast, &past, clock_of, nodes, verdicts);
    for (rule = 0; rule < CITY_RULES; rule++) {
      const int64_t said[2] = {verdicts[rule].margin, verdicts[rule].kept};
      fwrite(said, sizeof said, 1, stdout);
    }
  }
  return 0;
}
`;

describe.skipIf(noCompiler)(`the rule monitor in C99${noCompiler ? ` (skipped: ${noCompiler})` : ""}`, () => {
  it.each([
    ["optimised", [...STRICT, "-O2"]],
    ["under sanitisers", [...STRICT, ...SANITISED]],
  ])("judges as the reference does, clock, past and missing readings too: %s", (_, flags) => {
    const folder = written("city", exportC99(artefact.model, "city", "a test", system));
    writeFileSync(join(folder, "driver.c"), DRIVER);
    const program = join(folder, "driver");
    execFileSync("gcc", [...flags, "-o", program, join(folder, "city.c"), join(folder, "driver.c")]);
    const cases = casesOf(2000);
    const input = Buffer.concat(
      cases.flatMap(({ clock, forecast, past }) =>
        [Int32Array.from(clock), forecast, past.lower, past.upper, past.known].map((values) =>
          Buffer.from(values.buffer),
        ),
      ),
    );
    const said = execFileSync(program, { input, maxBuffer: 2 ** 28 });
    const tally = new Map<string, number>();
    cases.forEach((each, index) => {
      const least = margins(system, each, "least");
      const most = margins(system, each, "most");
      least.forEach((margin, rule) => {
        const at = 16 * (index * least.length + rule);
        const kept = margin >= 0n ? 1n : most[rule]! >= 0n ? -1n : 0n;
        if (said.readBigInt64LE(at) !== margin || said.readBigInt64LE(at + 8) !== kept) {
          expect({ index, rule, margin: said.readBigInt64LE(at), kept: said.readBigInt64LE(at + 8) }).toEqual(
            {
              index,
              rule,
              margin,
              kept,
            },
          );
        }
        const key = `${system.rules[rule]!.name} ${kept}`;
        tally.set(key, (tally.get(key) ?? 0) + 1);
      });
    });
    // Every rule is seen kept, broken and open, but for the first, which reads no past.
    expect(tally.size).toBe(8);
  });

  it("compiles where no rule reads clock or past", () => {
    const limit = openArtefact(
      compileArtefact({
        model: fixtureModel(plan, shape),
        features: plan,
        rules: [{ unrolled: limitRule(plan, 0, 10, 120), text: "limit", enforced: true }],
        ranges: { speed: { lower: 0, upper: 90.05 }, flow: { lower: 0 } },
        metadata: fixtureMetadata,
      }),
    );
    const folder = written("city", exportC99(limit.model, "city", "a test", ruleSystemOf(limit)));
    const object = join(folder, "city.o");
    execFileSync("gcc", [...STRICT, "-O2", "-c", "-o", object, join(folder, "city.c")]);
    expect(existsSync(object)).toBe(true);
  });

  it("names the rules in the header, and is left out where there are none", () => {
    const { header, ruleBytes } = exportC99(artefact.model, "city", "a test", system);
    expect(header).toContain(" *   2 night (watched), margin in 1/5\n");
    expect(ruleBytes).toBeGreaterThan(0);
    const bare = exportC99(artefact.model, "city", "a test");
    expect(bare.header).not.toContain("_judge");
    expect(bare.ruleBytes).toBe(0);
  });
});
