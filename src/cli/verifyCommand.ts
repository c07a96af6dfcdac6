import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import type { Certification } from "../jobs/certifyRun.ts";
import type { ProofReport } from "../verify/ProofReport.ts";
import { describeCertification } from "./describeCertification.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
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
    path: Flag.String("path").pipe(
      Flag.withDescription("Replay the one window of this path"),
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
    json: Flag.Boolean("json").pipe(Flag.withDescription("Print the proof as JSON"), Flag.withDefault(false)),
    quiet: Flag.Boolean("quiet").pipe(
      Flag.withAlias("q"),
      Flag.withDescription("No progress"),
      Flag.withDefault(false),
    ),
  },
  ({ artefact, certify, certifyNewest, certifyWindows, json, path, pipeline, quiet, seed, windows }) =>
    Effect.promise(() => import("../jobs/verifyArtefact.ts")).pipe(
      Effect.flatMap(({ verifyArtefact }) =>
        verifyArtefact({
          artefactPath: artefact,
          pipelinePath: pipeline,
          ...(Option.isSome(seed) && { seed: seed.value }),
          ...(Option.isSome(windows) && { windows: windows.value }),
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
  ]),
);

const describe = (proof: ProofReport & Partial<Certification>): string =>
  [
    `artefact ${proof.artefactSha256}`,
    `${proof.judged} windows judged, ${proof.unjudged} left open by missing readings, ${proof.infeasible} that no forecast could satisfy`,
    `${proof.failures} failures with the shield, ${proof.unshieldedFailures} without it`,
    `with ${proof.confidence * 100} % confidence at most ${(proof.failureRateBound * 100).toPrecision(3)} % of windows of these kinds fail`,
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
