#!/usr/bin/env node
import { Command } from "effect/cli";
import { backtestCommand } from "./backtestCommand.ts";
import { dataCommand } from "./dataCommand.ts";
import { exportCommand } from "./exportCommand.ts";
import { forecastCommand } from "./forecastCommand.ts";
import { ingestCommand } from "./ingestCommand.ts";
import { inspectCommand } from "./inspectCommand.ts";
import { keygenCommand } from "./keygenCommand.ts";
import { runCommand } from "./runCommand.ts";
import { runCommandLine } from "./runCommandLine.ts";
import { scheduleCommand } from "./scheduleCommand.ts";
import { signCommand } from "./signCommand.ts";
import { verifyCommand } from "./verifyCommand.ts";
import { watchCommand } from "./watchCommand.ts";
import { workerCommand } from "./workerCommand.ts";

runCommandLine(
  Command.make("ordinance").pipe(
    Command.withDescription("City forecasts that obey the rules"),
    Command.withSubcommands([
      runCommand,
      backtestCommand,
      forecastCommand,
      scheduleCommand,
      watchCommand,
      workerCommand,
      verifyCommand,
      inspectCommand,
      exportCommand,
      keygenCommand,
      signCommand,
      dataCommand,
      ingestCommand,
    ]),
    Command.withExamples([
      {
        command: "ordinance run pipelines/arterial.yaml",
        description: "The main job on the embedded sample",
      },
    ]),
  ),
);
