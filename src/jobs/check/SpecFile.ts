import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { formatProblems } from "../../stl/language/formatProblems.ts";
import { parseSpec } from "../../stl/language/parseSpec.ts";
import type { Problem } from "../../stl/language/Problem.ts";
import type { Spec } from "../../stl/language/Spec.ts";
import { fileTrouble } from "../../ingest/fileTrouble.ts";

/** A rule file that was read, with the problems of its text. */
export interface SpecFile {
  /** As the user named it. */
  readonly path: string;
  readonly text: string;
  readonly spec: Spec;
  readonly problems: readonly Problem[];
  /** See {@link ParsedSpec}. */
  readonly declarationsLost: boolean;
  /** Every file that was read: the spec itself and its imports. */
  readonly files: readonly string[];
}

/** Reads a rule file and its imports; throws an error with a message for people where the file itself cannot be read. */
export const readSpecFile = (path: string): SpecFile => {
  const files = [path];
  const text = readText(path);
  const read = (name: string): string => {
    files.push(name);
    try {
      return decodeText(readFileSync(resolve(name)));
    } catch (cause) {
      throw new Error(trouble(cause), { cause });
    }
  };
  return { path, text, ...parseSpec(text, { source: path, read }), files };
};

/** The text of a rule file; throws an error with a message for people where it cannot be read. */
export const readText = (path: string): string => {
  try {
    return decodeText(readFileSync(path));
  } catch (cause) {
    throw new Error(`${path}: the rule file cannot be read: ${trouble(cause)}`, { cause });
  }
};

const trouble = (cause: unknown): string => {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  return fileTrouble({ message: error.message, cause: error });
};

/** Text of a file; refuses what is no UTF-8, which would read as nonsense. */
const decodeText = (bytes: Uint8Array): string => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new Error("the text is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Error("it is no UTF-8 text; save it as UTF-8, or give a rule file (.stl)", { cause });
  }
};

/** The problems for people: place, line, carets, remedy. */
export const problemText = (spec: Spec, problems: readonly Problem[]): string =>
  problems.length === 0 ? "" : formatProblems(problems, spec.texts);
