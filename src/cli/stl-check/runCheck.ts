import { Effect } from "effect";
import { loadSpan } from "../../jobs/loadRunPanel.ts";
import { checkPanel } from "../../jobs/check/checkPanel.ts";
import { type CheckedTrace, checkTrace } from "../../jobs/check/checkTrace.ts";
import type { TraceOptions } from "../../jobs/check/TraceOptions.ts";
import { type Rulebook, specRulebook } from "../../jobs/check/Rulebook.ts";
import { readSpecFile, type SpecFile } from "../../jobs/check/SpecFile.ts";
import type { Problem } from "../../stl/index.ts";
import type { SpecReport } from "./CheckReport.ts";
import { hasError, reportOfText, type SpecQuestion, specReport } from "./specReport.ts";

export interface CheckRequest extends SpecQuestion {
  readonly specs: readonly string[];
  readonly traces: readonly string[];
  readonly trace: TraceOptions;
  readonly data: { readonly name: string; readonly from?: string; readonly to?: string } | undefined;
}

const failWithMessage = (cause: unknown): { readonly message: string } =>
  cause instanceof Error ? cause : { message: String(cause) };

/** Checks rule files alone, on traces, or on a data set. */
export const runCheck = Effect.fn("runCheck")(function* (request: CheckRequest) {
  const { data, specs, traces } = request;
  if (data === undefined && traces.length === 0) {
    return yield* Effect.tryPromise({
      try: () => Promise.all(specs.map((path) => specReport(path, request))),
      catch: failWithMessage,
    });
  }
  const files = yield* Effect.try({ try: () => specs.map(readSpecFile), catch: failWithMessage });
  const panel = data === undefined ? undefined : (yield* loadSpan(data.name, data.from, data.to)).panel;
  const reports: SpecReport[] = [];
  for (const file of files) {
    const book = hasError(file.problems) ? undefined : specRulebook(file);
    if (book === undefined) {
      reports.push({ ...reportOfText(file, undefined), past: undefined, traces: [], refused: [] });
      continue;
    }
    const past = panel && {
      ...checkPanel(book, panel, request.trace.explain),
      startMs: panel.startMs,
      stepMs: panel.stepMs,
      zone: panel.zone,
    };
    const judged = yield* judgeTraces(book, traces, request.trace);
    reports.push(reportWith(file, past, judged.traces, judged.refused));
  }
  return reports;
});

/** Judges a formula instead of a file. */
export const runFormula = Effect.fn("runFormula")(function* (
  book: Rulebook,
  traces: readonly string[],
  options: TraceOptions,
) {
  const judged = yield* judgeTraces(book, traces, options);
  const report: SpecReport = {
    path: book.path,
    texts: {},
    ruleCount: 1,
    stepMs: judged.traces[0]?.stepMs ?? 1000,
    problems: [],
    facts: judged.traces[0]?.checked.facts ?? [],
    satisfiability: undefined,
    witness: [],
    past: undefined,
    ...judged,
  };
  return [report];
});

/** Every trace in turn; one that cannot be judged does not keep the others from it. */
const judgeTraces = Effect.fn("judgeTraces")(function* (
  book: Rulebook,
  paths: readonly string[],
  options: TraceOptions,
) {
  const traces: CheckedTrace[] = [];
  const refused: { path: string; message: string }[] = [];
  for (const path of paths) {
    yield* checkTrace(book, path, options).pipe(
      Effect.scoped,
      Effect.match({
        onSuccess: (checked) => void traces.push(checked),
        onFailure: (error) => void refused.push({ path, message: error.message }),
      }),
    );
  }
  return { traces, refused };
});

/** The report of a file on recordings: problems of binding are those against them, each told once. */
const reportWith = (
  file: SpecFile,
  past: SpecReport["past"],
  traces: readonly CheckedTrace[],
  refused: SpecReport["refused"],
): SpecReport => {
  const bound = [...(past === undefined ? [] : [past.checked]), ...traces.map(({ checked }) => checked)];
  const told = new Map<string, Problem>();
  for (const problem of bound.flatMap(({ problems }) => problems)) told.set(JSON.stringify(problem), problem);
  const base = reportOfText(file, bound[0]);
  return { ...base, problems: [...file.problems, ...told.values()], past, traces, refused };
};
