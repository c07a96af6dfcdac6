import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Problem } from "../../stl/index.ts";
import { formatSpec } from "../../stl/language/formatSpec.ts";
import { readText } from "./SpecFile.ts";

/** What laying out a rule file came to. */
export interface FormattedFile {
  readonly path: string;
  readonly text: string;
  readonly changed: boolean;
  /** Faults of the text; it is then left as it is. */
  readonly problems: readonly Problem[];
}

/**
 * Lays rule files out in the standard form. With `write`, those that change are rewritten, each whole or not at all;
 * none is where one of the files has a fault. Throws an error with a message for people where one cannot be read or
 * written.
 */
export const formatFiles = (paths: readonly string[], write: boolean): readonly FormattedFile[] => {
  const files = paths.map((path) => {
    const text = readText(path);
    const formatted = formatSpec(text, { source: path });
    if ("problems" in formatted)
      return { path, text, changed: false, problems: formatted.problems, next: text };
    return { path, text, changed: formatted.text !== text, problems: [], next: formatted.text };
  });
  if (write && files.every(({ problems }) => problems.length === 0)) {
    for (const { changed, next, path } of files) if (changed) replaceFile(path, next);
  }
  return files;
};

/** Writes beside the file, then puts the new one in its place: a reader sees the old text or the new one. */
const replaceFile = (path: string, text: string): void => {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, text);
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw new Error(`${path}: it cannot be written: ${(cause as Error).message}`, { cause });
  }
};
