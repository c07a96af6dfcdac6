#!/usr/bin/env node
import { Command } from "effect/cli";
import { learnCommand } from "./learnCommand.ts";
import { runCommandLine } from "./runCommandLine.ts";
import { checkCommand } from "./stl-check/checkCommand.ts";
import { completionCommand } from "./stl-check/completionCommand.ts";

const stlCheck: Command.Command.Any = checkCommand.pipe(
  Command.withSubcommands([learnCommand, completionCommand(() => stlCheck)]),
);
runCommandLine(stlCheck);
