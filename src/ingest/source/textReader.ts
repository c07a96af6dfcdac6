import { CsvReader, type FileProgress } from "../CsvReader.ts";
import type { CsvFeed, NdjsonFeed } from "../feed/FeedFile.ts";
import type { Readings } from "../ReadingBatch.ts";
import type { StoreCard } from "../store/StoreCard.ts";
import { csvContext, feedFile } from "./feedContext.ts";
import type { SourceAccount } from "./FeedSource.ts";
import { JsonRows } from "./JsonRows.ts";
import { NdjsonReader } from "./NdjsonReader.ts";

/** Reads a file of lines as it grows. */
export interface TextReader {
  /** Takes a chunk; returns the batches that it filled. */
  readonly push: (chunk: Uint8Array) => Readings[];
  /** What is gathered so far. */
  readonly rest: () => Readings[];
  /** No more will come: an unfinished last line is one, too. */
  readonly end: () => Readings[];
  readonly progress: FileProgress;
  /** Goes on where another reader of the same file stopped, once its header was pushed. */
  readonly goOn: (progress: FileProgress) => void;
}

/** Begins to read a file of a source; sensors keep their numbers from one file to the next. */
export const textReaders = (
  card: StoreCard,
  source: CsvFeed | NdjsonFeed,
  account: SourceAccount,
): ((path: string) => TextReader) => {
  if (source.kind === "csv") {
    const context = csvContext(card, source, account);
    return (path) => new CsvReader(context, feedFile(path, source));
  }
  return (path) => new NdjsonReader(path, new JsonRows(card, source, account));
};
