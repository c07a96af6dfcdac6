import type { Compilation, TimeKind } from "./Compilation.ts";
import { createCompilation } from "./compileTerm.ts";
import { formatProblems } from "../language/formatProblems.ts";
import type { Plan } from "../plan/Plan.ts";
import { type Problem } from "../language/Problem.ts";
import { childTerms } from "../language/childTerms.ts";
import type { Spec } from "../language/Spec.ts";
import type { Term } from "../language/Syntax.ts";
import { parseTerm } from "../language/parseTerm.ts";
import type { Dialect } from "../language/tokenize.ts";

/** A formula over plain signals. */
export interface Formula {
  readonly text: string;
  readonly dialect: Dialect;
  readonly term: Term;
  /** Names of the signals it reads, in the order of their first use. */
  readonly signals: readonly string[];
  readonly stepMs: number | undefined;
  /** Over samples. Throws {@link StlSyntaxError} where a bound is no whole number of them. */
  readonly plan: Plan;
  /** Over seconds, of samples at irregular instants. */
  readonly sampledPlan: Plan;
  /** Over seconds, of piecewise constant signals. */
  readonly densePlan: Plan;
}

const mostShown = 20;

/** A text that is no formula; `problems` has every fault with its place, the message the first twenty of them. */
export class StlSyntaxError extends Error {
  readonly _tag = "StlSyntaxError";
  override readonly name = "StlSyntaxError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], texts: Readonly<Record<string, string>>) {
    const more = problems.length - mostShown;
    const shown = formatProblems(problems.slice(0, mostShown), texts);
    super(more > 0 ? `${shown}\n\nand ${more} more` : shown);
    this.problems = problems;
  }
}

export interface ParseFormulaOptions {
  readonly dialect?: Dialect;
  /** Milliseconds of a sample, for durations such as `5min` in bounds; without it bounds are samples. */
  readonly stepMs?: number;
}

const source = "formula";

const faults = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter((problem) => problem.severity === "error");

/** Signals in the order of their first use; names of functions are not among them. */
const signalsOf = (term: Term): readonly string[] => {
  const names = new Set<string>();
  const visit = (inner: Term): void => {
    if (inner.kind === "name") names.add(inner.name);
    childTerms(inner).forEach(visit);
  };
  visit(term);
  return Array.from(names);
};

/**
 * Reads a formula over plain signals. Every name in it is a signal; bounds without a unit are samples
 * (seconds, where the formula is judged in dense time).
 *
 * In the dialect `rtamt`, a number may stand for the formula that it is >= 0, `iff` and `xor` are distances,
 * `->` groups to the left and the letters G F H O U S W X Y are operators.
 *
 * Throws {@link StlSyntaxError} with every problem found.
 *
 * @example
 * parseFormula("always[0, 2] x > 1").signals; // => ["x"]
 */
export const parseFormula = (text: string, options: ParseFormulaOptions = {}): Formula => {
  const dialect = options.dialect ?? "ordinance";
  const { stepMs } = options;
  const { problems, term } = parseTerm(text, source, dialect);
  const texts = { [source]: text };
  if (term === undefined) throw new StlSyntaxError(faults(problems), texts);
  const signals = signalsOf(term);
  const compile = (time: TimeKind): Plan => {
    const compiled = compilePlainFormula(term, signals, dialect, stepMs, time);
    if (compiled.plan === undefined) throw new StlSyntaxError(compiled.problems, texts);
    return compiled.plan;
  };
  // Faults that no choice of time mends are told at once.
  const discrete = compilePlainFormula(term, signals, dialect, stepMs, "steps");
  if (
    discrete.plan === undefined &&
    compilePlainFormula(term, signals, dialect, stepMs, "sampled").plan === undefined
  ) {
    throw new StlSyntaxError(discrete.problems, texts);
  }
  let sampledPlan: Plan | undefined;
  let densePlan: Plan | undefined;
  return {
    text,
    dialect,
    term,
    signals,
    stepMs,
    get plan() {
      return discrete.plan ?? compile("steps");
    },
    get sampledPlan() {
      return (sampledPlan ??= compile("sampled"));
    },
    get densePlan() {
      return (densePlan ??= compile("dense"));
    },
  };
};

const noSpec: Spec = {
  source,
  meta: {},
  signals: [],
  parameters: [],
  groups: [],
  days: [],
  lets: [],
  rules: [],
  texts: {},
};

const compilePlainFormula = (
  term: Term,
  signals: readonly string[],
  dialect: Dialect,
  stepMs: number | undefined,
  time: TimeKind,
): { readonly plan?: Plan; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = [];
  const site = {
    sensors: [""],
    channels: signals.map((name) => ({ name, unit: "1" })),
    stepMs: stepMs ?? 1,
    zone: "UTC",
  };
  const settings = {
    spec: noSpec,
    site,
    stepMs: time === "steps" ? stepMs : 1000,
    time,
    rtamt: dialect === "rtamt",
  };
  const compilation: Compilation = createCompilation(settings, problems);
  const root = compilation.formula(term, compilation.topScope);
  if (compilation.usage.readsClock) {
    const message = "the formula reads the clock, and plain signals have none";
    compilation.report(
      term.place,
      "clock",
      message,
      "Write it as a rule of a file, which is judged by the clock.",
    );
  }
  const serious = faults(problems);
  if (root === undefined || serious.length > 0) return { problems: serious };
  return { plan: compilation.builder.plan(root.node), problems };
};
