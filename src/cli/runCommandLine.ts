import * as NodeRuntime from "@effect/platform-node-shared/NodeRuntime";
import { Console, Effect, Runtime } from "effect";
import { CliError, CliOutput, Command } from "effect/cli";
import { EXIT_NOT_JUDGED } from "./exitStatus.ts";
import { platform } from "./platform.ts";
import { productVersion } from "./productVersion.ts";

/** Nothing could be judged, and the reason has been printed: words that make no sense, or a fault of the product. */
class ReasonPrinted extends Error {
  override readonly [Runtime.errorExitCode] = EXIT_NOT_JUDGED;
  override readonly [Runtime.errorReported] = false;
}

const standard = CliOutput.defaultFormatter();

/** The standard form, but all lines of a message are indented alike, so that carets stand below what they mark. */
const formatter: CliOutput.Formatter = Object.assign(CliOutput.defaultFormatter(), {
  formatError: (error: CliError.CliError): string => {
    const [blank, heading, first, ...more] = standard.formatError(error).split("\n");
    return [blank, heading, first, ...more.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
  },
});

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
        ? new ReasonPrinted(error.message)
        : error,
    ),
    Effect.catchDefect((defect) =>
      Effect.andThen(
        Console.error(`A fault of ${command.name} itself; please report it with what follows.`, defect),
        Effect.fail(new ReasonPrinted("a fault", { cause: defect })),
      ),
    ),
    Effect.provide(CliOutput.layer(formatter)),
    Effect.provide(platform),
    NodeRuntime.runMain,
  );
