import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
import { notJudged } from "./exitCodes.ts";

export const keygenCommand = Command.make(
  "keygen",
  { name: Argument.String("name").pipe(Argument.withDescription("Path of the two files, without ending")) },
  ({ name }) =>
    Effect.promise(() => import("../jobs/signerKeys.ts")).pipe(
      Effect.flatMap(({ makeSignerKeys }) => makeSignerKeys(name)),
      Effect.mapError(notJudged),
      Effect.flatMap(({ paths, publicKey }) =>
        Console.log(`${paths[0]}: private, keep it\n${paths[1]}: ${publicKey}, for the devices`),
      ),
    ),
).pipe(
  Command.withDescription("Make a pair of Ed25519 keys to sign artefacts with"),
  Command.withExamples([{ command: "ordinance keygen city", description: "Writes city.key and city.pub" }]),
);
