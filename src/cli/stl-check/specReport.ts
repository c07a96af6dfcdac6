import { specRulebook } from "../../jobs/check/Rulebook.ts";
import { readSpecFile, type SpecFile } from "../../jobs/check/SpecFile.ts";
import { type CheckedSpec, checkSpec } from "../../stl/index.ts";
import { satisfySpec } from "../../stl/satisfy/satisfySpec.ts";
import type { SpecReport } from "./CheckReport.ts";

/** What is asked of the text of a rule file. */
export interface SpecQuestion {
  /** Whether its rules can hold together. */
  readonly satisfiability: boolean;
}

const hasError = (problems: SpecFile["problems"]): boolean =>
  problems.some(({ severity }) => severity === "error");

/** The report of a file that was read, without recordings. */
export const reportOfText = (
  file: SpecFile,
  checked: CheckedSpec | undefined,
): Omit<SpecReport, "past" | "traces" | "refused"> => ({
  path: file.path,
  texts: file.spec.texts,
  ruleCount: file.spec.rules.length,
  stepMs: checked?.site.stepMs ?? 1000,
  problems: [...file.problems, ...(checked?.problems ?? [])],
  facts: checked?.facts ?? [],
  satisfiability: undefined,
});

/**
 * Checks a rule file by itself: its text, and its rules bound to a site made from them. Throws an error with a
 * message for people where the file cannot be read.
 */
export const specReport = (path: string, question: SpecQuestion): SpecReport => {
  const file = readSpecFile(path);
  // Faults of syntax leave declarations out: binding what is left would invent more.
  const checked = hasError(file.problems) ? undefined : checkSpec(file.spec);
  const sound = checked !== undefined && !hasError(checked.problems) && checked.rules.length > 0;
  const satisfiability =
    question.satisfiability && sound ? satisfySpec(checked.rules, checked.site) : undefined;
  return { ...reportOfText(file, checked), satisfiability, past: undefined, traces: [], refused: [] };
};

/** The rules of a sound file as a book to judge recordings by; undefined where the file has errors. */
export const soundRulebook = (file: SpecFile) => (hasError(file.problems) ? undefined : specRulebook(file));
