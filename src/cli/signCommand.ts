import { Console, Effect } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { notJudged } from "./exitCodes.ts";

export const signCommand = Command.make(
  "sign",
  {
    artefact: Argument.String("artefact").pipe(
      Argument.withDescription("Artefact file (edge/model.ordinance); the signature is put behind it"),
    ),
    key: Flag.String("key").pipe(Flag.withDescription("Private key of ordinance keygen")),
  },
  ({ artefact, key }) =>
    Effect.promise(() => import("../jobs/signArtefact.ts")).pipe(
      Effect.flatMap(({ signArtefact }) => signArtefact(artefact, key)),
      Effect.mapError(notJudged),
      Effect.flatMap(({ sha256, signer }) => Console.log(`artefact ${sha256}\nsigned by ${signer}`)),
    ),
).pipe(
  Command.withDescription("Sign an artefact"),
  Command.withExamples([
    {
      command: "ordinance sign out/arterial/INSTANT/edge/model.ordinance --key city.key",
      description: "Sign what a run exported",
    },
  ]),
);
