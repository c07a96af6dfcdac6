#!/usr/bin/env node
import { Command } from "effect/cli";
import { dataCommand } from "./dataCommand.ts";
import { runCommand } from "./runCommand.ts";
import { runCommandLine } from "./runCommandLine.ts";
import { verifyCommand } from "./verifyCommand.ts";

runCommandLine(
  Command.make("ordinance").pipe(
    Command.withDescription("City forecasts that obey the rules"),
    Command.withSubcommands([runCommand, verifyCommand, dataCommand]),
    Command.withExamples([
      {
        command: "ordinance run pipelines/arterial.yaml",
        description: "The main job on the embedded sample",
      },
    ]),
  ),
);
