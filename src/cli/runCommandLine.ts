import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime";
import { Effect, Runtime } from "effect";
import { CliError, Command } from "effect/cli";
import { EXIT_NOT_JUDGED } from "./exitCodes.ts";
import { platform } from "./platform.ts";
import { productVersion } from "./productVersion.ts";

/** Words that the command line could not make sense of; help and reason have been printed. */
class UsageRefused extends Error {
  override readonly [Runtime.errorExitCode] = EXIT_NOT_JUDGED;
  override readonly [Runtime.errorReported] = false;
}

/**
 * Runs a command on the process's arguments and sets its exit status: 0 it holds, 1 it does not, 2 it could not be
 * judged, 130 interrupted.
 */
export const runCommandLine = <
  Name extends string,
  Input,
  ContextInput,
  E extends { readonly message: string },
>(
  command: Command.Command<Name, Input, ContextInput, E, Command.Environment>,
): void =>
  Command.run(command, { version: productVersion() }).pipe(
    Effect.mapError((error) =>
      CliError.isCliError(error) && error._tag === "ShowHelp" && error.errors.length > 0
        ? new UsageRefused(error.message)
        : error,
    ),
    Effect.provide(platform),
    NodeRuntime.runMain,
  );
