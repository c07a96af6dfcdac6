import { Data, Effect, FileSystem, Result } from "effect";
import { createHash } from "node:crypto";
import { dirname, join, posix } from "node:path";
import { DataPlace } from "./DataPlace.ts";
import { dataStatus, type DataStatus, howToGet } from "./dataStatus.ts";
import type { CardFile, DatasetCard } from "./DatasetCard.ts";
import { zipEntries } from "./unzip.ts";

/** Files of a data set could not be downloaded; says why and what to do by hand. */
export class DownloadError extends Data.TaggedError("DownloadError")<{
  readonly card: DatasetCard;
  readonly failures: readonly string[];
  /** Folder in which files got by hand may be put. */
  readonly folder: string;
}> {
  override get message(): string {
    return [
      `The data set "${this.card.name}" could not be downloaded completely.`,
      ...this.failures,
      ...howToGet(this.card).filter((line) => !line.startsWith("Run ")),
      `Files put into ${this.folder} are found as well.`,
    ].join("\n");
  }
}

/** A file as it may be wanted: its own form, or one of the others its card allows. */
interface WantedForm {
  readonly path: string;
  readonly sha256?: string;
}

/**
 * Downloads the files of a card that are not yet on this machine into the cache, verifies each against its
 * sha256, and writes it aside before it takes its name; returns the status afterwards.
 *
 * Fails with DownloadError, which lists what went wrong for each file.
 */
export const getData = Effect.fn("getData")(function* (card: DatasetCard) {
  const place = yield* DataPlace;
  const before = yield* dataStatus(card);
  if (before.complete) return before;
  const folder = join(place.cache, card.folder ?? card.name);
  const failures: string[] = [];
  const missing = before.files.filter((file) => file.found === undefined).map((file) => file.file);
  for (const file of missing.filter((candidate) => candidate.url !== undefined)) {
    const result = yield* download(file.url!).pipe(
      Effect.flatMap((bytes) => keep(folder, [file], bytes, file.url!)),
      Effect.result,
    );
    if (Result.isFailure(result)) failures.push(result.failure);
  }
  const packed = missing.filter((file) => file.url === undefined);
  if (packed.length > 0 && card.archives === undefined) {
    failures.push(`No address leads straight to ${packed.map((file) => file.path).join(", ")}.`);
  }
  for (const archive of packed.length > 0 ? (card.archives ?? []) : []) {
    const result = yield* download(archive.url).pipe(
      Effect.flatMap((bytes) => verify(archive.sha256, bytes, archive.url)),
      Effect.flatMap((bytes) => unpack(folder, packed, bytes, archive.url)),
      Effect.result,
    );
    if (Result.isFailure(result)) failures.push(result.failure);
  }
  const after: DataStatus = yield* dataStatus(card);
  if (after.complete) return after;
  const lacking = after.files.filter((file) => file.found === undefined).map((file) => file.file.path);
  if (failures.length === 0) failures.push(`Not in what was downloaded: ${lacking.join(", ")}.`);
  return yield* new DownloadError({ card, failures, folder });
});

/** The bytes at an address; fails with a sentence. */
const download = (url: string): Effect.Effect<Uint8Array, string> =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(url, { signal });
      if (!response.ok)
        throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
      if (response.headers.get("content-type")?.startsWith("text/html") === true) {
        throw new Error("the address shows a page that wants a click or a login, not the file");
      }
      return new Uint8Array(await response.arrayBuffer());
    },
    catch: (cause) => `${url}: ${reasonOf(cause)}.`,
  });

/** `fetch` hides the true reason in the cause of its error. */
const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? cause.cause.message : "";
  return cause.message === "fetch failed" ? `no connection (${inner || "no reason given"})` : cause.message;
};

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const verify = (
  expected: string | undefined,
  bytes: Uint8Array,
  url: string,
): Effect.Effect<Uint8Array, string> => {
  const actual = sha256Of(bytes);
  return expected === undefined || expected === actual
    ? Effect.succeed(bytes)
    : Effect.fail(`${url}: the file there has sha256 ${actual}, the card says ${expected}; it was not kept.`);
};

/** Keeps bytes as the one of the files, or forms of files, whose sha256 they have. */
const keep = Effect.fnUntraced(function* (
  folder: string,
  files: readonly CardFile[],
  bytes: Uint8Array,
  url: string,
) {
  const forms: WantedForm[] = files.flatMap((file) => [file, ...(file.or ?? [])]);
  const actual = sha256Of(bytes);
  const form = forms.find((candidate) => candidate.sha256 === actual || candidate.sha256 === undefined);
  if (form === undefined) {
    const expected = forms.map((candidate) => candidate.sha256).join(" or ");
    return yield* Effect.fail(
      `${url}: the file there has sha256 ${actual}, the card says ${expected}; it was not kept.`,
    );
  }
  yield* writeAside(join(folder, form.path), bytes);
});

const writeAside = Effect.fnUntraced(function* (path: string, bytes: Uint8Array) {
  const fs = yield* FileSystem.FileSystem;
  const aside = `${path}.part-${process.pid}`;
  yield* fs.makeDirectory(dirname(path), { recursive: true }).pipe(
    Effect.andThen(fs.writeFile(aside, bytes)),
    Effect.andThen(fs.rename(aside, path)),
    Effect.mapError((cause) => `${path} cannot be written: ${cause.message}.`),
    Effect.onError(() => fs.remove(aside, { force: true }).pipe(Effect.ignore)),
  );
});

/** Takes the wanted files out of an archive, and out of archives inside it, by their base names. */
const unpack = Effect.fnUntraced(function* (
  folder: string,
  wanted: readonly CardFile[],
  archive: Uint8Array,
  url: string,
) {
  const pending = [archive];
  while (pending.length > 0) {
    const entries = yield* readEntries(pending.pop()!, url);
    for (const { name, bytes } of entries) {
      if (name.toLowerCase().endsWith(".zip")) pending.push(yield* bytes);
      const base = posix.basename(name);
      const file = wanted.find((candidate) =>
        [candidate, ...(candidate.or ?? [])].some((form) => posix.basename(form.path) === base),
      );
      if (file !== undefined) yield* keep(folder, [formNamed(file, base)], yield* bytes, `${url}, ${name}`);
    }
  }
});

/** The file as if it had only the form of that base name. */
const formNamed = (file: CardFile, base: string): CardFile => {
  const form = [file, ...(file.or ?? [])].find((candidate) => posix.basename(candidate.path) === base)!;
  return { path: form.path, ...(form.sha256 === undefined ? {} : { sha256: form.sha256 }) };
};

const readEntries = (archive: Uint8Array, url: string) => {
  const attempt = <A>(run: () => A) =>
    Effect.try({
      try: run,
      catch: (cause) => `${url}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    });
  return attempt(() => zipEntries(archive).map(({ name, read }) => ({ name, bytes: attempt(read) })));
};
