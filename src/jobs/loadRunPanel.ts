import { Effect, Path, Schema } from "effect";
import { Temporal } from "temporal-polyfill";
import { type LoadedPanel, loadPanel } from "../ingest/loadPanel.ts";
import { readCard } from "../ingest/readCard.ts";
import type { Pipeline } from "./Pipeline.ts";

/** The data has no reading in the span of the pipeline. */
export class NoReadings extends Schema.TaggedError<NoReadings>()("NoReadings", {
  dataset: Schema.String,
  from: Schema.String,
  to: Schema.String,
}) {
  override get message(): string {
    return `${this.dataset} has no reading from ${this.from} to ${this.to}. Change \`from\` and \`to\` of the pipeline; \`ordinance data describe ${this.dataset}\` says what it holds`;
  }
}

/**
 * Loads the part of a data set that a pipeline asks for; its `from` and `to` are local times of the city. A card of
 * one's own is given by its path, relative to the pipeline file.
 */
export const loadRunPanel = Effect.fn("loadRunPanel")(function* (pipeline: Pipeline, pipelinePath: string) {
  const path = yield* Path.Path;
  const own = pipeline.data.endsWith(".yaml");
  const card = yield* readCard(own ? path.resolve(path.dirname(pipelinePath), pipeline.data) : pipeline.data);
  const instant = (text: string): number =>
    Temporal.PlainDateTime.from(text).toZonedDateTime(card.zone).epochMilliseconds;
  const loaded: LoadedPanel = yield* loadPanel({
    card,
    ...(pipeline.from !== undefined && { from: instant(pipeline.from) }),
    ...(pipeline.to !== undefined && { to: instant(pipeline.to) }),
  });
  if (loaded.panel.steps === 0 || loaded.panel.sensors.length === 0) {
    return yield* new NoReadings({
      dataset: card.name,
      from: pipeline.from ?? "the beginning",
      to: pipeline.to ?? "the end",
    });
  }
  return loaded;
});
