import { Data, Effect, FileSystem } from "effect";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { systemCode } from "./fileTrouble.ts";

const NAME = /^writer-(\d+)\.lock$/;
/** A lock that is being written, by the process of this number. */
const CLAIM = /^\.claim-(\d+)-\d+$/;
/** System codes of a file system that has no links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Another process writes to a folder. */
export class FolderLocked extends Data.TaggedError("FolderLocked")<{
  readonly folder: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `${this.folder}: ${this.reason}`;
  }
}

/** Who writes to a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** What the system says of when the process began; empty where it does not say. */
  readonly began: string;
}

/** When a process began, in the system's own units; empty where that cannot be known. */
const beganAt = (pid: number): string => {
  try {
    // The name of the program, in brackets, may hold spaces; the time is the 20th field behind it.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
};

/** Locks that this process holds, by folder: a process may ask for the same folder twice. */
const own = new Set<string>();

/** Whether there is a process of this number. */
const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It may be another user's: then it is there.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
  return true;
};

const isAlive = (folder: string, { began, pid }: Holder): boolean => {
  if (pid === process.pid && began === beganAt(pid)) return own.has(folder);
  // A number below 1 would mean many processes, of which some are always there.
  if (pid < 1 || !exists(pid)) return false;
  // The number may have been given to another process since.
  return began === "" || !existsSync(`/proc/${pid}`) || beganAt(pid) === began;
};

/**
 * Takes the one lock for writing to a folder, which is there, released with the scope; gives a note where a lock was left
 * behind by a process that is gone. Fails with {@link FolderLocked} where another process holds it.
 *
 * Each holder has a number; to take over from a dead one is to create the next number, which only one can.
 */
export const lockFolder = Effect.fn("lockFolder")(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  const listed = Effect.map(files.readDirectory(folder), (names) =>
    names.flatMap((name) => {
      const number = NAME.exec(name)?.[1];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    }),
  );
  const locks = yield* listed;
  const notes: string[] = [];
  for (const { name } of locks) {
    const holder = yield* readHolder(join(folder, name));
    if (holder === undefined) continue;
    if (holder.host !== hostname() || isAlive(folder, holder)) return yield* refused(folder, name, holder);
    notes.push(
      `${join(folder, name)}: process ${holder.pid} ended without giving up the folder; it was taken over.`,
    );
  }
  const number = Math.max(0, ...locks.map((lock) => lock.number)) + 1;
  const name = `writer-${number}.lock`;
  const path = join(folder, name);
  const holder: Holder = { pid: process.pid, host: hostname(), began: beganAt(process.pid) };
  yield* Effect.acquireRelease(
    createLock(folder, path, JSON.stringify(holder)).pipe(
      Effect.tap(() => Effect.sync(() => own.add(folder))),
      Effect.catchIf(
        (error) => systemCode(error) === "EEXIST",
        () => refused(folder, name, undefined),
      ),
    ),
    () =>
      Effect.andThen(
        Effect.sync(() => own.delete(folder)),
        Effect.ignore(files.remove(path)),
      ),
  );
  // Another may have begun afresh between the list and the lock: then both step back.
  const others = (yield* listed).filter((lock) => lock.name !== name);
  for (const other of others) {
    if (locks.some((lock) => lock.name === other.name)) {
      yield* Effect.ignore(files.remove(join(folder, other.name)));
    } else {
      return yield* refused(folder, other.name, undefined);
    }
  }
  yield* removeClaims(folder);
  return notes;
});

let claims = 0;

/** Makes a lock with its content at once, so that nobody reads it half written. */
const createLock = Effect.fnUntraced(function* (folder: string, path: string, text: string) {
  const files = yield* FileSystem.FileSystem;
  const claim = join(folder, `.claim-${process.pid}-${claims++}`);
  yield* files.writeFileString(claim, text);
  yield* files.link(claim, path).pipe(
    Effect.catchIf(
      (error) => NO_LINKS.has(systemCode(error) ?? ""),
      () => files.writeFileString(path, text, { flag: "wx" }),
    ),
    Effect.ensuring(Effect.ignore(files.remove(claim))),
  );
});

/** Removes what processes left behind that were killed while they wrote a lock. */
const removeClaims = Effect.fnUntraced(function* (folder: string) {
  const files = yield* FileSystem.FileSystem;
  for (const name of yield* files.readDirectory(folder)) {
    const pid = CLAIM.exec(name)?.[1];
    if (pid !== undefined && !exists(Number(pid))) yield* Effect.ignore(files.remove(join(folder, name)));
  }
});

const readHolder = (path: string) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem;
    const text = yield* files.readFileString(path).pipe(
      Effect.catchIf(
        (error) => systemCode(error) === "ENOENT",
        () => Effect.succeed(undefined),
      ),
    );
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as Holder;
    } catch {
      // Its writer was killed before the last byte, so it never held the folder.
      return { pid: -1, host: hostname(), began: "none" } satisfies Holder;
    }
  });

const refused = (folder: string, name: string, holder: Holder | undefined) =>
  new FolderLocked({
    folder,
    reason:
      holder === undefined
        ? "another process began to write to it at the same time; try again."
        : holder.host === hostname()
          ? `process ${holder.pid} writes to it; stop that one first.`
          : `process ${holder.pid} of the machine ${holder.host} writes to it, or did; if that one is gone, remove ${join(folder, name)}.`,
  });
