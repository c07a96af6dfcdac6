/** Sizes or numbers that no shared table can be made of; `problems` holds every reason, with its remedy. */
export class SharedTableError extends Error {
  readonly _tag = "SharedTableError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`shared table: ${problems.join("; ")}`);
    this.name = "SharedTableError";
    this.problems = problems;
  }
}
