import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import type { ForecastResult } from "../jobs/forecast/runForecast.ts";
import { DoesNotHold, type NotJudged, notJudged } from "./exitCodes.ts";
import { jsonFlag, outFlag, quietFlag, readingsFlags } from "./sharedFlags.ts";
import { terminalProgress } from "./terminalProgress.ts";

export const forecastCommand = Command.make(
  "forecast",
  {
    model: Argument.String("model").pipe(
      Argument.withDescription("Folder of a run (out/PIPELINE/INSTANT), or a copy of it"),
    ),
    ...readingsFlags,
    at: Flag.String("at").pipe(
      Flag.withDescription("Instant to forecast from, such as 2026-03-01T06:00Z (default: the last reading)"),
      Flag.optional,
    ),
    out: outFlag("forecasts", "PIPELINE/INSTANT"),
    quiet: quietFlag,
    json: jsonFlag,
  },
  ({ at, data, feed, json, model, out, quiet }) =>
    Effect.promise(() => import("../jobs/forecast/runForecast.ts")).pipe(
      Effect.flatMap(({ runForecast }) =>
        runForecast({
          modelFolder: model,
          out,
          ...(Option.isSome(data) && { data: data.value }),
          ...(Option.isSome(feed) && { feed: feed.value }),
          ...(Option.isSome(at) && { at: at.value }),
        }),
      ),
      Effect.mapError(notJudged),
      Effect.tap((result) => Console.log(json ? JSON.stringify(result) : describe(result))),
      Effect.flatMap(({ broken, unjudged }): Effect.Effect<void, DoesNotHold | NotJudged> =>
        broken.length > 0
          ? Effect.fail(
              new DoesNotHold({
                cause: broken,
                userMessage: `the forecast breaks ${broken.join(", ")}: no forecast that keeps them was found after these readings`,
              }),
            )
          : unjudged.length > 0
            ? Effect.fail(
                notJudged({
                  message: `readings are missing that decide ${unjudged.join(", ")}: whether the forecast keeps them is not known`,
                }),
              )
            : Effect.void,
      ),
      Effect.provide(terminalProgress({ quiet: quiet || json })),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription("Forecast with the model of a finished run, from the readings up to an instant"),
  Command.withExamples([
    {
      command: "ordinance forecast out/arterial/INSTANT --at 2025-03-20T06:00Z",
      description: "The same readings and instant give the same bytes",
    },
  ]),
);

const describe = ({ folder, issuedAt, rules, silentSensors, staleSensors }: ForecastResult): string => {
  const enforced = rules.filter((rule) => rule.enforced);
  const moved = enforced.filter(({ flag }) => flag === "restored").length;
  const named = (sensors: readonly string[]): string =>
    sensors.length <= 8
      ? sensors.join(", ")
      : `${sensors.slice(0, 8).join(", ")} and ${sensors.length - 8} more`;
  return [
    `issued at ${issuedAt}: ${enforced.length} enforced rules, ${moved} of them restored by the shield`,
    ...(silentSensors.length === 0 ? [] : [`without any reading: ${named(silentSensors)}`]),
    ...(staleSensors.length === 0 ? [] : [`nothing read at the origin: ${named(staleSensors)}`]),
    `forecast: ${folder}`,
  ].join("\n");
};
