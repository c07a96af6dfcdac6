import { Data } from "effect";

/** The trace cannot be judged. */
export class TraceRefused extends Data.TaggedError("TraceRefused")<{ readonly message: string }> {}
