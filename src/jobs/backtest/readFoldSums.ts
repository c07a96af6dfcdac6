import { Effect, FileSystem, Result, Schema } from "effect";
import { FoldSums } from "./FoldSums.ts";

/** What a fold left in a file; undefined where there is no whole one. */
export const readFoldSums = Effect.fn("readFoldSums")(function* (file: string) {
  const files = yield* FileSystem.FileSystem;
  if (!(yield* files.exists(file))) return undefined;
  const found = Schema.decodeUnknownResult(Schema.fromJsonString(FoldSums))(
    yield* files.readFileString(file),
  );
  return Result.isSuccess(found) ? found.success : undefined;
});
