import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import type { Certification } from "../jobs/certifyRun.ts";
import type { SignedProof } from "../jobs/ProofSignature.ts";
import type { KindProof, ProofReport } from "../verify/ProofReport.ts";
import { WINDOW_KINDS } from "../verify/WindowKind.ts";
import { describeCertification } from "./describeCertification.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { jsonFlag, quietFlag } from "./sharedFlags.ts";
import { terminalProgress } from "./terminalProgress.ts";

const DEFAULT_CERTIFIED = 20;

const atLeastOne = (name: string, what: string, description: string) =>
  Flag.Int(name).pipe(
    Flag.withDescription(description),
    Flag.filter(
      (count) => count >= 1,
      (count) => `Expected 1 or more ${what}, found ${count}`,
    ),
    Flag.optional,
  );

export const verifyCommand = Command.make(
  "verify",
  {
    artefact: Argument.String("artefact").pipe(
      Argument.withDescription("Artefact file (edge/model.ordinance)"),
    ),
    pipeline: Flag.String("pipeline").pipe(
      Flag.withDescription("Pipeline file whose data and rules judge the artefact"),
    ),
    seed: Flag.Int("seed").pipe(
      Flag.withDescription("Seed of the windows (default: the pipeline's)"),
      Flag.optional,
    ),
    windows: Flag.Int("windows").pipe(
      Flag.withDescription("How many windows to try (default: the pipeline's)"),
      Flag.filter(
        (count) => count >= 1,
        (count) => `Expected 1 window or more, found ${count}`,
      ),
      Flag.optional,
    ),
    kind: Flag.Literals("kind", WINDOW_KINDS).pipe(
      Flag.withDescription("Try windows of this kind alone (default: all kinds, 3 : 1 : 1)"),
      Flag.optional,
    ),
    path: Flag.String("path").pipe(
      Flag.withDescription("Replay the one window of this path; with its --kind"),
      Flag.filter(
        (path) => /^\d+(:\d+)*$/.test(path),
        () => "Expected a path such as 12:0:3, copied from a report",
      ),
      Flag.optional,
    ),
    certify: Flag.String("certify").pipe(
      Flag.withDescription("Certify real windows for readings off by so many quanta, such as 1,2,5"),
      Flag.filter(
        (sizes) => sizes.split(",").every((size) => Number(size) > 0 && Number.isFinite(Number(size))),
        (sizes) => `Expected sizes in quanta above 0, such as 1,2,5, found ${sizes}`,
      ),
      Flag.optional,
    ),
    certifyNewest: atLeastOne(
      "certify-newest",
      "steps",
      "How many of the newest steps are off (default: all)",
    ),
    certifyWindows: atLeastOne("certify-windows", "windows", "How many windows to certify (default: 20)"),
    out: Flag.String("out").pipe(Flag.withDescription("File that gets the proof as JSON"), Flag.optional),
    key: Flag.String("key").pipe(
      Flag.withDescription("Private key of ordinance keygen: sign the proof that --out or --json gives"),
      Flag.optional,
    ),
    json: jsonFlag,
    quiet: quietFlag,
  },
  ({
    artefact,
    certify,
    certifyNewest,
    certifyWindows,
    json,
    key,
    kind,
    out,
    path,
    pipeline,
    quiet,
    seed,
    windows,
  }) =>
    Effect.promise(() => import("../jobs/verifyArtefact.ts")).pipe(
      Effect.filterOrFail(
        () => Option.isNone(key) || Option.isSome(out) || json,
        () => ({ message: "--key signs the proof that --out or --json gives; give one of them" }),
      ),
      Effect.flatMap(({ verifyArtefact }) =>
        verifyArtefact({
          artefactPath: artefact,
          pipelinePath: pipeline,
          ...(Option.isSome(seed) && { seed: seed.value }),
          ...(Option.isSome(windows) && { windows: windows.value }),
          ...(Option.isSome(kind) && { kind: kind.value }),
          ...(Option.isSome(out) && { outPath: out.value }),
          ...(Option.isSome(key) && { keyPath: key.value }),
          ...(Option.isSome(path) && { path: path.value }),
          ...(Option.isSome(certify) && {
            certify: {
              quanta: certify.value.split(",").map(Number),
              windows: Option.getOrElse(certifyWindows, () => DEFAULT_CERTIFIED),
              ...(Option.isSome(certifyNewest) && { newest: certifyNewest.value }),
            },
          }),
        }),
      ),
      Effect.mapError(notJudged),
      Effect.tap((proof) => Console.log(json ? JSON.stringify(proof) : describe(proof))),
      Effect.flatMap((proof) =>
        proof.passed
          ? Effect.void
          : Effect.fail(
              new DoesNotHold({ cause: "proof", userMessage: "the artefact does not keep its rules" }),
            ),
      ),
      Effect.provide(terminalProgress({ quiet: quiet || json })),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription("Prove an artefact on perturbed windows of its data, or replay one of them"),
  Command.withExamples([
    {
      command:
        "ordinance verify out/arterial/INSTANT/edge/model.ordinance --pipeline pipelines/arterial.yaml",
      description: "Prove an artefact again",
    },
    {
      command:
        "ordinance verify out/arterial/INSTANT/edge/model.ordinance --pipeline pipelines/arterial.yaml --certify 1,2,5 --certify-newest 6",
      description: "And certify real windows against readings that are a little off",
    },
    {
      command:
        "ordinance verify model.ordinance --pipeline pipelines/arterial.yaml --kind hostile --windows 100000",
      description: "Try hostile windows alone",
    },
    {
      command:
        "ordinance verify model.ordinance --pipeline pipelines/arterial.yaml --out proof.json --key city.key",
      description: "Write a signed proof for ordinance export --trust",
    },
  ]),
);

const describe = (proof: (ProofReport | SignedProof) & Partial<Certification>): string =>
  [
    `artefact ${proof.artefactSha256}`,
    ...("signer" in proof ? [`proof signed by ${proof.signer}`] : []),
    `${proof.judged} windows judged, ${proof.unjudged} left open by missing readings, ${proof.infeasible} that no forecast could satisfy`,
    `${proof.failures} failures with the shield, ${proof.unshieldedFailures} without it`,
    `with ${proof.confidence * 100} % confidence at most ${(proof.failureRateBound * 100).toPrecision(3)} % of windows of these kinds fail`,
    ...proof.kinds.map(describeKind),
    ...[proof.counterexample, proof.unshieldedCounterexample].flatMap((example) =>
      example === undefined ? [] : ["", ...example.description, `replay: ${example.replayCommand}`],
    ),
    ...(proof.certificates !== undefined && proof.quantisation !== undefined && proof.conformal !== undefined
      ? describeCertification({
          certificates: proof.certificates,
          quantisation: proof.quantisation,
          conformal: proof.conformal,
        })
      : []),
  ].join("\n");

const describeKind = ({ failureRateBound, kind, ...own }: KindProof): string =>
  `  ${kind}: ${own.runs} windows, ${own.judged} judged, ${own.unjudged} open, ${own.infeasible} impossible; ` +
  `${own.failures} failures, ${own.unshieldedFailures} without shield; at most ${(failureRateBound * 100).toPrecision(3)} % fail`;
