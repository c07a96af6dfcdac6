import { styleText } from "node:util";
import { EXIT_NOT_JUDGED } from "../exitStatus.ts";
import { outcomeOf, type SpecReport } from "./CheckReport.ts";
import { type SpecQuestion, specReport } from "./specReport.ts";
import { textReport } from "./textReport.ts";

const colour = (stream: NodeJS.WriteStream): boolean => stream.isTTY && process.env["NO_COLOR"] === undefined;

/** In the form that the command framework gives its errors. */
const printFailure = (message: string): void => {
  const heading = colour(process.stderr) ? styleText(["bold", "red"], "ERROR") : "ERROR";
  console.error(`\n${heading}\n${message.replaceAll(/^/gm, "  ")}`);
};

/**
 * `stl-check SPEC...` without further flags, the check of an editor and a hook: it does what the full command does, but
 * starts in half the time, since it waits for nothing and so needs no framework. Sets the exit status.
 */
export const plainCheck = async (paths: readonly string[], question: SpecQuestion): Promise<void> => {
  let reports: readonly SpecReport[];
  try {
    reports = await Promise.all(paths.map((path) => specReport(path, question)));
  } catch (cause) {
    printFailure((cause as Error).message);
    process.exitCode = EXIT_NOT_JUDGED;
    return;
  }
  console.log(
    textReport(reports, { colour: colour(process.stdout), quiet: false, facts: false, explain: false }),
  );
  const { message, status } = outcomeOf(reports, false);
  if (message !== "") printFailure(message);
  process.exitCode = status;
};
