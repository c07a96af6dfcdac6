import * as NodeStream from "@effect/platform-node-shared/NodeStream";
import { Effect, FileSystem, Path, Stream } from "effect";
import { fileBytes } from "../csvSource.ts";
import { SourceError } from "../Source.ts";

/** What the first bytes of a trace say of its format. */
export type TraceFormat = "csv" | "ndjson" | "arrow" | "parquet";

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);

const GZIP = [0x1f, 0x8b];
const PARQUET = [0x50, 0x41, 0x52, 0x31];
const ARROW_FILE = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];
const ARROW_STREAM = [0xff, 0xff, 0xff, 0xff];

/**
 * The format of a trace by its first bytes, or what is wrong with them.
 *
 * @example
 * sniffFormat(new TextEncoder().encode('{"time": 0}')); // => "ndjson"
 */
export const sniffFormat = (head: Uint8Array): TraceFormat | { readonly fault: string } => {
  if (head.length === 0) return { fault: "the file is empty; it should begin with a line of column names" };
  if (startsWith(head, PARQUET)) return "parquet";
  if (startsWith(head, ARROW_FILE) || startsWith(head, ARROW_STREAM)) return "arrow";
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) {
    return { fault: "the text is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)" };
  }
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) {
    return { fault: "this is a zip archive or a spreadsheet; unpack it, or export it as CSV" };
  }
  if (head.includes(0)) {
    return { fault: "this is no text, and neither Parquet nor Arrow; give CSV, NDJSON, Arrow or Parquet" };
  }
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith("[")) {
    return { fault: "this is one JSON array; write one JSON object a line (jq -c '.[]')" };
  }
  return text.startsWith("{") ? "ndjson" : "csv";
};

const HEAD_BYTES = 512;

/** The first bytes of a file, unpacked where it is gzip, and whether it is. */
export const readHead = Effect.fn("readHead")(function* (path: string) {
  const files = yield* FileSystem.FileSystem;
  const raw = yield* files.stream(path, { bytesToRead: 2 }).pipe(
    Stream.runCollect,
    Effect.mapError(
      (cause) => new SourceError({ place: path, reason: `it cannot be read: ${cause.message}` }),
    ),
  );
  const packed = startsWith(Uint8Array.from(raw.flatMap((chunk) => [...chunk])), GZIP);
  const chunks = yield* fileBytes(path).pipe(Stream.take(1), Stream.runCollect);
  const [first = new Uint8Array(0)] = chunks;
  return { packed, head: first.subarray(0, HEAD_BYTES) };
});

/** Writes bytes to a file that is removed with the scope: what must be read twice, or from its end. */
export const spool = Effect.fn("spool")(function* <R>(
  bytes: Stream.Stream<Uint8Array, SourceError, R>,
  name: string,
) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const failed = (cause: { readonly message: string }) =>
    new SourceError({ place: name, reason: `no temporary copy of it can be written: ${cause.message}` });
  const folder = yield* files.makeTempDirectoryScoped({ prefix: "stl-check-" }).pipe(Effect.mapError(failed));
  const copy = path.join(folder, "trace");
  yield* bytes.pipe(
    Stream.run(files.sink(copy)),
    Effect.catchTag("PlatformError", (cause) => Effect.fail(failed(cause))),
  );
  return copy;
});

/** The bytes of standard input. */
export const standardInput: Stream.Stream<Uint8Array, SourceError> = NodeStream.fromReadable({
  evaluate: () => process.stdin,
  onError: (cause) =>
    new SourceError({
      place: "standard input",
      reason: `it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    }),
});
