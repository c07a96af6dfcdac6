import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { Cron, Effect, Result, Schema } from "effect";
import { describe, expect, it } from "vitest";
import * as edge from "../src/edge/index.ts";
import * as series from "../src/series/index.ts";
import * as stl from "../src/stl/index.ts";

const source = fileURLToPath(new URL("../src", import.meta.url));

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["assembly", "generated"].includes(entry.name) ? [] : filesUnder(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [path] : [];
  });

/** The lines below each `@example` of a file, without their stars. */
const examplesOf = (text: string): string[][] =>
  Array.from(text.matchAll(/^ *\* @example\n((?: *\* .*\n)+)/gm), ([, block = ""]) =>
    block
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^ *\* /, "")),
  );

/** Typed arrays are shown as `Float32Array [ 1, 2 ]`, and compared as plain ones. */
const plain = (value: unknown): unknown => {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
};

/** The example as statements, each claim `expression; // => value` turned into a comparison. */
const compiled = (lines: readonly string[]): { readonly code: string; readonly claims: number } => {
  let claims = 0;
  const code: string[] = [];
  let open: string[] = [];
  lines.forEach((line, k) => {
    const [, statement = "", own] = /^(.*?)(?:\s*\/\/ => (.*))?$/.exec(line) as RegExpExecArray;
    if (statement === "" && own !== undefined) return;
    open.push(statement);
    if (!statement.endsWith(";")) return;
    const next = /^\/\/ => (.*)$/.exec(lines[k + 1] ?? "")?.[1];
    const claim = (own ?? next)?.replace(/\b\w+Array (?=\[)/g, "");
    const whole = open.join("\n");
    open = [];
    if (claim === undefined) code.push(whole);
    else {
      claims++;
      code.push(`compare((${whole.replace(/;$/, "")}), (${claim}));`);
    }
  });
  return { code: [...code, ...open].join("\n"), claims };
};

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

describe("examples in docstrings", () => {
  const places = filesUnder(source).flatMap((file) =>
    examplesOf(readFileSync(file, "utf8")).map((lines, k) => ({
      name: `${relative(source, file)}, example ${k + 1}`,
      file,
      lines,
    })),
  );

  it("are found", () => expect(places.length).toBeGreaterThan(60));

  it.each(places)("$name", async ({ file, lines }) => {
    const own = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    const { claims, code } = compiled(lines);
    expect(claims, "an example shows at least one value").toBeGreaterThan(0);
    const scope = {
      Cron,
      Effect,
      Result,
      Schema,
      tf,
      ...series,
      ...edge,
      ...stl,
      ...own,
      compare: (actual: unknown, expected: unknown) => expect(plain(actual)).toEqual(plain(expected)),
    };
    const run = new AsyncFunction(...Object.keys(scope), code);
    await run(...Object.values(scope));
  });
});
