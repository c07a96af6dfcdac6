/** A call of the MI-GRU kernel that cannot be carried out; `problems` holds every reason, with its remedy. */
export class MiGruCallError extends Error {
  readonly _tag = "MiGruCallError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`MI-GRU: ${problems.join("; ")}`);
    this.name = "MiGruCallError";
    this.problems = problems;
  }
}
