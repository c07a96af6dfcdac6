import { Effect } from "effect";
import { readFeed } from "../../ingest/feed/readFeed.ts";
import { openReadingStore } from "../../ingest/store/ReadingStore.ts";
import { runFeed, type RunFeedOptions } from "./runFeed.ts";

/**
 * Opens the store of a feed file and prepares to take its sources in: `run` does it, `report` says what came, `store`
 * is there for others to read from meanwhile.
 *
 * Fails with FileUnreadable, FileFaulty (every problem with line and column) and StoreFailed.
 */
export const ingestFeed = Effect.fn("ingestFeed")(function* (path: string, options: RunFeedOptions) {
  const feed = yield* readFeed(path);
  const store = yield* openReadingStore(feed.storePath, feed.card);
  const { report, run } = yield* runFeed(feed, store, options);
  return { feed, store, run, report };
});
