import * as NodeStream from "@effect/platform-node-shared/NodeStream";
import { Effect, FileSystem, Stream } from "effect";
import { createGunzip } from "node:zlib";
import { CsvReader, type ReadingContext, type ReadingFile } from "./CsvReader.ts";
import type { Readings } from "./ReadingBatch.ts";
import { SourceError } from "./Source.ts";

const CHUNK_BYTES = 1 << 20;

/** The bytes of a file, unpacked where they begin with the magic bytes of gzip. */
export const fileBytes = (path: string): Stream.Stream<Uint8Array, SourceError, FileSystem.FileSystem> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const unreadable = (cause: { readonly message: string }) =>
        new SourceError({ place: path, reason: `it cannot be read: ${cause.message}` });
      const head = yield* fs
        .stream(path, { bytesToRead: 2 })
        .pipe(Stream.runCollect, Effect.mapError(unreadable));
      const magic = head.flatMap((chunk) => [...chunk]);
      const bytes = fs.stream(path, { chunkSize: CHUNK_BYTES }).pipe(Stream.mapError(unreadable));
      if (magic[0] !== 0x1f || magic[1] !== 0x8b) return bytes;
      return NodeStream.pipeThroughDuplex(bytes, {
        evaluate: () => createGunzip({ chunkSize: CHUNK_BYTES }),
        onError: (cause) =>
          new SourceError({
            place: path,
            reason: `the gzip file is damaged (${cause instanceof Error ? cause.message : String(cause)}); get it again.`,
          }),
        chunkSize: CHUNK_BYTES,
      });
    }),
  );

/** Readings of one CSV file; nothing is read before it is pulled. */
export const csvBatches = (
  context: ReadingContext,
  file: ReadingFile,
): Stream.Stream<Readings, SourceError, FileSystem.FileSystem> =>
  Stream.suspend(() => {
    const reader = new CsvReader(context, file);
    return fileBytes(file.path).pipe(
      Stream.map((chunk) => reader.push(chunk)),
      Stream.concat(Stream.fromEffect(Effect.sync(() => reader.end()))),
      Stream.flattenIterable,
    );
  });
