import type { Norm } from "./Norm.ts";

/** What every projection can be asked for. */
export interface ProjectionOptions {
  /** The robustness asked for, 0 by default. */
  readonly margin?: number;
  /** What "nearest" means; `l2` by default. */
  readonly norm?: Norm;
  /** Pivots and branches allowed in one attempt; 20,000 by default. */
  readonly workLimit?: number;
}

/** The options with their defaults; throws a RangeError with all `faults` and its own. */
export const checkedOptions = (
  options: ProjectionOptions,
  faults: readonly (string | false)[],
): Required<ProjectionOptions> => {
  const { margin = 0, norm = "l2", workLimit = 20_000 } = options;
  const all = [
    !Number.isFinite(margin) && `margin is ${margin}: give a finite number`,
    norm !== "l1" && norm !== "l2" && `norm is ${String(norm)}: give l1 or l2`,
    !(workLimit >= 1) && `workLimit is ${workLimit}: give 1 or more`,
    ...faults,
  ].filter((fault) => fault !== false);
  if (all.length > 0) throw new RangeError(all.join("; "));
  return { margin, norm, workLimit };
};
