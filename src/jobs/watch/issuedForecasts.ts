/** Reads the forecasts that were issued, from the folders that they stand in. */
import { tableFromIPC } from "apache-arrow";
import { Effect, FileSystem, Path, Schema } from "effect";
import { instantOfFolder } from "../instantFolder.ts";
import type { OpenModel } from "../forecast/openDeployedModel.ts";

/** The folder of issued forecasts cannot be read. */
export class ForecastsUnreadable extends Schema.TaggedError<ForecastsUnreadable>()("ForecastsUnreadable", {
  folder: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.folder}: ${this.reason}. Give the folder that holds forecasts by their instant, such as forecasts/NAME`;
  }
}

/** A forecast as it was issued. */
export interface IssuedValues {
  readonly issuedAtMs: number;
  /** [sensor][target][lead], NaN where the file has none. */
  readonly median: Float64Array;
  /** The lowest and the highest issued quantile; absent where there are not two. */
  readonly band?: { readonly low: Float64Array; readonly high: Float64Array };
  /** Enforced rules that it does not keep, as it said itself. */
  readonly broken: readonly string[];
}

export interface IssuedForecasts {
  /** By ascending instant; no instant twice. */
  readonly forecasts: readonly IssuedValues[];
  /** Forecasts in the span that another model issued. */
  readonly ofOthers: number;
  /** Folders whose files cannot be read. */
  readonly damaged: readonly string[];
}

const Facts = Schema.fromJsonString(
  Schema.Struct({
    artefact: Schema.String,
    issuedAt: Schema.String,
    rules: Schema.Array(
      Schema.Struct({ name: Schema.String, enforced: Schema.Boolean, flag: Schema.String }),
    ),
  }),
);

/** Forecasts that a model issued from `fromMs` to `toMs`, both included. */
export const issuedForecasts = Effect.fn("issuedForecasts")(function* (
  folder: string,
  open: OpenModel,
  fromMs: number,
  toMs: number,
) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = yield* files
    .readDirectory(folder)
    .pipe(Effect.mapError((cause) => new ForecastsUnreadable({ folder, reason: cause.message })));
  const forecasts = new Map<number, IssuedValues>();
  const damaged: string[] = [];
  let ofOthers = 0;
  const inSpan = (ms: number): boolean => ms >= fromMs && ms <= toMs;
  for (const name of names.sort()) {
    // A forecast is issued at the last step before the instant of its folder.
    if (!inSpan(instantOfFolder(name)) && !inSpan(instantOfFolder(name) - open.model.site.stepMs)) continue;
    const read = yield* Effect.gen(function* () {
      const facts = yield* Schema.decodeUnknownEffect(Facts)(
        yield* files.readFileString(path.join(folder, name, "forecast.json")),
      );
      const issuedAtMs = Date.parse(facts.issuedAt);
      if (!inSpan(issuedAtMs)) return undefined;
      if (facts.artefact !== open.artefact.sha256) {
        ofOthers++;
        return undefined;
      }
      const bytes = yield* files.readFile(path.join(folder, name, "forecast.arrow"));
      const values = yield* Effect.try({
        try: () => valuesOf(bytes, open, issuedAtMs),
        catch: (cause) => cause,
      });
      const broken = facts.rules.filter(({ enforced, flag }) => enforced && flag === "failed");
      return { ...values, issuedAtMs, broken: broken.map((rule) => rule.name) } satisfies IssuedValues;
    }).pipe(
      Effect.catch(() => {
        damaged.push(name);
        return Effect.succeed(undefined);
      }),
    );
    if (read !== undefined) forecasts.set(read.issuedAtMs, read);
  }
  const ascending = [...forecasts.values()].sort((a, b) => a.issuedAtMs - b.issuedAtMs);
  return { forecasts: ascending, ofOthers, damaged } satisfies IssuedForecasts;
});

const valuesOf = (
  bytes: Uint8Array,
  { artefact, model }: OpenModel,
  issuedAtMs: number,
): Pick<IssuedValues, "median" | "band"> => {
  const { horizonSteps, targets } = artefact.manifest.features;
  const { sensors, stepMs } = model.site;
  const width = targets.length * horizonSteps;
  const placeOf = new Map(sensors.map((name, place) => [name, place]));
  const targetOf = new Map(targets.map(({ channel }, target) => [channel, target]));
  const byQuantile = new Map<number, Float64Array>();
  const table = tableFromIPC(bytes);
  const column = (name: string) => table.getChild(name)!;
  const [sensor, valid, channel, quantile, value] = [
    "sensor",
    "valid_at",
    "channel",
    "quantile",
    "value",
  ].map(column);
  for (let row = 0; row < table.numRows; row++) {
    const place = placeOf.get(String(sensor!.get(row)));
    const target = targetOf.get(String(channel!.get(row)));
    const lead = Math.round((Number(valid!.get(row)) - issuedAtMs) / stepMs);
    if (place === undefined || target === undefined || lead < 1 || lead > horizonSteps) continue;
    const level = Number(quantile!.get(row));
    const values = byQuantile.get(level) ?? new Float64Array(sensors.length * width).fill(Number.NaN);
    byQuantile.set(level, values);
    values[place * width + target * horizonSteps + lead - 1] = Number(value!.get(row) ?? Number.NaN);
  }
  const levels = [...byQuantile.keys()].filter((level) => level !== 0.5).sort((a, b) => a - b);
  const median = byQuantile.get(0.5);
  if (median === undefined) throw new Error("it has no quantile 0.5");
  return {
    median,
    ...(levels.length > 1 && {
      band: { low: byQuantile.get(levels[0]!)!, high: byQuantile.get(levels.at(-1)!)! },
    }),
  };
};
