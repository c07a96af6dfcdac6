/** Proves an exported artefact again, or replays one window of a proof; signs and writes what was found. */
import { Effect, Path } from "effect";
import { type Artefact, ArtefactError } from "../edge/index.ts";
import { formatDuration } from "../ingest/parseDuration.ts";
import type { ProofReport } from "../verify/ProofReport.ts";
import { type Certification, type CertifyOptions, certifyRun } from "./certifyRun.ts";
import type { WindowKind } from "../verify/WindowKind.ts";
import { loadRunPanel } from "./loadRunPanel.ts";
import { proofText, type SignedProof, signProof } from "./ProofSignature.ts";
import { ArtefactRefused, readArtefact } from "./readArtefact.ts";
import { type PreparedRun, prepareRun } from "./prepareRun.ts";
import { timedStage } from "./Progress.ts";
import { proveRun } from "./proveRun.ts";
import { readPipeline } from "./readPipeline.ts";
import { ensureWritable, writeFileAtomically } from "./RunDirectory.ts";
import { readSigner } from "./signerKeys.ts";

export interface VerifyOptions {
  readonly artefactPath: string;
  readonly pipelinePath: string;
  readonly seed?: number;
  readonly windows?: number;
  /** All kinds of windows where left out. */
  readonly kind?: WindowKind;
  /** Replays the one window of this path. */
  readonly path?: string;
  /** Certifies windows of the test span too. */
  readonly certify?: Omit<CertifyOptions, "seed">;
  /** Private key that signs the proof. */
  readonly keyPath?: string;
  /** File that gets the proof. */
  readonly outPath?: string;
}

export const verifyArtefact = Effect.fn("verifyArtefact")(function* (options: VerifyOptions) {
  const path = yield* Path.Path;
  // What could be refused at the end, after minutes, is refused at the start.
  const signer = options.keyPath === undefined ? undefined : yield* readSigner(options.keyPath);
  if (options.outPath !== undefined) yield* ensureWritable(path.dirname(options.outPath));
  const refused = (reason: string) => new ArtefactRefused({ path: options.artefactPath, reason });
  const { artefact, bytes } = yield* readArtefact(options.artefactPath);
  const pipeline = yield* readPipeline(options.pipelinePath);
  const { result: run } = yield* timedStage(
    "Reading",
    Effect.flatMap(loadRunPanel(pipeline, options.pipelinePath), (loaded) =>
      prepareRun(pipeline, options.pipelinePath, loaded),
    ),
  );
  const differences = [...otherData(artefact, run), ...otherRules(artefact, run)];
  if (differences.length > 0) return yield* refused(differences.join("\n"));
  const proving = yield* timedStage(
    "Proving",
    proveRun(run, bytes, {
      artefactPath: options.artefactPath,
      windows: options.windows ?? pipeline.proof.windows,
      seed: options.seed ?? pipeline.proof.seed,
      ...(options.kind !== undefined && { kind: options.kind }),
      ...(options.path !== undefined && { path: options.path }),
    }).pipe(
      Effect.catchDefect((defect) =>
        defect instanceof ArtefactError || defect instanceof RangeError
          ? Effect.fail(refused(defect.message))
          : Effect.die(defect),
      ),
    ),
  );
  const proved: ProofReport & Partial<Certification> =
    options.certify === undefined
      ? proving.result
      : {
          ...proving.result,
          ...(yield* timedStage(
            "Certifying",
            certifyRun(run, artefact, { ...options.certify, seed: options.seed ?? pipeline.proof.seed }),
          )).result,
        };
  const proof: (ProofReport | SignedProof) & Partial<Certification> =
    signer === undefined ? proved : signProof(proved, signer);
  if (options.outPath !== undefined) yield* writeFileAtomically(options.outPath, proofText(proof));
  return proof;
});

/** An artefact reads its sensors and channels by their order: those of other data would be mistaken for its own. */
const otherData = ({ manifest }: Artefact, { data, panel, pipelinePath }: PreparedRun): string[] => {
  const channels = ({ circular, covariates, targets }: PreparedRun["data"]["plan"]): string[] => [
    ...[...targets, ...covariates].map(({ channel }) => channel),
    ...circular,
  ];
  const made = manifest.features;
  const pairs: [string, string, string][] = [
    ["sensors", made.sensors.join(", "), panel.sensors.join(", ")],
    ["channels", channels(made).join(", "), channels(data.plan).join(", ")],
    ["horizon", `${made.horizonSteps} steps`, `${data.plan.horizonSteps} steps`],
    ["step", formatDuration(made.stepMs), formatDuration(panel.stepMs)],
  ];
  return pairs
    .filter(([, stated, found]) => stated !== found)
    .map(
      ([what, stated, found]) =>
        `the artefact was made for the ${what} ${stated}, but ${pipelinePath} has ${found}; verify with the pipeline that it was made with`,
    );
};

/** A proof by other rules than the artefact's own would say nothing of it. */
const otherRules = ({ manifest }: Artefact, { rules }: PreparedRun): string[] => {
  const inSpec = new Map(
    rules.rules.map(({ bound }) => [bound.name, worded({ text: bound.text, enforced: !bound.goal })]),
  );
  const inArtefact = new Map(manifest.rules.map((rule) => [rule.name, worded(rule)]));
  return [...new Set([...inArtefact.keys(), ...inSpec.keys()])]
    .filter((name) => inArtefact.get(name) !== inSpec.get(name))
    .map(
      (name) =>
        `rule ${name} is ${inArtefact.get(name) ?? "absent"} in the artefact, but ${inSpec.get(name) ?? "absent"} in ${rules.path}; verify with the rules that it was made with, or run the pipeline again`,
    );
};

const worded = (rule: { readonly text: string; readonly enforced: boolean }): string =>
  `${rule.enforced ? "" : "the goal "}"${rule.text}"`;
