import { Effect, Schedule } from "effect";
import { ingestFeed } from "../ingest/ingestFeed.ts";
import { describeIngest } from "../ingest/IngestReport.ts";
import { Progress } from "../Progress.ts";

/** How long a feed whose sources failed waits before it is taken in again. */
const AGAIN_AFTER = "10 seconds";

/**
 * Takes a feed into its store until the scope closes; what it gave and what was odd is logged then. With `once` it has
 * come to its end when this returns.
 */
export const ingestBeside = Effect.fn("ingestBeside")(function* (feedPath: string, once: boolean) {
  const { feed, report, run } = yield* ingestFeed(feedPath, { once });
  yield* Effect.addFinalizer(() =>
    Effect.ignore(
      Effect.flatMap(report, (found) =>
        Effect.forEach(describeIngest(found), (line) => Effect.logInfo(line), { discard: true }),
      ),
    ),
  );
  const quiet = Effect.provide(run, Progress.silent);
  if (once) return yield* quiet;
  yield* quiet.pipe(
    Effect.tapError((error) => Effect.logError(`feed ${feed.card.name}: ${error.message}`)),
    Effect.retry(Schedule.spaced(AGAIN_AFTER)),
    Effect.ignore,
    Effect.forkScoped,
  );
});
