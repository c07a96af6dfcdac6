import { readSpecFile, type SpecFile } from "../../jobs/check/SpecFile.ts";
import { type CheckedSpec, checkSpec } from "../../stl/checks/checkSpec.ts";
import { conflictProblem } from "../../stl/checks/conflictProblem.ts";
import { byPlace, type Problem } from "../../stl/language/Problem.ts";
import type { SpecReport } from "./CheckReport.ts";

/** What is asked of the text of a rule file. */
export interface SpecQuestion {
  /** Whether its rules can hold together. */
  readonly satisfiability: boolean;
}

/** Whether problems keep a file from being bound, or its rules from being judged. */
export const hasError = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === "error");

/** Faults of binding beside those of the text, as far as they are no consequence of them. */
const problemsOf = (file: SpecFile, checked: CheckedSpec | undefined): readonly Problem[] => {
  if (!hasError(file.problems)) return [...file.problems, ...(checked?.problems ?? [])];
  if (file.declarationsLost) return file.problems;
  // A rule that was left out may read what no other does.
  const bound = checkSpec(file.spec).problems.filter(({ code }) => code !== "unused");
  return [...file.problems, ...bound].sort(byPlace);
};

/** The report of a file that was read, without recordings. */
export const reportOfText = (
  file: SpecFile,
  checked: CheckedSpec | undefined,
): Omit<SpecReport, "past" | "traces" | "refused"> => ({
  path: file.path,
  texts: file.spec.texts,
  ruleCount: file.spec.rules.length,
  stepMs: checked?.site.stepMs ?? 1000,
  problems: problemsOf(file, checked),
  facts: checked?.facts ?? [],
  satisfiability: undefined,
  witness: [],
});

/**
 * Checks a rule file by itself: its text, and its rules bound to a site made from them. Rejects with a message for
 * people where the file cannot be read.
 */
export const specReport = async (path: string, question: SpecQuestion): Promise<SpecReport> => {
  const file = readSpecFile(path);
  const checked = hasError(file.problems) ? undefined : checkSpec(file.spec);
  const report = { ...reportOfText(file, checked), past: undefined, traces: [], refused: [] };
  if (checked === undefined || hasError(checked.problems) || checked.rules.length === 0) return report;
  if (!question.satisfiability) return report;
  // Loaded on demand: a check that does not ask for it starts without the solver.
  const [{ satisfySpec }, { witnessRuns }] = await Promise.all([
    import("../../stl/satisfy/satisfySpec.ts"),
    import("../../stl/satisfy/witnessRuns.ts"),
  ]);
  const satisfiability = satisfySpec(checked.rules, checked.site);
  const conflict = conflictProblem(checked.rules, satisfiability);
  const problems = conflict === undefined ? report.problems : [...report.problems, conflict];
  const witness =
    satisfiability.verdict === "satisfiable"
      ? witnessRuns(satisfiability.witness, satisfiability.origin, checked.site)
      : [];
  return { ...report, problems, satisfiability, witness };
};
