import { describe, expect, it } from "vitest";
import { compileArtefact } from "../../src/edge/compileArtefact.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { createRuntime } from "../../src/edge/runtime.ts";
import { contextSteps } from "../../src/series/features.ts";
import { certifyWindows } from "../../src/verify/certifyWindows.ts";
import { fixtureMetadata, fixtureModel, fixturePlan, fixtureReadings, limitRule } from "../edge/fixture.ts";

const plan = fixturePlan();
const context = contextSteps(plan);
const provider = { count: 30, window: (index: number) => fixtureReadings(plan, context, index + 1, 0) };
const artefact = openArtefact(
  compileArtefact({
    model: fixtureModel(plan),
    features: plan,
    rules: [
      { unrolled: limitRule(plan, 0, 2, 110), text: "limit", enforced: true },
      { unrolled: { ...limitRule(plan, 0, 60, 61), name: "narrow" }, text: "narrow", enforced: false },
    ],
    metadata: fixtureMetadata,
  }),
);
const request = { artefact, provider, windows: 10, samples: 20, seed: 1 };

describe("certified windows", () => {
  it("are those whose centre keeps the rules where readings hardly move, and fewer the more they move", async () => {
    const reports = await certifyWindows({ ...request, quanta: [1e-9, 0.5, 3, 300] });
    const runtime = createRuntime(artefact);
    const kept = Array.from({ length: 10 }, (_, window) => provider.window(3 * window + 1)).filter(
      (readings) => runtime.forecast(readings).rules[0]!.before >= 0,
    ).length;
    expect(kept).toBeGreaterThan(2);
    expect(reports.map(({ keptAtCentre }) => keptAtCentre)).toEqual([kept, kept, kept, kept]);
    const certified = reports.map((report) => report.certified);
    expect(certified[0]).toBe(kept);
    expect(certified[3]).toBe(0);
    expect([...certified].sort((a, b) => b - a)).toEqual(certified);
    expect(certified[1]).toBeGreaterThan(0);
    for (const report of reports) {
      expect(report).toMatchObject({ newest: context, windows: 10, samples: 20, outside: 0 });
      expect(report.width).toBeGreaterThanOrEqual(report.sampledWidth);
      expect(report.untouched).toBeLessThanOrEqual(report.certified);
      expect(report.rules.map(({ enforced, name }) => [name, enforced])).toEqual([
        ["limit", true],
        ["narrow", false],
      ]);
      expect(report.rules[0]!.certified).toBe(report.certified);
      expect(report.rules[1]!.certified).toBe(0);
    }
  });

  it("are more where only the newest step moves, and the same for one seed", async () => {
    const [all] = await certifyWindows({ ...request, quanta: [10] });
    const [last] = await certifyWindows({ ...request, quanta: [10], newest: 1 });
    expect(last!.width).toBeLessThan(all!.width);
    expect(last!.certified).toBeGreaterThanOrEqual(all!.certified);
    expect(await certifyWindows({ ...request, quanta: [10], newest: 1 })).toEqual([last]);
  });
});
