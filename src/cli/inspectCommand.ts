import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import type { ArtefactFacts } from "../jobs/inspectArtefact.ts";
import { describeProof } from "./describeProof.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { isSignatureProblem } from "./isSignatureProblem.ts";

export const inspectCommand = Command.make(
  "inspect",
  {
    artefact: Argument.String("artefact").pipe(
      Argument.withDescription("Artefact file (edge/model.ordinance)"),
    ),
    trust: Flag.String("trust").pipe(
      Flag.withDescription("File of public keys: refuse an artefact, and a proof, that none of them signed"),
      Flag.optional,
    ),
    proof: Flag.String("proof").pipe(
      Flag.withDescription("Proof to show too; refused unless it passed and is of this artefact"),
      Flag.optional,
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print hash, signer and manifest as JSON"),
      Flag.withDefault(false),
    ),
  },
  ({ artefact, json, proof, trust }) =>
    Effect.promise(() => import("../jobs/inspectArtefact.ts")).pipe(
      Effect.flatMap(({ inspectArtefact }) =>
        inspectArtefact(artefact, {
          ...(Option.isSome(trust) && { trustPath: trust.value }),
          ...(Option.isSome(proof) && { proofPath: proof.value }),
        }),
      ),
      Effect.mapError((error) =>
        error._tag === "ProofNotPassed" || isSignatureProblem(error)
          ? new DoesNotHold({ cause: error, userMessage: error.message })
          : notJudged(error),
      ),
      Effect.flatMap((facts) => Console.log(json ? JSON.stringify(facts) : describe(facts))),
    ),
).pipe(
  Command.withDescription("Show what an artefact says of itself, and who signed it"),
  Command.withExamples([
    {
      command: "ordinance inspect out/arterial/INSTANT/edge/model.ordinance --trust city.pub",
      description: "Status 1 where none of the trusted keys signed it",
    },
  ]),
);

const NAME_WIDTH = 11;

const describe = ({ bytes, manifest, proof, sha256, signer, trusted }: ArtefactFacts): string => {
  const { counter, created, expires, features, formatVersion, inputs, name, readouts, rules, target, units } =
    manifest;
  const enforced = rules.filter((rule) => rule.enforced).length;
  const signature = signer === undefined ? "nobody" : `${signer}${trusted ? ", trusted" : ", not checked"}`;
  const rows: readonly (readonly [string, string])[] = [
    ["artefact", `${name}, counter ${counter}, format version ${formatVersion}`],
    ["SHA-256", sha256],
    ["signed by", signature],
    ["target", target],
    ["created", expires === undefined ? created : `${created}, expires ${expires}`],
    [
      "size",
      `${bytes} bytes: ${manifest.sections.map((section) => `${section.name} ${section.bytes}`).join(", ")}`,
    ],
    [
      "model",
      `${inputs} inputs, ${units} units${manifest.layers === undefined ? "" : ` in ${manifest.layers} layers`}`,
    ],
    [
      "forecasts",
      `${readouts.map(({ channel, unit }) => `${channel} (${unit})`).join(", ")}, ${manifest.horizonSteps} steps ahead`,
    ],
    ["sensors", `${features.sensors.length}: ${features.sensors.join(", ")}`],
    ["rules", `${rules.length}, ${enforced} of them enforced: ${rules.map((rule) => rule.name).join(", ")}`],
  ];
  const lines = rows.map(([what, value]) => `${what.padEnd(NAME_WIDTH)}${value}`);
  return [...lines, ...(proof === undefined ? [] : [describeProof(proof)])].join("\n");
};
