import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { describeProof } from "./describeProof.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { isSignatureProblem } from "./isSignatureProblem.ts";

export const exportCommand = Command.make(
  "export",
  {
    artefact: Argument.String("artefact").pipe(
      Argument.withDescription("Artefact file (edge/model.ordinance)"),
    ),
    c99: Flag.String("c99").pipe(
      Flag.withDescription("Folder for NAME.h, NAME.c, NAME_host.c and a Makefile"),
    ),
    name: Flag.String("name").pipe(
      Flag.withDescription("Name of the files and of their functions (default: city)"),
      Flag.withDefault("city"),
    ),
    proof: Flag.String("proof").pipe(
      Flag.withDescription("Proof of this artefact (default: proof.json beside it)"),
      Flag.optional,
    ),
    trust: Flag.String("trust").pipe(
      Flag.withDescription("File of public keys: refuse a proof that none of them signed"),
      Flag.optional,
    ),
  },
  ({ artefact, c99, name, proof, trust }) =>
    Effect.promise(() => import("../jobs/exportArtefact.ts")).pipe(
      Effect.flatMap(({ exportArtefact }) =>
        exportArtefact({
          artefactPath: artefact,
          folder: c99,
          name,
          ...(Option.isSome(proof) && { proofPath: proof.value }),
          ...(Option.isSome(trust) && { trustPath: trust.value }),
        }),
      ),
      Effect.mapError((error) =>
        error._tag === "ProofNotPassed" || isSignatureProblem(error)
          ? new DoesNotHold({ cause: error, userMessage: error.message })
          : notJudged(error),
      ),
      Effect.flatMap(({ exported, header, host, makefile, proof: proved, source }) =>
        Console.log(
          [
            header,
            source,
            host,
            makefile,
            `${exported.constantBytes} bytes of constants (${exported.weightBytes} of weights, ${exported.ruleBytes} of rules), a state of ${exported.stateBytes} bytes, readings of ${exported.readingsBytes} bytes, at most ${exported.workBytes} bytes of arrays on the stack, ${exported.shieldWorkBytes} of working memory of the shield`,
            describeProof(proved),
          ].join("\n"),
        ),
      ),
    ),
).pipe(
  Command.withDescription("Write a proved artefact's forecaster as C99 for a controller"),
  Command.withExamples([
    {
      command: "ordinance export out/arterial/INSTANT/edge/model.ordinance --c99 controller",
      description: "Writes city.h, city.c, the host program city_host.c and a Makefile into controller",
    },
    {
      command: "ordinance export model.ordinance --c99 controller --proof proof.json --trust city.pub",
      description: "Status 1 unless a trusted key signed the proof",
    },
  ]),
);
