import { Data, type PlatformError } from "effect";
import { systemCode } from "../fileTrouble.ts";

/** What kind of trouble a store has; a caller that waits for space to come back looks at it. */
export type StoreTrouble = "full" | "removed" | "denied" | "damaged" | "locked" | "other card" | "unreadable";

/** Readings cannot be stored or read; nothing of the batch at hand was acknowledged. */
export class StoreFailed extends Data.TaggedError("StoreFailed")<{
  readonly trouble: StoreTrouble;
  /** File or folder, with the offset in bytes where that is known. */
  readonly place: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `${this.place}: ${this.reason}`;
  }
}

const BY_CODE: Readonly<Record<string, { readonly trouble: StoreTrouble; readonly reason: string }>> = {
  ENOSPC: { trouble: "full", reason: "no space is left; make room, the readings are taken again then." },
  EDQUOT: { trouble: "full", reason: "the quota is used up; make room, the readings are taken again then." },
  ENOENT: { trouble: "removed", reason: "it is gone; put the store back, or begin with an empty folder." },
  EACCES: {
    trouble: "denied",
    reason: "it may not be read or written; give the user of this process the right to.",
  },
  EPERM: {
    trouble: "denied",
    reason: "it may not be read or written; give the user of this process the right to.",
  },
  EROFS: {
    trouble: "denied",
    reason: "the file system is read-only; mount it for writing, or name another `store`.",
  },
  ENOTDIR: { trouble: "unreadable", reason: "a file stands where a folder is needed; name another `store`." },
};

/** The trouble behind a failure of the file system, with its remedy. */
export const storeTrouble =
  (place: string) =>
  (error: PlatformError.PlatformError): StoreFailed => {
    const known = BY_CODE[systemCode(error) ?? ""];
    return new StoreFailed({
      place,
      ...(known ?? { trouble: "unreadable", reason: `${error.message}; see to the disk.` }),
    });
  };
