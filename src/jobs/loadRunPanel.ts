import { Effect, Path, Schema } from "effect";
import { Temporal } from "temporal-polyfill";
import { type LoadedPanel, loadPanel } from "../ingest/loadPanel.ts";
import { readCard } from "../ingest/readCard.ts";
import type { Pipeline } from "./Pipeline.ts";
import { refuseConflicts } from "./readPipeline.ts";

/** The data has no reading, or none in the span that was asked for. */
export class NoReadings extends Schema.TaggedError<NoReadings>()("NoReadings", {
  dataset: Schema.String,
  from: Schema.optionalKey(Schema.String),
  to: Schema.optionalKey(Schema.String),
  files: Schema.Array(Schema.String),
}) {
  override get message(): string {
    const files = this.files.join(", ");
    return this.from === undefined && this.to === undefined
      ? `${this.dataset} has no reading: there is no row of data in ${files}. Put the recorded readings there`
      : `${this.dataset} has no reading from ${this.from ?? "its beginning"} to ${this.to ?? "its end"}, local time (looked in ${files}). Change \`from\` and \`to\``;
  }
}

/** A text that is no local time. */
export class LocalTimeRefused extends Schema.TaggedError<LocalTimeRefused>()("LocalTimeRefused", {
  text: Schema.String,
}) {
  override get message(): string {
    return `${this.text} is no local time; write it as 2015-03-01 or 2015-03-01T06:00`;
  }
}

/**
 * Loads the part of a data set that a pipeline asks for; its `from` and `to` are local times of the city. A card of
 * one's own is given by its path, relative to the pipeline file.
 */
export const loadRunPanel = Effect.fn("loadRunPanel")(function* (
  pipeline: Pick<Pipeline, "data" | "from" | "to">,
  pipelinePath: string,
) {
  const path = yield* Path.Path;
  const own = pipeline.data.endsWith(".yaml");
  const card = own ? path.resolve(path.dirname(pipelinePath), pipeline.data) : pipeline.data;
  return yield* loadSpan(card, pipeline.from, pipeline.to).pipe(
    Effect.catchTag("CardNotFound", (cause) =>
      refuseConflicts(pipelinePath, [{ path: ["data"], message: cause.message }]).pipe(
        Effect.andThen(Effect.fail(cause)),
      ),
    ),
  );
});

/** Loads what a data set (a name, or the path of a card) holds between two local times; all where left out. */
export const loadSpan = Effect.fn("loadSpan")(function* (
  name: string,
  from: string | undefined,
  to: string | undefined,
) {
  const card = yield* readCard(name);
  const instant = (text: string) =>
    Effect.try({
      try: () => Temporal.PlainDateTime.from(text).toZonedDateTime(card.zone).epochMilliseconds,
      catch: () => new LocalTimeRefused({ text }),
    });
  const loaded: LoadedPanel = yield* loadPanel({
    card,
    ...(from !== undefined && { from: yield* instant(from) }),
    ...(to !== undefined && { to: yield* instant(to) }),
  });
  if (loaded.panel.steps === 0 || loaded.panel.sensors.length === 0) {
    return yield* new NoReadings({
      dataset: card.name,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      files: loaded.report.files.map((file) => file.path),
    });
  }
  return loaded;
});
