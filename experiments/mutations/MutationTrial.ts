import * as fc from "fast-check";
import { ArtefactError } from "../../src/edge/ArtefactError.ts";
import { checkGolden } from "../../src/edge/golden.ts";
import { openArtefact } from "../../src/edge/openArtefact.ts";
import type { Judge } from "../../src/verify/Judge.ts";
import { createProofTally } from "../../src/verify/ProofTally.ts";
import { createProofTrial } from "../../src/verify/ProofTrial.ts";
import { windowSource } from "../../src/verify/prove.ts";
import { WINDOW_KINDS, windowsByKind } from "../../src/verify/WindowKind.ts";
import { windowsOfKind, type WindowProvider } from "../../src/verify/windows.ts";
import type { Mutant } from "./Mutant.ts";
import { sealMutant } from "./sealMutant.ts";

export interface MutationSettings {
  /** The artefact's file, unsigned. */
  readonly bytes: Uint8Array;
  readonly provider: WindowProvider;
  readonly judges: readonly Judge[];
  readonly windows: number;
  readonly seed: number;
}

/** What each line of defence made of a mutant. */
export interface MutantFate {
  /** Refused where bytes were changed and nothing else. */
  readonly byHash: boolean;
  /** Refused where the hash was made anew, but not the golden vectors. */
  readonly byGolden: boolean;
  /** With hash and golden vectors made anew: the proof finds an enforced rule broken. */
  readonly byJudge: boolean;
  /** The first window on which its forecast is not that of the artefact; undefined where there is none. */
  readonly firstDifference?: number;
}

/**
 * Tries mutants of one artefact on the windows that a proof of the same seed tries, the kinds taking turns.
 *
 * The forecasts of the artefact itself are made once and kept.
 */
export const createMutationTrial = (settings: MutationSettings): ((mutant: Mutant) => MutantFate) => {
  const { bytes, provider, seed } = settings;
  const artefact = openArtefact(bytes);
  const reference = createProofTrial(artefact, settings);
  const source = windowSource(artefact, provider.count, reference.runtime.contextSteps);
  const counts = windowsByKind(WINDOW_KINDS, settings.windows);
  const windows = WINDOW_KINDS.flatMap((kind, index) =>
    fc
      .sample(windowsOfKind(kind, source), { seed, numRuns: counts[index]! })
      .map((window, place) => ({ kind, window, share: place / counts[index]! })),
  ).sort((a, b) => a.share - b.share);
  const expected = windows.map(({ window }) => {
    const { raw, shielded } = reference.run(window).device;
    return { raw, shielded };
  });

  return (mutant) => {
    const kept = sealMutant(artefact, mutant, "kept");
    const stale = kept.slice();
    stale.set(bytes.subarray(-32), stale.length - 32);
    const byHash = isRefused(() => openArtefact(stale), "hash-mismatch");
    const byGolden = isRefused(() => checkGolden(openArtefact(kept)), "golden-mismatch");

    const forged = openArtefact(sealMutant(artefact, mutant, "fresh"));
    checkGolden(forged);
    const trial = createProofTrial(forged, settings);
    const tally = createProofTally(forged);
    let byJudge = false;
    let firstDifference: number | undefined;
    for (let index = 0; index < windows.length && !(byJudge && firstDifference !== undefined); index++) {
      const { kind, window } = windows[index]!;
      const result = trial.run(window);
      tally.add(kind, result);
      const { disagreements, failures } = tally.total();
      byJudge ||= failures + disagreements > 0;
      const { raw, shielded } = expected[index]!;
      if (!same(raw, result.device.raw) || !same(shielded, result.device.shielded)) firstDifference ??= index;
    }
    return { byHash, byGolden, byJudge, ...(firstDifference !== undefined && { firstDifference }) };
  };
};

const isRefused = (attempt: () => unknown, problem: string): boolean => {
  try {
    attempt();
    return false;
  } catch (error) {
    if (error instanceof ArtefactError && error.problem === problem) return true;
    throw error;
  }
};

const same = (a: Int32Array, b: Int32Array): boolean => a.every((value, index) => value === b[index]);
