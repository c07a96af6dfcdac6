import { Effect } from "effect";
import { openDeployedModel } from "../forecast/openDeployedModel.ts";
import { readingsFor, type ReadingsPlace } from "../forecast/readingsFor.ts";
import { instantOf, lastReadingMs } from "../forecast/runForecast.ts";
import { Progress, timedStage } from "../Progress.ts";
import { NEEDED_FORECASTS, NotEnoughToJudge, watchModel, watchSteps } from "./watchModel.ts";

export interface WatchOptions extends ReadingsPlace {
  /** Folder of a run. */
  readonly modelFolder: string;
  /** Folder of forecasts by their instant. */
  readonly forecasts: string;
  /** End of the span; the last reading where left out. */
  readonly at?: string;
  readonly lastMs: number;
}

/** Holds the model of a folder against its issued forecasts and the readings of a place. */
export const runWatch = Effect.fn("runWatch")(function* (options: WatchOptions) {
  const progress = yield* Progress;
  const open = yield* openDeployedModel(options.modelFolder);
  const instantMs = options.at === undefined ? undefined : yield* instantOf(options.at, open.model.site.zone);
  const { result: found } = yield* timedStage(
    "Reading",
    readingsFor(options, options.modelFolder, open, instantMs, watchSteps(open, options.lastMs)),
  );
  const atMs = instantMs ?? lastReadingMs(open, found.panel);
  if (!Number.isFinite(atMs)) {
    return yield* new NotEnoughToJudge({
      what: "readings of the model's sensors",
      found: 0,
      needed: NEEDED_FORECASTS,
      remedy: "Bring the readings up to date",
    });
  }
  const { result } = yield* timedStage(
    "Watching",
    watchModel(open, options.modelFolder, options.forecasts, found.panel, { atMs, lastMs: options.lastMs }),
  );
  progress.end();
  return result;
});
