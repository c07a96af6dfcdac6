import { Command } from "effect/cli";
import { learnCommand } from "../learnCommand.ts";
import { runCommandLine } from "../runCommandLine.ts";
import { checkCommand } from "./checkCommand.ts";
import { completionCommand } from "./completionCommand.ts";

const stlCheck: Command.Command.Any = checkCommand.pipe(
  Command.withSubcommands([learnCommand, completionCommand(() => stlCheck)]),
);

/** Runs `stl-check` with all its flags and subcommands on the process's arguments. */
export const commandLine = (): void => runCommandLine(stlCheck);
