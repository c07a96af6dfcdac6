/** The job of a pipeline of kind `events`: readings in; a forecast of events, its scores and a report out. */
import { Effect, Path } from "effect";
import { createEventKernels } from "../../model/eventModel/eventKernels.ts";
import { describeIntake } from "../../ingest/IntakeReport.ts";
import type { EventModelShape } from "../../model/eventModel/EventModel.ts";
import { renderEventReport } from "../../report/events/renderEventReport.ts";
import { ownModel } from "../../report/events/ownModel.ts";
import type { EventSummary } from "../../report/events/EventSummary.ts";
import type { EventWeights } from "../../train/events/EventCheckpoint.ts";
import type { TrainedEvents } from "../../train/events/trainEventRounds.ts";
import { loadRunPanel } from "../loadRunPanel.ts";
import { Progress, timedStage } from "../Progress.ts";
import { readPipelineAs } from "../readPipeline.ts";
import { ensureWritable, writeRunDirectory } from "../RunDirectory.ts";
import type { RunOptions } from "../runPipeline.ts";
import { forgetCheckpoint } from "../checkpointFile.ts";
import { eventCard } from "./eventCard.ts";
import { EventPipeline } from "./EventPipeline.ts";
import { tableToArrow } from "../tableToArrow.ts";
import { tableToParquet } from "../tableToParquet.ts";
import { issueEvents } from "./issueEvents.ts";
import { type PreparedEvents, prepareEvents } from "./prepareEvents.ts";
import { issueInstantOf, summariseEvents } from "./summariseEvents.ts";
import { forecastTable, testedTable } from "./tabulateEvents.ts";
import { type NamedEventModel, testEvents } from "./testEvents.ts";
import { trainEventRun } from "./trainEventRun.ts";

export interface EventRunResult {
  readonly folder: string;
  readonly reportPath: string;
  readonly summary: EventSummary;
}

const modelsOf = (run: PreparedEvents, { float, ternary }: TrainedEvents): readonly NamedEventModel[] => {
  const kernels = createEventKernels();
  const named = (
    name: string,
    shape: EventModelShape,
    { parameters, table }: EventWeights,
  ): NamedEventModel => ({
    name,
    model: { kernels, shape, parameters, ...(table && { table }), tokens: run.tokens },
  });
  return [
    named(ownModel.float, run.shape, float),
    ...(ternary === undefined ? [] : [named(ownModel.ternary, { ...run.shape, ternary: true }, ternary)]),
  ];
};

/** Runs an events pipeline from its file to its folder of results. */
export const runEvents = Effect.fn("runEvents")(function* (options: RunOptions) {
  const path = yield* Path.Path;
  const progress = yield* Progress;
  const pipeline = yield* readPipelineAs(EventPipeline, options.pipelinePath);
  const home = path.join(options.out, pipeline.name);
  yield* ensureWritable(home);

  const reading = yield* timedStage(
    "Reading",
    Effect.flatMap(loadRunPanel(pipeline, options.pipelinePath), (loaded) =>
      prepareEvents(pipeline, options.pipelinePath, loaded),
    ),
  );
  const run = reading.result;
  describeIntake(run.loaded.report).forEach((line) => progress.note(`  ${line}`));
  const { parts } = run;
  progress.note(
    `  ${run.stream.tokens.length} events: ${parts.training.tokens.length} to train, ${parts.validation.tokens.length} to validate, ${parts.test.tokens.length} to test`,
  );

  const training = yield* timedStage("Training", trainEventRun(run, home));
  const trained = training.result;
  const models = modelsOf(run, trained);
  const testing = yield* timedStage(
    "Testing",
    testEvents(run, models, (done) => progress.update(done, "of the test span")),
  );
  const test = testing.result;

  const instant = new Date(issueInstantOf(run)).toISOString();
  const folder = path.join(home, instant.slice(0, 19).replaceAll(":", "-") + "Z");
  const writing = yield* timedStage(
    "Writing",
    Effect.gen(function* () {
      const issued = issueEvents(run, models.at(-1)!, test.read);
      const summary = summariseEvents(run, trained, test, issued, [
        reading.timing,
        training.timing,
        testing.timing,
      ]);
      const tested = testedTable(run, test.events);
      const forecast = forecastTable(run, issued);
      yield* writeRunDirectory(folder, {
        "events.parquet": tableToParquet(tested),
        "events.arrow": tableToArrow(tested),
        "forecast.parquet": tableToParquet(forecast),
        "forecast.arrow": tableToArrow(forecast),
        "report.html": renderEventReport(summary),
        "card.json": eventCard(run, summary, options.productVersion),
      });
      yield* forgetCheckpoint(home);
      return summary;
    }),
  );
  progress.end();
  return {
    folder,
    reportPath: path.join(folder, "report.html"),
    summary: writing.result,
  } satisfies EventRunResult;
});
