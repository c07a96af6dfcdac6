import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

/** Floors of the house; a file imports from its own folder or from floors below. */
const floors: Readonly<Record<string, number>> = {
  stl: 0,
  series: 0,
  ingest: 1,
  kernels: 1,
  model: 2,
  edge: 2,
  train: 3,
  verify: 3,
  jobs: 4,
  report: 4,
  cli: 5,
};

/** Steps sideways that are allowed, with their reason. */
const sideways: Readonly<Record<string, string>> = {
  "jobs>report": "a run ends by drawing its page",
};

/** Packages that may not be imported in a folder. */
const forbidden: readonly {
  readonly folders: readonly string[];
  readonly pattern: RegExp;
  readonly why: string;
}[] = [
  {
    folders: ["stl", "series", "edge"],
    pattern: /^node:/,
    why: "it has to run in a browser and on a gateway",
  },
  {
    folders: ["stl", "series", "kernels", "edge", "verify"],
    pattern: /^(effect|@effect\/|@tensorflow\/)/,
    why: "numeric code is plain functions on typed arrays",
  },
  { folders: ["edge"], pattern: /^[^.]/, why: "the device runtime has no dependency" },
  {
    folders: ["ingest", "jobs", "cli", "report"],
    pattern: /^@tensorflow\//,
    why: "tensors live in model and train",
  },
];

const source = resolve(import.meta.dirname, "../src");

const filesUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory())
      return name === "assembly" || name === "generated" ? [] : filesUnder(path);
    return path.endsWith(".ts") ? [path] : [];
  });

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
  /** Top folder of `src` that a relative import leads to. */
  readonly target: string | undefined;
}

const imports: Import[] = filesUnder(source).flatMap((file) => {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g);
  const within = relative(source, file);
  return Array.from(found, ([, specifier]) => ({
    file: within,
    folder: within.split("/")[0]!,
    specifier: specifier!,
    target: specifier!.startsWith(".")
      ? relative(source, resolve(dirname(file), specifier!)).split("/")[0]!
      : undefined,
  }));
});

describe("the house", () => {
  it("has only the folders of the design, and an index", () => {
    const folders = new Set(filesUnder(source).map((file) => relative(source, file).split("/")[0]!));
    expect([...folders].filter((folder) => folder !== "index.ts" && floors[folder] === undefined)).toEqual(
      [],
    );
  });

  it("imports point down, never up, and sideways only with a reason", () => {
    const wrong = imports.filter(({ folder, target }) => {
      if (target === undefined || folder === target || folder === "index.ts") return false;
      const from = floors[folder]!;
      const to = floors[target];
      if (to === undefined || to > from) return true;
      return to === from && sideways[`${folder}>${target}`] === undefined;
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it("reads enough imports to mean something", () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it.each(forbidden)("$folders: nothing matching $pattern, because $why", ({ folders, pattern }) => {
    const wrong = imports.filter(
      ({ folder, specifier }) => folders.includes(folder) && pattern.test(specifier),
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });
});
