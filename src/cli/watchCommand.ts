import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import { parseDuration } from "../ingest/parseDuration.ts";
import { describeWatch } from "../jobs/watch/describeWatch.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { jsonFlag, quietFlag, readingsFlags } from "./sharedFlags.ts";
import { terminalProgress } from "./terminalProgress.ts";

export const watchCommand = Command.make(
  "watch",
  {
    model: Argument.String("model").pipe(
      Argument.withDescription("Folder of a run (out/PIPELINE/INSTANT), or a copy of it"),
    ),
    forecasts: Flag.String("forecasts").pipe(
      Flag.withDescription("Folder of the issued forecasts, by their instant (forecasts/NAME)"),
    ),
    ...readingsFlags,
    at: Flag.String("at").pipe(
      Flag.withDescription("End of the span, such as 2026-03-01T06:00Z (default: the last reading)"),
      Flag.optional,
    ),
    last: Flag.String("last").pipe(
      Flag.withDescription("Length of the span, such as 7d (default) or 36h"),
      Flag.filter(
        (text) => parseDuration(text) !== undefined,
        (text) => `Expected a duration such as 7d or 36h, found ${text}`,
      ),
      Flag.withDefault("7d"),
    ),
    quiet: quietFlag,
    json: jsonFlag,
  },
  ({ at, data, feed, forecasts, json, last, model, quiet }) =>
    Effect.promise(() => import("../jobs/watch/runWatch.ts")).pipe(
      Effect.flatMap(({ runWatch }) =>
        runWatch({
          modelFolder: model,
          forecasts,
          lastMs: parseDuration(last)!,
          ...(Option.isSome(data) && { data: data.value }),
          ...(Option.isSome(feed) && { feed: feed.value }),
          ...(Option.isSome(at) && { at: at.value }),
        }),
      ),
      Effect.mapError(notJudged),
      Effect.tap((report) => Console.log(json ? JSON.stringify(report) : describeWatch(report))),
      Effect.flatMap(({ findings, verdict }) =>
        verdict === "well"
          ? Effect.void
          : Effect.fail(
              new DoesNotHold({
                cause: findings,
                userMessage: `${verdict}: ${[...new Set(findings.map(({ where }) => where))].join(", ")}`,
              }),
            ),
      ),
      Effect.provide(terminalProgress({ quiet: quiet || json })),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription("Hold issued forecasts and the readings since against the model card"),
  Command.withExamples([
    {
      command: "ordinance watch out/arterial/INSTANT --forecasts forecasts/arterial --last 7d",
      description: "Ends with 0 where all is well, 1 where it drifts or is broken, 2 where too little came",
    },
  ]),
);
