import * as fc from "fast-check";
import type { Artefact } from "../edge/Artefact.ts";
import { ArtefactError } from "../edge/ArtefactError.ts";
import { checkGolden } from "../edge/golden.ts";
import { openArtefact } from "../edge/openArtefact.ts";
import { clockEdges, ruleMinutes } from "./ClockEdge.ts";
import { clopperPearsonUpper } from "./clopperPearson.ts";
import type { Judge } from "./Judge.ts";
import type { PerturbedWindow } from "./PerturbedWindow.ts";
import type { Counterexample, ProofReport } from "./ProofReport.ts";
import { createProofTally } from "./ProofTally.ts";
import { createProofTrial, failingRule } from "./ProofTrial.ts";
import { WINDOW_KINDS, type WindowKind, windowsByKind } from "./WindowKind.ts";
import { windowsOfKind, type WindowProvider, type WindowSource } from "./windows.ts";

const DEFAULT_CONFIDENCE = 0.95;
/** Windows between two chances for the rest of the program to run, a request to stop among it. */
const WINDOWS_AT_ONCE = 20;

export interface ProofRequest {
  readonly bytes: Uint8Array;
  readonly provider: WindowProvider;
  /** One for every rule of the artefact, enforced or not, in its order. */
  readonly judges: readonly Judge[];
  /** Windows of all kinds together; {@link windowsByKind} shares them out. */
  readonly runs: number;
  readonly seed: number;
  /** All kinds where left out. */
  readonly kinds?: readonly WindowKind[];
  /** Looks at the one window of this path, of the one kind that is given, instead of `runs` windows. */
  readonly path?: string;
  /** 0.95 where left out. */
  readonly confidence?: number;
  /** How the artefact is called in the replay command; ARTEFACT where left out. */
  readonly artefactPath?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Tests on the artefact's own integers that its shielded forecasts keep the enforced rules, over windows of three kinds
 * (see {@link windowsOfKind}), judged by an independent monitor in physical units. The windows of a kind depend on kind
 * and seed alone: fewer of them are the first of more.
 *
 * A window that breaks a rule is shrunk to the smallest found. Throws an {@link ArtefactError} for an artefact that
 * cannot be opened, whose golden vectors differ here, or whose rules are not those of the judges; a RangeError for a
 * path that leads to no window, or comes without its kind.
 */
export const proveArtefact = async (request: ProofRequest): Promise<ProofReport> => {
  const { path, seed } = request;
  const kinds = request.kinds ?? WINDOW_KINDS;
  const [onlyKind] = kinds;
  if (path !== undefined && (kinds.length !== 1 || onlyKind === undefined)) {
    throw new RangeError(
      `a path is that of a window of one kind; give its kind with it, copied from the report`,
    );
  }
  const artefact = openArtefact(request.bytes);
  checkGolden(artefact);
  checkJudges(artefact, request.judges);
  const trial = createProofTrial(artefact, request);
  const source = windowSource(artefact, request.provider.count, trial.runtime.contextSteps);
  const tally = createProofTally(artefact);
  const runs = path === undefined ? windowsByKind(kinds, request.runs) : [1];

  let done = 0;
  for (const [index, kind] of kinds.entries()) {
    const windows = windowsOfKind(kind, source);
    if (path !== undefined) {
      tally.add(kind, trial.run(windowAt(windows, seed, path)));
      continue;
    }
    await fc.assert(
      fc.asyncProperty(windows, async (window) => {
        tally.add(kind, trial.run(window));
        done++;
        if (done % WINDOWS_AT_ONCE !== 0) return;
        request.onProgress?.(done, request.runs);
        await breath();
      }),
      { seed, numRuns: runs[index]! },
    );
  }
  const counts = tally.total();
  request.onProgress?.(counts.runs, counts.runs);

  const smallest = async (
    which: "shielded" | "unshielded",
    failures: "failures" | "unshieldedFailures",
  ): Promise<Counterexample | undefined> => {
    const kind = kinds.find((each) => tally.ofKind(each)[failures] > 0);
    if (kind === undefined) return undefined;
    const windows = windowsOfKind(kind, source);
    if (path !== undefined) {
      const window = windowAt(windows, seed, path);
      return trial.counterexample(window, trial.run(window), which, { kind, path });
    }
    const details = await fc.check(
      fc.asyncProperty(windows, async (window) => {
        await breath();
        return failingRule(trial.run(window), which) === undefined;
      }),
      { seed, numRuns: runs[kinds.indexOf(kind)]! },
    );
    const window = details.counterexample?.[0];
    if (window === undefined) return undefined;
    const found = { kind, path: details.counterexamplePath! };
    return trial.counterexample(window, trial.run(window), which, found);
  };
  const counterexample = await smallest("shielded", "failures");
  const unshieldedCounterexample = await smallest("unshielded", "unshieldedFailures");
  const confidence = request.confidence ?? DEFAULT_CONFIDENCE;
  const boundOf = ({ failures, judged }: { readonly failures: number; readonly judged: number }): number =>
    clopperPearsonUpper(failures, judged, confidence);
  return {
    artefactSha256: artefact.sha256,
    rulesSha256: artefact.manifest.rulesSha256,
    seed,
    ...counts,
    confidence,
    failureRateBound: boundOf(counts),
    kinds: kinds.map((kind) => {
      const own = tally.ofKind(kind);
      return { kind, ...own, failureRateBound: boundOf(own) };
    }),
    rules: tally.rules(),
    ...(counterexample === undefined ? {} : { counterexample }),
    ...(unshieldedCounterexample === undefined ? {} : { unshieldedCounterexample }),
    passed: counts.judged > 0 && counts.failures === 0 && counts.disagreements === 0,
  };
};

/** What windows of an artefact are made from; the edges of its clock from its creation on. */
export const windowSource = (artefact: Artefact, count: number, contextSteps: number): WindowSource => {
  const { manifest, rules } = artefact;
  const { features: plan } = manifest;
  const edges = clockEdges(plan.zone, Date.parse(manifest.created), ruleMinutes(rules));
  return { plan, count, contextSteps, edges };
};

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const checkJudges = (artefact: Artefact, judges: readonly Judge[]): void => {
  const named = artefact.rules.map((rule) => rule.name).join(", ");
  const judged = judges.map((judge) => judge.rule).join(", ");
  if (named !== judged) {
    throw new ArtefactError(
      "malformed",
      `the artefact carries the rules ${named || "(none)"}, but the spec judges ${judged || "(none)"}; ` +
        "verify with the spec it was exported with",
    );
  }
};

/** The window that fast-check makes at a path, whether or not it fails. */
const windowAt = (windows: fc.Arbitrary<PerturbedWindow>, seed: number, path: string): PerturbedWindow => {
  let first: PerturbedWindow | undefined;
  fc.check(
    fc.property(windows, (window) => {
      first ??= window;
      return false;
    }),
    { seed, path, endOnFailure: true },
  );
  if (first === undefined) {
    throw new RangeError(`there is no window at path ${path} under seed ${seed}; copy both from the report`);
  }
  return first;
};
