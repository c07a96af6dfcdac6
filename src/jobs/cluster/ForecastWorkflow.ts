import { Schema } from "effect";
import { Workflow } from "effect/workflow";
import { JobFailed } from "../schedule/ScheduledJob.ts";

/** What became of a group's forecast at an instant. */
export const GroupForecast = Schema.Struct({
  group: Schema.String,
  instant: Schema.String,
  verdict: Schema.Literals(["holds", "broken", "unjudged"]),
  /** Worker that made it. */
  worker: Schema.String,
});
export type GroupForecast = typeof GroupForecast.Type;

/** The forecast of a group of sensors at an instant: asked for any number of times, by any worker, it is done once. */
export const ForecastWorkflow = Workflow.make("Forecast", {
  payload: { group: Schema.String, instant: Schema.String },
  idempotencyKey: ({ group, instant }) => `${group}@${instant}`,
  success: GroupForecast,
  error: JobFailed,
});
