/** A call of the recurrent kernel that cannot be carried out; `problems` holds every reason, with its remedy. */
export class RecurrentCallError extends Error {
  readonly _tag = "RecurrentCallError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`recurrent kernel: ${problems.join("; ")}`);
    this.name = "RecurrentCallError";
    this.problems = problems;
  }
}
