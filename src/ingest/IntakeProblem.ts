import { Data } from "effect";

/** One thing in an input that cannot be read, with where it stands and what to do about it. */
export interface IntakeProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Problems kept in full; further ones are counted. */
const KEPT_PROBLEMS = 20;

/** Collects the problems of all files of a data set. */
export class ProblemLog {
  readonly kept: IntakeProblem[] = [];
  count = 0;

  add(problem: IntakeProblem): void {
    this.count++;
    if (this.kept.length < KEPT_PROBLEMS) this.kept.push(problem);
  }
}

/** The input holds values that cannot be read; the first of them are listed, the rest counted. */
export class IntakeError extends Data.TaggedError("IntakeError")<{
  readonly problems: readonly IntakeProblem[];
  readonly count: number;
}> {
  override get message(): string {
    const lines = this.problems.map((problem) =>
      problem.line > 0
        ? `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`
        : `${problem.file}: ${problem.message}`,
    );
    const more = this.count - this.problems.length;
    if (more > 0) lines.push(`... and ${more} more ${more === 1 ? "problem" : "problems"}.`);
    return lines.join("\n");
  }
}
