import type { ArrowFeed, ParquetFeed } from "../feed/FeedFile.ts";
import type { Readings } from "../ReadingBatch.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { ColumnRows } from "./ColumnRows.ts";
import type { SourceAccount } from "./FeedSource.ts";

/** Reads files whose columns stand one after the other; sensors keep their numbers from one file to the next. */
export const columnFiles = (
  card: StoreCard,
  source: ArrowFeed | ParquetFeed,
  account: SourceAccount,
): ((path: string) => AsyncIterable<Readings>) => {
  const rows = new ColumnRows(card, source, account);
  // Loaded on demand: a feed of lines needs neither.
  return async function* (path) {
    if (source.kind === "arrow") yield* (await import("./arrowRows.ts")).arrowRows(path, source, rows);
    else yield* (await import("./parquetRows.ts")).parquetRows(path, source, rows);
  };
};
