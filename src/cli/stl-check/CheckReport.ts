import type { CheckedPanel } from "../../jobs/check/checkPanel.ts";
import type { CheckedTrace } from "../../jobs/check/checkTrace.ts";
import type { RuleFinding } from "../../jobs/check/RulesJudge.ts";
import type { Problem, RuleFacts } from "../../stl/index.ts";
import type { Satisfiability } from "../../stl/satisfy/satisfySpec.ts";
import type { SeriesRuns } from "../../stl/satisfy/witnessRuns.ts";
import { EXIT_NOT_JUDGED } from "../exitStatus.ts";

/** What checking one rule file found. */
export interface SpecReport {
  readonly path: string;
  /** Text of every file read, by name: what problems cite. */
  readonly texts: Readonly<Record<string, string>>;
  readonly ruleCount: number;
  /** Step of the site that the rules were bound to. */
  readonly stepMs: number;
  readonly problems: readonly Problem[];
  readonly facts: readonly RuleFacts[];
  readonly satisfiability: Satisfiability | undefined;
  /** Readings that keep all rules; empty where none were found or asked for. */
  readonly witness: readonly SeriesRuns[];
  /** What the recordings of a data set say; undefined where none was named. */
  readonly past:
    | (CheckedPanel & { readonly zone: string; readonly startMs: number; readonly stepMs: number })
    | undefined;
  readonly traces: readonly CheckedTrace[];
  /** Traces that could not be judged, and why. */
  readonly refused: readonly { readonly path: string; readonly message: string }[];
}

/** Whether a file has errors, rules that cannot hold together among them. */
export const isFaulty = (report: SpecReport): boolean =>
  report.problems.some(({ severity }) => severity === "error");

/** Whether breaking a rule fails the check: one of severity info, or a goal, is told and lets it pass. */
export const isBinding = ({ rule }: RuleFinding): boolean => rule.severity !== "info" && !rule.goal;

/** Rules that a trace breaks, of those that bind. */
const brokenRules = (report: SpecReport): readonly string[] =>
  report.traces.flatMap(({ rules }) =>
    rules.filter((finding) => finding.verdict === "false" && isBinding(finding)).map(({ rule }) => rule.name),
  );

const unknownRules = (report: SpecReport): readonly string[] =>
  report.traces.flatMap(({ rules }) =>
    rules
      .filter((finding) => finding.verdict === "unknown" && isBinding(finding))
      .map(({ rule }) => rule.name),
  );

/** How a check ends: its status, and a line on standard error where it is not 0. */
export interface Outcome {
  readonly status: 0 | 1 | typeof EXIT_NOT_JUDGED;
  readonly message: string;
}

const unique = (names: readonly string[]): string => Array.from(new Set(names)).join(", ");

/**
 * The outcome of all files together. What is certain comes first: a faulty file or a broken rule is 1, then what
 * could not be judged is 2; `strict` takes a rule that is left open for a broken one.
 */
export const outcomeOf = (reports: readonly SpecReport[], strict: boolean): Outcome => {
  const faulty = reports.filter(isFaulty).map(({ path }) => path);
  const broken = reports.flatMap(brokenRules);
  const open = strict ? reports.flatMap(unknownRules) : [];
  const refused = reports.flatMap((report) => report.refused.map(({ message }) => message));
  const lines = [
    ...(faulty.length === 0 ? [] : [`faulty: ${unique(faulty)}`]),
    ...(broken.length === 0 ? [] : [`broken: ${unique(broken)}`]),
    ...(open.length === 0 ? [] : [`left open, which --strict does not allow: ${unique(open)}`]),
  ];
  const failed = lines.length > 0;
  const told = [...new Set(refused)];
  if (failed) return { status: 1, message: [...told, ...lines].join("\n") };
  if (told.length > 0) return { status: EXIT_NOT_JUDGED, message: told.join("\n") };
  const judged = reports.flatMap(({ traces }) => traces).flatMap(({ rules }) => rules);
  const nothing = judged.length > 0 && judged.every(({ all }) => all.held + all.broken === 0);
  if (nothing)
    return { status: EXIT_NOT_JUDGED, message: "no rule could be judged at any instant of the trace" };
  return { status: 0, message: "" };
};
