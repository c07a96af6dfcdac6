/** The small job: readings in, the forecast of a deployed model out. No training, no tensors. */
import { Effect, Path, Schema } from "effect";
import { Temporal } from "temporal-polyfill";
import { formatDuration } from "../../ingest/parseDuration.ts";
import { instantFolder } from "../instantFolder.ts";
import { type Panel, seriesOf } from "../../series/Panel.ts";
import { Progress, timedStage } from "../Progress.ts";
import { ensureWritable, writeRunDirectory } from "../RunDirectory.ts";
import { issueFromModel, type IssuedForecast } from "./issueFromModel.ts";
import { ModelRefused, type OpenModel, openDeployedModel } from "./openDeployedModel.ts";
import { readingsFor, type ReadingsPlace } from "./readingsFor.ts";
import { originAt, readingsOfModel } from "./readingsOfModel.ts";

/** No reading of a sensor of the model in the steps that a forecast reads. */
export class NothingToForecastFrom extends Schema.TaggedError<NothingToForecastFrom>()(
  "NothingToForecastFrom",
  { dataset: Schema.String, from: Schema.String, to: Schema.String },
) {
  override get message(): string {
    return `${this.dataset} has no reading of a sensor of the model from ${this.from} to ${this.to}, which is all that this forecast reads. Give the instant with --at, or bring the readings up to date`;
  }
}

/** A text that is no instant. */
export class InstantRefused extends Schema.TaggedError<InstantRefused>()("InstantRefused", {
  text: Schema.String,
}) {
  override get message(): string {
    return `${this.text} is no instant; write it as 2026-03-01T06:00Z, or without the Z as local time of the city`;
  }
}

export interface ForecastOptions extends ReadingsPlace {
  /** Folder of a run. */
  readonly modelFolder: string;
  /** Folder that gets PIPELINE/INSTANT. */
  readonly out: string;
  /** The last step at or before it is the origin, and it names the folder; the last reading where left out. */
  readonly at?: string;
}

export interface ForecastResult extends Omit<IssuedForecast, "files"> {
  readonly folder: string;
  readonly issuedAt: string;
  readonly silentSensors: readonly string[];
  readonly staleSensors: readonly string[];
}

export const runForecast = Effect.fn("runForecast")(function* (options: ForecastOptions) {
  const path = yield* Path.Path;
  const progress = yield* Progress;
  const open = yield* openDeployedModel(options.modelFolder);
  const home = path.join(options.out, open.model.settings.name);
  yield* ensureWritable(home);
  const instantMs = options.at === undefined ? undefined : yield* instantOf(options.at, open.model.site.zone);
  const { result: found } = yield* timedStage(
    "Reading",
    readingsFor(options, options.modelFolder, open, instantMs),
  );
  found.notes.forEach((line) => progress.note(`  ${line}`));
  const { result } = yield* timedStage(
    "Forecasting",
    forecastAt(open, found.panel, {
      instantMs: instantMs ?? lastReadingMs(open, found.panel),
      home,
      refuse: options.modelFolder,
    }),
  );
  progress.end();
  return result;
});

export interface ForecastPlace {
  readonly instantMs: number;
  /** Folder that gets INSTANT. */
  readonly home: string;
  /** Folder of the model, for messages. */
  readonly refuse: string;
}

/** Issues the forecast of an instant from a panel that reaches back far enough. `refuse` names the model in messages. */
export const issueAt = Effect.fn("issueAt")(function* (
  open: OpenModel,
  panel: Panel,
  { instantMs, refuse }: Omit<ForecastPlace, "home">,
) {
  const differences = otherPanel(open, panel);
  if (differences.length > 0) {
    return yield* new ModelRefused({ folder: refuse, reason: differences.join("; ") });
  }
  if (!Number.isFinite(instantMs)) {
    return yield* new NothingToForecastFrom({ dataset: panel.name, from: "its beginning", to: "its end" });
  }
  const originMs = originAt(panel, instantMs);
  const plan = open.artefact.manifest.features;
  const readings = readingsOfModel(plan, panel, originMs, open.runtime.contextSteps);
  if (readings.silent.length === open.model.site.sensors.length) {
    const [from, to] = [readings.startMs, originMs].map((ms) => new Date(ms).toISOString());
    return yield* new NothingToForecastFrom({ dataset: panel.name, from: from!, to: to! });
  }
  const issued = issueFromModel(open, readings);
  return {
    ...issued,
    issuedAt: new Date(originMs).toISOString(),
    silentSensors: readings.silent,
    staleSensors: readings.stale,
  };
});

/** Issues a forecast and writes its folder whole. */
export const forecastAt = Effect.fn("forecastAt")(function* (
  open: OpenModel,
  panel: Panel,
  place: ForecastPlace,
) {
  const path = yield* Path.Path;
  const { files, ...facts } = yield* issueAt(open, panel, place);
  const folder = path.join(place.home, instantFolder(place.instantMs));
  yield* writeRunDirectory(folder, files);
  return { folder, ...facts } satisfies ForecastResult;
});

/** What keeps a panel from being read by a model. */
export const otherPanel = ({ model }: OpenModel, panel: Panel): string[] => {
  const { site } = model;
  const steps =
    panel.stepMs === site.stepMs
      ? []
      : [
          `it was trained on steps of ${formatDuration(site.stepMs)}, the readings have steps of ${formatDuration(panel.stepMs)}`,
        ];
  const zones =
    panel.zone === site.zone
      ? []
      : [`it was trained in zone ${site.zone}, the readings are in ${panel.zone}`];
  const units = site.channels.flatMap(({ name, unit }) => {
    const given = panel.channels.find((channel) => channel.name === name)?.unit ?? unit;
    return given === unit ? [] : [`it reads ${name} in ${unit}, but the readings are in ${given}`];
  });
  return [...steps, ...zones, ...units];
};

/**
 * Instant of the last step, no later than `untilMs`, at which a sensor of the model has a reading of a target; -Infinity
 * where there is none.
 */
export const lastReadingMs = ({ artefact, model }: OpenModel, panel: Panel, untilMs = Infinity): number => {
  const targets = new Set(artefact.manifest.features.targets.map(({ channel }) => channel));
  const sensors = new Set(model.site.sensors);
  const rows = panel.channels.flatMap(({ name }, channel) =>
    targets.has(name)
      ? panel.sensors.flatMap((sensor, place) =>
          sensors.has(sensor) ? [seriesOf(panel, channel, place)] : [],
        )
      : [],
  );
  const last = Math.min(panel.steps - 1, Math.floor((untilMs - panel.startMs) / panel.stepMs));
  for (let step = last; step >= 0; step--) {
    if (rows.some((row) => !Number.isNaN(row[step]!))) return panel.startMs + step * panel.stepMs;
  }
  return -Infinity;
};

/** The instant that a text names; without an offset it is local time of the zone. */
export const instantOf = (text: string, zone: string) =>
  Effect.try({
    try: () =>
      /(Z|[+-]\d{2}:\d{2})$/i.test(text)
        ? Temporal.Instant.from(text).epochMilliseconds
        : Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds,
    catch: () => new InstantRefused({ text }),
  });
