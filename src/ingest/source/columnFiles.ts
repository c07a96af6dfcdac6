import type { ArrowFeed, ParquetFeed } from "../feed/FeedFile.ts";
import type { Readings } from "../ReadingBatch.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import type { SourceAccount } from "./FeedSource.ts";

/** Reads files whose columns stand one after the other. */
export const columnFiles = (
  _card: StoreCard,
  _source: ArrowFeed | ParquetFeed,
  _account: SourceAccount,
): ((path: string) => AsyncIterable<Readings>) => {
  throw new Error("not yet");
};
