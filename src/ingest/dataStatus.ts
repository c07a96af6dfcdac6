import { Data, Effect, FileSystem, Result, Stream } from "effect";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DataPlace } from "./DataPlace.ts";
import type { CardFile, DatasetCard } from "./DatasetCard.ts";

/** Where one file of a card was found, or why it was not. */
export interface FileStatus {
  readonly file: CardFile;
  /** Undefined where no file counts. */
  readonly found:
    | {
        readonly path: string;
        readonly sha256: string;
        readonly bytes: number;
        /** The card demands this sha256; where false, the card states none. */
        readonly pinned: boolean;
      }
    | undefined;
  /** Files of the right name that do not count, and why. */
  readonly refused: readonly string[];
  /** Places that were looked at, in order. */
  readonly looked: readonly string[];
}

export interface DataStatus {
  readonly card: DatasetCard;
  readonly files: readonly FileStatus[];
  readonly complete: boolean;
}

/** Some files of a data set are not on this machine, or are not the ones the card means. */
export class DataMissing extends Data.TaggedError("DataMissing")<{
  readonly status: DataStatus;
}> {
  override get message(): string {
    const { card, files } = this.status;
    const missing = files.filter((file) => file.found === undefined);
    const refused = missing.flatMap((file) => file.refused);
    const absent = missing.filter((file) => file.refused.length === 0).map((file) => file.file.path);
    const lines = [`The data set "${card.name}" is not complete on this machine.`];
    if (absent.length > 0) {
      const shown =
        absent.length > 4
          ? `${absent.slice(0, 4).join(", ")} and ${absent.length - 4} more`
          : absent.join(", ");
      lines.push(`Not found: ${shown}; looked in ${(missing[0]?.looked ?? []).join(" and ")}.`);
    }
    lines.push(...refused);
    lines.push(...howToGet(card));
    return lines.join("\n");
  }
}

/** What a person can do to get a data set. */
export const howToGet = (card: DatasetCard): string[] => {
  const direct = card.archives !== undefined || card.files.some((file) => file.url !== undefined);
  const folder = card.folder ?? card.name;
  const lines: string[] = [];
  if (direct) lines.push(`Run \`ordinance data get ${card.name}\` to download it.`);
  lines.push(
    `${direct ? "Or put" : "Put"} the files into a folder ${folder} and set ORDINANCE_DATA to the folder that holds it.`,
  );
  if (card.obtain !== undefined) lines.push(card.obtain.trim());
  lines.push(`See ${card.sources.join(", ")}`);
  return lines;
};

/** Folders in which the files of a card may lie, in the order in which they are looked at. */
const dataFolders = (card: DatasetCard, place: DataPlace["Service"]): string[] => {
  const folder = card.folder ?? card.name;
  return [
    ...(place.data === undefined ? [] : [join(place.data, folder)]),
    join(dirname(card.source), folder),
    join(place.cache, folder),
  ];
};

/**
 * Finds the files of a card: below ORDINANCE_DATA, beside the card, in the cache. A file counts where its
 * sha256 is the card's, or where the card states none.
 */
export const dataStatus = Effect.fn("dataStatus")(function* (card: DatasetCard) {
  const place = yield* DataPlace;
  const folders = dataFolders(card, place);
  const files = yield* Effect.forEach(card.files, (file) => fileStatus(file, folders));
  const status: DataStatus = { card, files, complete: files.every((file) => file.found !== undefined) };
  return status;
});

const fileStatus = Effect.fn("fileStatus")(function* (file: CardFile, folders: readonly string[]) {
  const fs = yield* FileSystem.FileSystem;
  const refused: string[] = [];
  const forms = [file, ...(file.or ?? [])];
  for (const folder of folders) {
    for (const form of forms) {
      const path = join(folder, form.path);
      const exists = yield* fs.exists(path).pipe(Effect.orElseSucceed(() => false));
      if (!exists) continue;
      const hashed = yield* hashFile(path).pipe(Effect.result);
      if (Result.isFailure(hashed)) {
        refused.push(`${path} cannot be read: ${hashed.failure.message}`);
        continue;
      }
      const { sha256, bytes } = hashed.success;
      if (form.sha256 === undefined || form.sha256 === sha256) {
        const found = { path, sha256, bytes, pinned: form.sha256 !== undefined };
        const status: FileStatus = { file, found, refused, looked: folders };
        return status;
      }
      refused.push(
        `${path} is another file than the card means: its sha256 is ${sha256}, the card says ${form.sha256}` +
          `${form.bytes === undefined ? "" : ` (${bytes} bytes, the card says ${form.bytes})`}.`,
      );
    }
  }
  const status: FileStatus = { file, found: undefined, refused, looked: folders };
  return status;
});

/** sha256 (hexadecimal) and size of a file, read in chunks. */
const hashFile = Effect.fn("hashFile")(function* (path: string) {
  const fs = yield* FileSystem.FileSystem;
  const hash = createHash("sha256");
  let bytes = 0;
  yield* fs.stream(path, { chunkSize: 1 << 20 }).pipe(
    Stream.runForEach((chunk) =>
      Effect.sync(() => {
        hash.update(chunk);
        bytes += chunk.length;
      }),
    ),
  );
  return { sha256: hash.digest("hex"), bytes };
});
