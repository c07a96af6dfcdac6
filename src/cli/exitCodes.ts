import { Runtime } from "effect";
import { CliError } from "effect/cli";
import { EXIT_NOT_JUDGED } from "./exitStatus.ts";

/** Prints one message and ends with status 2. */
export class NotJudged extends CliError.UserError {
  override readonly [Runtime.errorExitCode] = EXIT_NOT_JUDGED;
}

/** Prints one message and ends with status 1: what was judged does not hold. */
export class DoesNotHold extends CliError.UserError {
  override readonly [Runtime.errorExitCode] = 1;
}

/** A failure of a job as a message for people, with the status for what could not be judged. */
export const notJudged = (error: { readonly message: string }): NotJudged =>
  new NotJudged({ cause: error, userMessage: error.message });
