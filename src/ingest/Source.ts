import { Data, type FileSystem, type Stream } from "effect";
import type { IntakeError } from "./IntakeProblem.ts";
import type { IntakeTally } from "./IntakeTally.ts";
import type { Readings } from "./ReadingBatch.ts";

/** A file or a package that a source needs cannot be used. */
export class SourceError extends Data.TaggedError("SourceError")<{
  readonly place: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `${this.place}: ${this.reason}`;
  }
}

/**
 * Where readings come from: a stream of record batches, pulled by whoever reads it.
 *
 * Each batch has the columns `sensor` (dictionary-encoded text), `instant` (timestamp in ms, UTC) and one
 * nullable float64 column a channel it holds.
 */
export interface Source {
  readonly batches: Stream.Stream<Readings, SourceError | IntakeError, FileSystem.FileSystem>;
  /** Filled while the stream runs; final when it has ended. */
  readonly tally: IntakeTally;
}
