import { Console, Effect } from "effect";
import { Argument, Command } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import type { RunOptions, RunResult } from "../jobs/runPipeline.ts";
import { alignedColumns, percent } from "./alignedColumns.ts";
import { describeEventRun } from "./describeEventRun.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { productVersion } from "./productVersion.ts";
import { jsonFlag, outFlag, quietFlag } from "./sharedFlags.ts";
import { terminalProgress } from "./terminalProgress.ts";

export const runCommand = Command.make(
  "run",
  {
    pipeline: Argument.String("pipeline").pipe(
      Argument.withDescription("Pipeline file (pipelines/NAME.yaml)"),
    ),
    out: outFlag("out", "PIPELINE/INSTANT"),
    quiet: quietFlag,
    json: jsonFlag,
  },
  ({ json, out, pipeline, quiet }) =>
    runOfKind({ pipelinePath: pipeline, out, productVersion: productVersion() }).pipe(
      Effect.flatMap(({ result, text }) => Console.log(json ? JSON.stringify(result) : text)),
      Effect.mapError((error) =>
        error._tag === "ProofFailed"
          ? new DoesNotHold({ cause: error, userMessage: error.message })
          : notJudged(error),
      ),
      Effect.onInterrupt(() =>
        Console.error("Interrupted. The same command goes on from the last epoch that was finished."),
      ),
      Effect.provide(terminalProgress({ quiet: quiet || json })),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription(
    "Train, ternarise, prove and export a forecaster, issue its forecast, write the report",
  ),
  Command.withExamples([
    { command: "ordinance run pipelines/arterial.yaml", description: "The main job on the embedded sample" },
    {
      command: "ordinance run pipelines/arterial-events.yaml",
      description: "Which sensor changes next, and when",
    },
  ]),
);

/** The job of the pipeline's kind, loaded on demand: the other commands need nothing of it. */
const runOfKind = Effect.fnUntraced(function* (options: RunOptions) {
  const { readPipelineKind } = yield* Effect.promise(() => import("../jobs/pipelineKind.ts"));
  if ((yield* readPipelineKind(options.pipelinePath)) === "events") {
    const { runEvents } = yield* Effect.promise(() => import("../jobs/events/runEvents.ts"));
    const result = yield* runEvents(options);
    return { result, text: describeEventRun(result) };
  }
  const { runPipeline } = yield* Effect.promise(() => import("../jobs/runPipeline.ts"));
  const result = yield* runPipeline(options);
  return { result, text: describe(result) };
});

const LEADS_SHOWN = 4;

const describe = ({ reportPath, summary }: RunResult): string => {
  const lines = summary.metrics.flatMap((metric) => [
    `${metric.channel}, mean absolute error in ${metric.unit}:`,
    ...alignedColumns([
      ["lead", ...metric.rows[0]!.models.map(({ model }) => model)],
      ...shownLeads(metric.rows).map((row) => [
        `${row.leadSteps} steps`,
        ...row.models.map(({ mae }) => mae.toPrecision(3)),
      ]),
    ]),
  ]);
  const rules = alignedColumns([
    ["rule", "truth", "float", "ternary", "shielded"],
    ...summary.rules.map((rule) => [
      rule.goal ? `${rule.name} (goal)` : rule.name,
      ...[rule.rates.truth, rule.rates.float, rule.rates.ternary, rule.rates.shielded].map(percent),
    ]),
  ]);
  const { proof } = summary;
  return [
    ...lines,
    "share of test origins on which each rule holds:",
    ...rules,
    ...summary.rules.flatMap(({ fights, name }) =>
      fights === undefined ? [] : [`rule ${name} fights the data: ${fights}`],
    ),
    `proof: ${proof.failures} failures in ${proof.windows} windows (${proof.unshieldedFailures} without the shield), seed ${proof.seed}`,
    `report: ${reportPath}`,
  ].join("\n");
};

/** First, last, and two in between. */
const shownLeads = <Row>(rows: readonly Row[]): Row[] => {
  const last = rows.length - 1;
  const chosen = new Set(
    Array.from({ length: LEADS_SHOWN }, (_, k) => Math.round((last * k * k) / (LEADS_SHOWN - 1) ** 2)),
  );
  return [...chosen].map((index) => rows[index]!);
};
