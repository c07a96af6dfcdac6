import { Console, Effect, Option } from "effect";
import { Command } from "effect/cli";
import { DataPlace } from "../../ingest/DataPlace.ts";
import { formatProblems } from "../../stl/language/formatProblems.ts";
import { DoesNotHold, notJudged, NotJudged } from "../exitCodes.ts";
import { productVersion } from "../productVersion.ts";
import { terminalProgress } from "../terminalProgress.ts";
import { checkFlags, type Flags } from "./checkFlags.ts";
import { outcomeOf, type SpecReport } from "./CheckReport.ts";
import { jsonReport } from "./jsonReport.ts";
import { junitReport } from "./junitReport.ts";
import type { CheckRequest } from "./runCheck.ts";
import { sarifReport } from "./sarifReport.ts";
import { textReport } from "./textReport.ts";
import { fileStates, nextChange } from "./nextChange.ts";

type Format = "text" | "json" | "sarif" | "junit";

const refuse = (message: string) => Effect.fail({ message });

/** As `--trace` names standard input. */
const STANDARD_INPUT = "-";

/** What makes no sense together, or alone; the first that applies. */
const usageFault = (flags: Flags): string | undefined => {
  const { check, data, fmt, formula, from, json, sensors, specs, to, traces, watch } = flags;
  const format = Option.getOrUndefined(flags.format);
  if (Option.isNone(formula) && specs.length === 0) {
    return "no rule file is named: give one or more, such as stl-check rules.stl, or --formula 'always x > 0'";
  }
  if (Option.isSome(formula) && specs.length > 0)
    return "--formula takes the place of rule files: leave one of them out";
  if (Option.isSome(formula) && traces.length === 0)
    return "--formula is judged on a trace: add --trace FILE";
  if (flags.dialect === "rtamt" && Option.isNone(formula))
    return "--dialect is the language of --formula: add --formula TEXT";
  if (Option.isNone(data) && (Option.isSome(from) || Option.isSome(to))) {
    return "--from and --to choose a part of the data; add --data NAME";
  }
  if (Option.isSome(data) && traces.length > 0)
    return "--data and --trace are two ways to judge: leave one of them out";
  if (Option.isSome(sensors) && traces.length === 0)
    return "--sensors says more of a trace: add --trace FILE";
  if (traces.filter((path) => path === STANDARD_INPUT).length > 1)
    return "standard input can be read once: give one --trace -";
  if (watch && traces.includes(STANDARD_INPUT))
    return "--watch cannot read standard input again: give the trace as a file";
  if (json && format !== undefined && format !== "json")
    return `--json and --format ${format} differ: leave one of them out`;
  if (fmt && (traces.length > 0 || Option.isSome(data) || Option.isSome(formula) || watch)) {
    return "--fmt lays rule files out and judges nothing: leave the other flags out";
  }
  if (check && !fmt) return "--check says what --fmt would change: add --fmt";
  return undefined;
};

const formatOf = (flags: Flags): Format =>
  flags.json ? "json" : Option.getOrElse(flags.format, () => "text" as const);

const print = (reports: readonly SpecReport[], flags: Flags): string => {
  switch (formatOf(flags)) {
    case "json":
      return jsonReport(reports);
    case "sarif":
      return sarifReport(reports, productVersion());
    case "junit":
      return junitReport(reports);
    case "text":
      return textReport(reports, {
        colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
        quiet: flags.quiet,
        facts: flags.facts,
        explain: flags.explain,
      });
  }
};

