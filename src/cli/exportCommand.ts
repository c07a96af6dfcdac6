import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DoesNotHold, notJudged } from "./exitCodes.ts";

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
  },
  ({ artefact, c99, name, proof }) =>
    Effect.promise(() => import("../jobs/exportArtefact.ts")).pipe(
      Effect.flatMap(({ exportArtefact }) =>
        exportArtefact({
          artefactPath: artefact,
          folder: c99,
          name,
          ...(Option.isSome(proof) && { proofPath: proof.value }),
        }),
      ),
      Effect.mapError((error) =>
        error._tag === "ProofNotPassed"
          ? new DoesNotHold({ cause: error, userMessage: error.message })
          : notJudged(error),
      ),
      Effect.flatMap(({ exported, header, host, makefile, source }) =>
        Console.log(
          `${header}\n${source}\n${host}\n${makefile}\n${exported.constantBytes} bytes of constants (${exported.weightBytes} of weights, ${exported.ruleBytes} of rules), a state of ${exported.stateBytes} bytes, readings of ${exported.readingsBytes} bytes, at most ${exported.workBytes} bytes of arrays on the stack`,
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
  ]),
);
