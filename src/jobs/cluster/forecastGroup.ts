import { Duration, Effect, Path, Schedule } from "effect";
import { openDeployedModel } from "../forecast/openDeployedModel.ts";
import { readingsFor } from "../forecast/readingsFor.ts";
import { issueAt } from "../forecast/runForecast.ts";
import { placeOfReadings } from "../schedule/placeOfReadings.ts";
import { currentModel } from "../schedule/currentModel.ts";
import { JobFailed } from "../schedule/ScheduledJob.ts";
import { milliseconds } from "../schedule/ScheduleFile.ts";
import type { ClusterFile, ClusterGroup } from "./ClusterFile.ts";
import { keepForecast } from "./ForecastResults.ts";

/** Forecasts a group at an instant and keeps the result in the database. */
export const forecastGroup = (
  file: ClusterFile,
  folder: string,
  group: ClusterGroup,
  instantMs: number,
  worker: string,
) => {
  const once = Effect.gen(function* () {
    const path = yield* Path.Path;
    const modelFolder = yield* currentModel(path.resolve(folder, group.model));
    const open = yield* openDeployedModel(modelFolder);
    const place = placeOfReadings(path, folder, group);
    const { panel } = yield* readingsFor(place, modelFolder, open, instantMs);
    const issued = yield* issueAt(open, panel, { instantMs, refuse: modelFolder });
    yield* keepForecast({
      group: group.name,
      instantMs,
      issuedAt: issued.issuedAt,
      verdict: issued.verdict,
      parquet: issued.files["forecast.parquet"] as Uint8Array,
      facts: issued.files["forecast.json"] as string,
      worker,
    });
    return issued.verdict;
  });
  const { limit, wait } = file.retries;
  return once.pipe(
    Effect.mapError((error) => new JobFailed({ reason: error.message })),
    Effect.timeoutOrElse({
      duration: Duration.millis(milliseconds(file.timeout)),
      orElse: () => Effect.fail(new JobFailed({ reason: `it took longer than ${file.timeout}` })),
    }),
    Effect.retry({ schedule: Schedule.exponential(Duration.millis(milliseconds(wait)), 2), times: limit }),
  );
};
