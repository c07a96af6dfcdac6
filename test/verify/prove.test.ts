import { describe, expect, it } from "vitest";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { sha256 } from "../../src/edge/sha256.ts";
import { proveArtefact } from "../../src/verify/prove.ts";
import { limitRule } from "../edge/fixture.ts";
import { artefactOf, bytes, judges, model, plan, provider } from "./proofFixture.ts";

describe("proveArtefact", async () => {
  const report = await proveArtefact({ bytes, provider, judges, runs: 400, seed: 5 });

  it("passes a shield that keeps its rules, and counts what it could not judge apart", () => {
    expect(report.passed).toBe(true);
    expect(report).toMatchObject({ runs: 400, failures: 0, disagreements: 0, seed: 5, confidence: 0.95 });
    expect(report.judged + report.unjudged + report.infeasible).toBe(400);
    expect(report.judged).toBeGreaterThan(100);
    expect(report.unjudged).toBeGreaterThan(5);
    expect(report.infeasible).toBeGreaterThan(0);
    expect(report.failureRateBound).toBeCloseTo(1 - 0.05 ** (1 / report.judged), 9);
    expect(report.artefactSha256).toBe(openArtefact(bytes).sha256);
    for (const rule of report.rules) {
      expect(rule.broken).toBe(0);
      expect(rule.kept + rule.unjudged).toBe(400 - report.infeasible);
      expect(rule.smallestMargin).toBeGreaterThanOrEqual(0);
    }
    expect(report.counterexample).toBeUndefined();
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("shows the smallest window on which the forecast without shield breaks a rule", () => {
    expect(report.unshieldedFailures).toBeGreaterThan(10);
    const { description, window, margin, replayCommand, path } = report.unshieldedCounterexample!;
    expect(window.perturbations.length).toBeLessThanOrEqual(1);
    expect(margin).toBeLessThan(0);
    expect(description.at(-1)).toMatch(
      /then the unshielded forecast breaks (limit|ramp) by [\d.]+ at s\d, step \d/,
    );
    expect(replayCommand).toBe(`ordinance verify ARTEFACT --kind plausible --seed 5 --path ${path}`);
  });

  it("is repeatable", async () => {
    expect(await proveArtefact({ bytes, provider, judges, runs: 400, seed: 5 })).toEqual(report);
  });

  it("counts and bounds each kind of window by itself", async () => {
    expect(report.kinds.map(({ kind, runs }) => [kind, runs])).toEqual([
      ["plausible", 240],
      ["hostile", 80],
      ["clock", 80],
    ]);
    for (const count of ["judged", "unjudged", "infeasible", "unshieldedFailures"] as const) {
      expect(report.kinds.reduce((sum, kind) => sum + kind[count], 0)).toBe(report[count]);
    }
    for (const { failureRateBound, judged } of report.kinds) {
      expect(judged).toBeGreaterThan(20);
      expect(failureRateBound).toBeCloseTo(1 - 0.05 ** (1 / judged), 9);
    }
    const alone = await proveArtefact({ bytes, provider, judges, runs: 80, seed: 5, kinds: ["hostile"] });
    expect(alone.kinds).toEqual([report.kinds[1]]);
    expect(alone.infeasible).toBeGreaterThan(0);
  });

  it("replays a path of the kind that it belongs to", async () => {
    const request = { bytes, provider, judges, runs: 400, seed: 5, path: "3" };
    await expect(proveArtefact(request)).rejects.toThrow(/give its kind with it/);
    const replayed = await proveArtefact({ ...request, kinds: ["clock"] });
    expect(replayed.kinds.map(({ kind, runs }) => [kind, runs])).toEqual([["clock", 1]]);
  });

  it("finds a loosened rule, names the window and replays it", async () => {
    const loose = artefactOf(limitRule(plan, 0, 20, 90));
    const seen: number[] = [];
    const found = await proveArtefact({
      bytes: loose,
      provider,
      judges,
      runs: 200,
      seed: 9,
      artefactPath: "edge/model.ordn",
      onProgress: (done) => seen.push(done),
    });
    expect(seen).toEqual([20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 200]);
    expect(found.passed).toBe(false);
    expect(found.failures).toBeGreaterThan(0);
    expect(found.disagreements).toBe(found.failures);
    const example = found.counterexample!;
    expect(example.rule).toBe("limit");
    expect(example.margin).toBeLessThan(0);
    expect(example.margin).toBeGreaterThanOrEqual(-10);
    expect(example.step).toBeGreaterThan(0);
    expect(example.window.perturbations.length).toBeLessThanOrEqual(1);
    expect(example.replayCommand).toMatch(
      /^ordinance verify edge\/model\.ordn --kind plausible --seed 9 --path \d+(:\d+)*$/,
    );
    const replayed = await proveArtefact({
      bytes: loose,
      provider,
      judges,
      runs: 200,
      seed: 9,
      kinds: [example.kind],
      path: example.path,
    });
    expect(replayed).toMatchObject({ runs: 1, failures: 1, passed: false });
    expect(replayed.counterexample!.window).toEqual(example.window);
    const cured = await proveArtefact({
      bytes,
      provider,
      judges,
      runs: 200,
      seed: 9,
      kinds: ["plausible"],
      path: example.path,
    });
    expect(cured).toMatchObject({ runs: 1, failures: 0 });
  });

  it("refuses an artefact with another weight, and one with other rules", async () => {
    const { model: inside } = openArtefact(bytes);
    expect(inside.inputCodes[0]).toBe(model.inputCodes[0]);
    const changed = bytes.slice();
    const manifestLength = new DataView(changed.buffer).getUint32(12, true);
    changed[16 + Math.ceil(manifestLength / 4) * 4]! ^= 1;
    changed.set(sha256(changed.subarray(0, -32)), changed.length - 32);
    const request = { provider, judges, runs: 10, seed: 1 };
    await expect(proveArtefact({ ...request, bytes: changed })).rejects.toThrow(/computes other outputs/);
    await expect(proveArtefact({ ...request, bytes, judges: judges.toReversed() })).rejects.toThrow(
      /carries the rules limit, ramp, but the spec judges ramp, limit/,
    );
  });

  it("never passes where nothing can be judged", async () => {
    const empty = {
      ...provider,
      window: (index: number) => {
        const window = provider.window(index);
        return { ...window, values: window.values.map(() => Number.NaN) };
      },
    };
    const nothing = await proveArtefact({ bytes, provider: empty, judges, runs: 20, seed: 2 });
    expect(nothing.passed).toBe(nothing.judged > 0);
    expect(nothing.unjudged).toBeGreaterThan(15);
  });
});
