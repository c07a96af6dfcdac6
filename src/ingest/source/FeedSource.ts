import type { Effect, FileSystem, Stream } from "effect";
import { type IntakeProblem, ProblemLog } from "../IntakeProblem.ts";
import { emptyTally, type IntakeTally } from "../IntakeTally.ts";
import type { Readings } from "../ReadingBatch.ts";
import type { SourceError } from "../Source.ts";
import type { SourceMark } from "../store/StoreRecord.ts";

/** A batch of a source that must not lose any, with what is to be done once it is on disk. */
export interface FeedBatch {
  readonly readings: Readings;
  /** How far the source is read with this batch. */
  readonly mark?: SourceMark;
  /** When the readings arrived, of live sources. */
  readonly arrivedMs?: number;
  /** Tells the sender that the readings are safe; called once they are. */
  readonly acknowledge?: Effect.Effect<void>;
}

/** Where the readings of a feed come from: nothing is read before it is pulled. */
export interface FeedSource {
  readonly batches: Stream.Stream<FeedBatch, SourceError, FileSystem.FileSystem>;
  /** Filled while the stream runs. */
  readonly account: SourceAccount;
}

/** Rows that could not be read, counted with the first of them in full; in the words of a feed. */
class FeedProblems extends ProblemLog {
  override add(problem: IntakeProblem): void {
    const message = problem.message
      .replaceAll("`layout.time.format` in the card", "`time.format` in the feed")
      .replaceAll("in the card", "in the feed")
      .replaceAll("the card", "the feed");
    super.add({ ...problem, message });
  }
}

/** What a source met beside its readings. */
export class SourceAccount {
  readonly name: string;
  readonly kind: string;
  readonly problems: ProblemLog = new FeedProblems();
  readonly tally: IntakeTally = emptyTally();
  /** Files read to their end, and those passed over because they were read before. */
  files = 0;
  passedOver = 0;
  /** Messages of MQTT, those of them that the broker sent again, and how often the connection was lost. */
  messages = 0;
  redelivered = 0;
  disconnects = 0;
  /** Further findings in words, each once. */
  readonly notes = new Set<string>();

  constructor(name: string, kind: string) {
    this.name = name;
    this.kind = kind;
  }
}