const checkOnce = Effect.fn("checkOnce")(function* (flags: Flags) {
  // Loaded on demand: help and version need nothing of it.
  const { traceOptions } = yield* Effect.promise(() => import("./traceOptions.ts"));
  const { runCheck, runFormula } = yield* Effect.promise(() => import("./runCheck.ts"));
  const trace = yield* traceOptions(flags);
  const { formula, specs, traces } = flags;
  if (Option.isSome(formula)) {
    const { formulaRulebook } = yield* Effect.promise(() => import("../../jobs/check/Rulebook.ts"));
    const book = yield* Effect.try({
      try: () => formulaRulebook(formula.value, flags.dialect),
      catch: (cause) => new DoesNotHold({ cause, userMessage: (cause as Error).message }),
    });
    return yield* runFormula(book, traces, trace);
  }
  const from = Option.getOrUndefined(flags.from);
  const to = Option.getOrUndefined(flags.to);
  const data = Option.isNone(flags.data)
    ? undefined
    : { name: flags.data.value, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const request: CheckRequest = { specs, traces, trace, data, satisfiability: flags.satisfiability };
  return yield* runCheck(request);
});

/** Failures keep the status they have; every other one means that nothing could be judged. */
const withStatus = (error: { readonly message: string }): NotJudged | DoesNotHold =>
  error instanceof DoesNotHold || error instanceof NotJudged ? error : notJudged(error);

const checkAndPrint = (flags: Flags) =>
  checkOnce(flags).pipe(
    Effect.provide(terminalProgress({ quiet: flags.quiet || !process.stderr.isTTY })),
    Effect.tap((reports) => {
      const text = print(reports, flags);
      return text === "" ? Effect.void : Console.log(text);
    }),
    Effect.mapError(withStatus),
  );

const checkForEver = Effect.fn("checkForEver")(function* (flags: Flags) {
  const named = [...flags.specs, ...flags.traces, ...Option.toArray(flags.sensors)];
  let watched: readonly string[] = named;
  for (;;) {
    const before = fileStates(watched);
    const reports = yield* checkAndPrint(flags).pipe(
      Effect.tap((found) => {
        const { message } = outcomeOf(found, flags.strict);
        return message === "" ? Effect.void : Console.error(message);
      }),
      Effect.catch((error) => Effect.as(Console.error(error.message), [] as readonly SpecReport[])),
    );
    // After a failure imports are not known: those of before stay watched.
    if (reports.length > 0) {
      watched = Array.from(new Set([...named, ...reports.flatMap(({ texts }) => Object.keys(texts))]));
    }
    yield* Console.error(`Waiting for a change of ${watched.join(", ")}; Ctrl-C ends.`);
    const changed = yield* nextChange(new Map([...fileStates(watched), ...before]));
    yield* Console.error(`\n${changed} has changed.`);
  }
});

/** `--fmt`: lays the files out, or says which of them would change. */
const layOut = Effect.fn("layOut")(function* ({ check, quiet, specs }: Flags) {
  const { formatFiles } = yield* Effect.promise(() => import("../../jobs/check/formatFiles.ts"));
  const files = yield* Effect.try({
    try: () => formatFiles(specs, !check),
    catch: (cause) => notJudged(cause as Error),
  });
  const faulty = files.filter(({ problems }) => problems.length > 0);
  for (const { path, problems, text } of faulty)
    yield* Console.log(formatProblems(problems, { [path]: text }));
  const changed = files.filter((file) => file.changed).map(({ path }) => path);
  const word = check || faulty.length > 0 ? "would change" : "changed";
  if (!quiet) yield* Effect.forEach(changed, (path) => Console.log(`${word}: ${path}`), { discard: true });
  if (faulty.length > 0) {
    const paths = faulty.map(({ path }) => path).join(", ");
    return yield* new DoesNotHold({ cause: "spec", userMessage: `faulty, nothing was written: ${paths}` });
  }
  if (check && changed.length > 0) {
    const userMessage = `not in the standard form: ${changed.join(", ")}; stl-check --fmt writes it`;
    return yield* new DoesNotHold({ cause: "form", userMessage });
  }
});

/** `stl-check SPEC...`: checks rule files, alone, on traces, or on a data set. */
export const checkCommand = Command.make("stl-check", checkFlags, (flags) =>
  Effect.gen(function* () {
    const fault = usageFault(flags);
    if (fault !== undefined) return yield* refuse(fault);
    if (flags.fmt) return yield* layOut(flags);
    if (flags.watch) return yield* checkForEver(flags);
    const reports = yield* checkAndPrint(flags);
    const { message, status } = outcomeOf(reports, flags.strict);
    if (status === 1) return yield* new DoesNotHold({ cause: "rules", userMessage: message });
    if (status !== 0) return yield* notJudged({ message });
  }).pipe(Effect.mapError(withStatus), Effect.provide(DataPlace.layer)),
).pipe(
  Command.withDescription("Check rule files, alone or on recordings"),
  Command.withExamples([
    { command: "stl-check specs/arterial.stl", description: "Check the text and the rules by themselves" },
    {
      command: "stl-check specs/arterial.stl --trace readings.csv --zone Europe/Berlin --explain",
      description: "Judge the rules on a recording, and say why what is broken is broken",
    },
    {
      command: "stl-check specs/arterial.stl --data arterial",
      description: "Say on what share of a data set each rule holds",
    },
    {
      command: "stl-check --dialect rtamt --formula 'always[0,5] (x > 3)' --trace x.csv",
      description: "Judge one formula",
    },
  ]),
);
