import { Effect } from "effect";
import { fileBytes } from "../csvSource.ts";
import { SourceError } from "../Source.ts";
import type { TraceNames } from "./BatchBuilder.ts";
import { openCsv } from "./openCsv.ts";
import { openNdjson } from "./openNdjson.ts";
import { readHead, sniffFormat, spool, standardInput } from "./traceBytes.ts";

/** The name of standard input on a command line. */
export const STANDARD_INPUT = "-";

/**
 * Opens a recorded trace: CSV, NDJSON, Arrow IPC (file or stream) or Parquet, each also gzipped, told apart by
 * content. Standard input, and what must be read from its end, is kept in a temporary file until the scope closes.
 */
export const openTrace = Effect.fn("openTrace")(function* (name: string, names: TraceNames) {
  const piped = name === STANDARD_INPUT;
  const path = piped ? "standard input" : name;
  const file = piped ? yield* spool(standardInput, path) : name;
  const { head, packed } = yield* readHead(file).pipe(
    Effect.mapError((cause) => new SourceError({ place: path, reason: cause.reason })),
  );
  const format = sniffFormat(head);
  if (typeof format === "object") return yield* new SourceError({ place: path, reason: `${format.fault}.` });
  const suffix = packed ? ", gzip" : "";
  if (format === "csv") return yield* openCsv(file, path, suffix, names);
  if (format === "ndjson") return yield* openNdjson(file, path, suffix, names);
  // Both are read from their end, or by jumps: what is packed is unpacked first.
  const plain = packed ? yield* spool(fileBytes(file), path) : file;
  // Loaded on demand: each of the two takes longer than the rest of a check.
  if (format === "arrow") {
    const { openArrow } = yield* Effect.promise(() => import("./openArrow.ts"));
    return yield* openArrow(plain, path, suffix, names);
  }
  const { openParquet } = yield* Effect.promise(() => import("./openParquet.ts"));
  return yield* openParquet(plain, path, suffix, names);
});
