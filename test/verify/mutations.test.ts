import * as fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { type Mutant, MUTANT_KINDS, type MutantKind, mutantsOf } from "../../experiments/mutations/Mutant.ts";
import { createMutationTrial } from "../../experiments/mutations/MutationTrial.ts";
import { sealMutant } from "../../experiments/mutations/sealMutant.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import { createRuntime } from "../../src/edge/runtime.ts";
import { proveArtefact, windowSource } from "../../src/verify/prove.ts";
import { WINDOW_KINDS, windowsByKind } from "../../src/verify/WindowKind.ts";
import { applyPerturbations, windowsOfKind } from "../../src/verify/windows.ts";
import { bytes, judges, plan, provider } from "./proofFixture.ts";

const WINDOWS = 200;
const SEED = 3;
const artefact = openArtefact(bytes);
const trial = createMutationTrial({ bytes, provider, judges, windows: WINDOWS, seed: SEED });
const reference = createRuntime(artefact);
const source = windowSource(artefact, provider.count, reference.contextSteps);
const counts = windowsByKind(WINDOW_KINDS, WINDOWS);
const windows = WINDOW_KINDS.flatMap((kind, index) =>
  fc
    .sample(windowsOfKind(kind, source), { seed: SEED, numRuns: counts[index]! })
    .map((window) =>
      applyPerturbations(provider.window(window.index), window, plan, artefact.manifest.readouts),
    ),
);
const expected = windows.map((readings) => reference.forecast(readings));

/**
 * By other means than the trial: whether a mutant's forecast leaves 20..80 or jumps by more than 30 within the horizon
 * on some window where the device does not say that it had to, and whether it differs anywhere.
 */
const seenIn = (mutant: Mutant): { breaks: boolean; differs: boolean } => {
  const runtime = createRuntime(openArtefact(sealMutant(artefact, mutant, "fresh")));
  let [breaks, differs] = [false, false];
  windows.forEach((readings, index) => {
    const device = runtime.forecast(readings);
    const speeds = device.physical(device.shielded).subarray(0, plan.sensors.length * plan.horizonSteps);
    const wrong = speeds.some((speed, at) => {
      const jump = at % plan.horizonSteps === 0 ? 0 : Math.abs(speed - speeds[at - 1]!);
      return speed < 20 || speed > 80 || jump > 30 + 1e-9;
    });
    if (wrong && !device.infeasible) breaks = true;
    const { raw, shielded } = expected[index]!;
    if (!isDeepStrictEqual([device.raw, device.shielded], [raw, shielded])) differs = true;
  });
  return { breaks, differs };
};

const triedOf = (kind: MutantKind, count: number) =>
  mutantsOf(artefact, kind, count, 11).map((mutant) => ({
    mutant,
    fate: trial(mutant),
    seen: seenIn(mutant),
  }));

describe("mutants of an artefact", () => {
  it.each(MUTANT_KINDS)("%s: made again from the seed, and refused by the hash", (kind) => {
    const mutants = mutantsOf(artefact, kind, 3, 11);
    expect(mutantsOf(artefact, kind, 3, 11)).toEqual(mutants);
    expect(mutantsOf(artefact, kind, 3, 12)).not.toEqual(mutants);
    for (const mutant of mutants) {
      expect(trial(mutant).byHash).toBe(true);
      const { model, rules } = openArtefact(sealMutant(artefact, mutant, "kept"));
      expect({ model, rules }).toEqual({ model: mutant.model, rules: mutant.rules });
    }
  });

  it("is the artefact itself where nothing was changed", () => {
    expect(sealMutant(artefact, artefact, "fresh")).toEqual(bytes);
    expect(trial({ kind: MUTANT_KINDS[0], what: "nothing", ...artefact })).toEqual({
      byHash: false,
      byGolden: false,
      byJudge: false,
    });
  });

  it("with all constants of a rule loosened are caught by the judge when a forecast breaks the rule", async () => {
    const tried = triedOf("rule: all constants of one rule loosened", 12);
    expect(tried.filter(({ seen }) => seen.breaks).length).toBeGreaterThan(2);
    for (const { fate, mutant, seen } of tried) {
      if (seen.breaks) expect([mutant.what, fate.byJudge]).toEqual([mutant.what, true]);
    }
    // The margin of a repair hides what is loosened by less than it.
    const large = tried.filter(({ mutant }) => /limit.* (10|50) %/.test(mutant.what));
    expect(large.length).toBeGreaterThan(2);
    expect(large.every(({ fate }) => fate.byJudge)).toBe(true);
    const small = tried.filter(({ mutant }) => mutant.what.includes("one unit"));
    expect(small.length).toBeGreaterThan(2);
    expect(small.every(({ fate }) => !fate.byJudge)).toBe(true);

    const forged = sealMutant(artefact, large[0]!.mutant, "fresh");
    const proof = await proveArtefact({ bytes: forged, provider, judges, runs: WINDOWS, seed: SEED });
    expect(proof.passed).toBe(false);
    expect(proof.failures).toBeGreaterThan(0);
  });

  it("with another rounding never break a rule, and are told apart where their forecasts differ", () => {
    let different = 0;
    for (const kind of MUTANT_KINDS.filter((each) => each.startsWith("rounding"))) {
      for (const { fate, mutant, seen } of triedOf(kind, 6)) {
        if (seen.differs) different++;
        const place = [kind, mutant.what];
        expect([...place, seen.breaks, fate.byJudge]).toEqual([...place, false, false]);
        expect([...place, fate.firstDifference !== undefined]).toEqual([...place, seen.differs]);
      }
    }
    expect(different).toBeGreaterThan(5);
    expect(different).toBeLessThan(24);
  });

  it("with a weight flipped make other forecasts, which the shield keeps within the rules", () => {
    const tried = triedOf("weight: one code flipped", 8);
    expect(tried.filter(({ seen }) => seen.differs).length).toBeGreaterThan(4);
    for (const { fate, seen } of tried) {
      expect(fate.byJudge).toBe(false);
      expect(fate.firstDifference !== undefined).toBe(seen.differs);
    }
  });
});
