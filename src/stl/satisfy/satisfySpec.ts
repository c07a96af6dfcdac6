import type { BoundRule } from "../compile/BoundRule.ts";
import type { PanelTrace, Site } from "../compile/Site.ts";
import { NotAffineError, unrollRule } from "../unroll/unrollRule.ts";
import { smallestConflict } from "./smallestConflict.ts";
import { type AffineRule, SpecSystem } from "./SpecSystem.ts";

export interface SatisfyOptions {
  /** Pivots and branches allowed for every pattern of the clock; 20,000 by default. */
  readonly workLimit?: number;
  /** Patterns of the clock looked at; 1,000 by default. */
  readonly patternLimit?: number;
}

export type Satisfiability =
  | {
      readonly verdict: "satisfiable";
      /** Readings that keep all rules at `origin`, within the declared ranges; judged again by the exact evaluator. */
      readonly witness: PanelTrace;
      readonly origin: number;
    }
  | {
      readonly verdict: "unsatisfiable";
      /** Names of rules that cannot hold together, though any of them can be left out. */
      readonly conflict: readonly string[];
      /** Local time of an origin at which they conflict, where they read the clock. */
      readonly clockNote?: string;
    }
  | { readonly verdict: "unknown"; readonly reason: string };

/**
 * Says whether all rules of a file can hold together at one origin, every reading within its declared range and free
 * otherwise, history included. Rules tagged `goal` count as the others do.
 *
 * Rules by the clock may conflict at some times only: one origin is looked at for every pattern of truth that the
 * clock tests have over a week at the site's step and in its zone; a test of the date sees the first week of 2024.
 * A conflict is proved, by the projection's search coming to its end; a strict comparison must hold by 2^-44 of the
 * magnitudes in it.
 *
 * @example
 * const site = { sensors: ["a"], channels: [{ name: "x", unit: "1" }], stepMs: 60_000, zone: "UTC" };
 * const { spec } = parseSpec("require high: always[0, 3min] x > 5; require low: eventually[1min, 2min] x < 4;");
 * const outcome = satisfySpec(bindSpec(spec, site).rules, site);
 * outcome.verdict === "unsatisfiable" && outcome.conflict; // => ["high", "low"]
 */
export const satisfySpec = (
  rules: readonly BoundRule[],
  site: Site,
  options: SatisfyOptions = {},
): Satisfiability => {
  const { patternLimit = 1000, workLimit = 20_000 } = options;
  for (const [name, value] of Object.entries({ patternLimit, workLimit })) {
    if (!(value >= 1)) throw new RangeError(`${name} is ${value}: give 1 or more`);
  }
  const affine: AffineRule[] = [];
  const faults: string[] = [];
  for (const bound of rules) {
    try {
      affine.push({ bound, unrolled: unrollRule(bound) });
    } catch (fault) {
      if (!(fault instanceof NotAffineError)) throw fault;
      faults.push(fault.message);
    }
  }
  const system = new SpecSystem(affine, site, workLimit);
  const all = affine.map((_, rule) => rule);
  const clocked = all.filter((rule) => (affine[rule] as AffineRule).bound.readsClock);
  const start = system.flatReadings();
  let witness = start;
  const instants = system.instants.slice(0, patternLimit);
  for (const [index, instant] of instants.entries()) {
    // Only the clock has changed since these readings kept all rules.
    if (index > 0 && system.keeps(clocked, instant, witness)) continue;
    const outcome = system.solve(all, instant, witness);
    if (outcome.kind === "found") witness = outcome.x;
    else if (outcome.kind === "impossible") return conflictAt(system, instant, outcome.owners, start);
    else {
      const where = `at ${system.localTime(instant)}`;
      const reason =
        outcome.kind === "rounding"
          ? `${where} the rules can hold together between the doubles only: write equalities as two bounds`
          : `${where} neither readings that keep all rules nor a conflict were found within the work limit ${workLimit}`;
      return { verdict: "unknown", reason };
    }
  }
  if (faults.length > 0) return { verdict: "unknown", reason: faults.join("; ") };
  if (system.instants.length > patternLimit) {
    const reason = `the clock tests have ${system.instants.length} patterns in a week; in the first ${patternLimit} of them the rules can hold together`;
    return { verdict: "unknown", reason };
  }
  const last = instants.at(-1) as number;
  return { verdict: "satisfiable", witness: system.traceAt(last, witness), origin: system.origin };
};

const conflictAt = (
  system: SpecSystem,
  instant: number,
  conflicting: readonly number[],
  start: Float64Array,
): Satisfiability => {
  const isConflict = (chosen: readonly number[]): boolean =>
    system.solve(chosen, instant, start).kind === "impossible";
  const smallest = smallestConflict(conflicting, system.rules.length, isConflict);
  const rules = smallest.map((rule) => (system.rules[rule] as AffineRule).bound);
  const conflict = rules.map((rule) => rule.name);
  const readsClock = rules.some((rule) => rule.readsClock);
  return {
    verdict: "unsatisfiable",
    conflict,
    ...(readsClock ? { clockNote: system.localTime(instant) } : {}),
  };
};
