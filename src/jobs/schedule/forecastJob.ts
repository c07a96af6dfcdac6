import { Effect } from "effect";
import { formatDuration } from "../../ingest/parseDuration.ts";
import type { Panel } from "../../series/Panel.ts";
import { forecastAt, lastReadingMs } from "../forecast/runForecast.ts";
import { openDeployedModel } from "../forecast/openDeployedModel.ts";
import { readingsFor, type ReadingsPlace } from "../forecast/readingsFor.ts";
import { currentModel } from "./currentModel.ts";
import { resultFolders } from "./resultFolders.ts";
import { JobFailed, type JobOutcome } from "./ScheduledJob.ts";

export interface ForecastJobOptions extends ReadingsPlace {
  /** Folder of a run, or folder of runs; see `currentModel`. */
  readonly model: string;
  /** An attempt fails where the newest reading before the instant is older. */
  readonly freshMs?: number;
  /** Folder that gets the results. */
  readonly home: string;
}

/** Forecasts with the model in use, from the readings up to the instant. */
export const forecastJob = (options: ForecastJobOptions) => ({
  ...resultFolders(options.home),
  run: (instantMs: number) =>
    forecastOnce(options, instantMs).pipe(
      Effect.mapError((error) =>
        error._tag === "JobFailed" ? error : new JobFailed({ reason: error.message }),
      ),
    ),
});

const forecastOnce = Effect.fn("forecastOnce")(function* (options: ForecastJobOptions, instantMs: number) {
  // Opened anew each time: a model that was trained or taken back meanwhile is the one in use.
  const modelFolder = yield* currentModel(options.model);
  const open = yield* openDeployedModel(modelFolder);
  const { panel } = yield* readingsFor(options, modelFolder, open, instantMs);
  if (options.freshMs !== undefined) yield* requireFresh(open, panel, instantMs, options.freshMs);
  const { broken, folder, issuedAt, silentSensors, staleSensors, unjudged, verdict } = yield* forecastAt(
    open,
    panel,
    {
      instantMs,
      home: options.home,
      refuse: modelFolder,
    },
  );
  const facts = [
    `issued at ${issuedAt}`,
    ...(broken.length > 0 ? [`breaks ${broken.join(", ")}`] : []),
    ...(unjudged.length > 0 ? [`readings are missing that decide ${unjudged.join(", ")}`] : []),
    ...(silentSensors.length > 0 ? [`no reading of ${silentSensors.join(", ")}`] : []),
    ...(staleSensors.length > 0 ? [`${staleSensors.length} sensors read nothing at the origin`] : []),
    folder,
  ];
  return { verdict, summary: facts.join("; ") } satisfies JobOutcome;
});

const requireFresh = (
  open: Effect.Success<ReturnType<typeof openDeployedModel>>,
  panel: Panel,
  instantMs: number,
  freshMs: number,
) => {
  const newestMs = lastReadingMs(open, panel, instantMs);
  return instantMs - newestMs <= freshMs
    ? Effect.void
    : Effect.fail(
        new JobFailed({
          reason: `the newest reading is ${Number.isFinite(newestMs) ? `of ${new Date(newestMs).toISOString()}` : "missing"}, and \`fresh\` asks for one within ${formatDuration(freshMs)} of the instant`,
        }),
      );
};
