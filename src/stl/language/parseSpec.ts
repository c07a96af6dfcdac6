import { byPlace, type Problem, problemAt } from "./Problem.ts";
import { renameGroup, renameTerm } from "./renameTerm.ts";
import type { SignalDeclaration, Spec } from "./Spec.ts";
import { type ImportDeclaration, type SpecItems, SpecParser } from "./SpecParser.ts";
import { tokenize } from "./tokenize.ts";

export interface ParseSpecOptions {
  /** Name of the text in problems, also the place that imports are relative to; the default is `spec`. */
  readonly source?: string;
  /** Reads an imported file; gets its path, already relative to what `source` is relative to. */
  readonly read?: (path: string) => string;
}

export interface ParsedSpec {
  readonly spec: Spec;
  readonly problems: readonly Problem[];
  /** Whether a fault left out more than rules, so that a name without a declaration may have lost it. */
  readonly declarationsLost: boolean;
}

/** A path relative to the folder of another one. */
const resolvePath = (from: string, path: string): string => {
  if (path.startsWith("/")) return path;
  const parts = from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
};

class SpecReader {
  readonly problems: Problem[] = [];
  readonly texts: Record<string, string> = {};
  declarationsLost = false;
  readonly #read: ParseSpecOptions["read"];
  readonly #merged = new Set<string>();
  readonly #open: string[] = [];

  constructor(read: ParseSpecOptions["read"]) {
    this.#read = read;
  }

  file(text: string, source: string): SpecItems {
    this.texts[source] = text;
    this.#open.push(source);
    const { tokens, problems } = tokenize(text, source, "ordinance");
    const parser = new SpecParser(tokens, "ordinance");
    parser.file();
    this.declarationsLost ||= parser.declarationsLost || problems.length > 0;
    // One by one: a call takes no hundred thousand arguments.
    for (const problem of [...problems, ...parser.problems]) this.problems.push(problem);
    for (const declaration of parser.items.imports) this.#import(declaration, parser.items);
    this.#open.pop();
    return parser.items;
  }

  /** Brings the signals, parameters, groups and lets of a file; its rules stay behind. */
  #import(declaration: ImportDeclaration, into: SpecItems): void {
    const { place } = declaration;
    const path = resolvePath(place.source, declaration.path);
    const fault = (message: string, remedy: string): void => {
      this.declarationsLost = true;
      this.problems.push(problemAt(place, "error", "import", message, remedy));
    };
    if (this.#open.includes(path)) {
      fault(`${path} imports itself`, "Move what both files need into a third one.");
      return;
    }
    if (this.#read === undefined) {
      fault(`${path} cannot be read here`, "Give a way to read files with the option read.");
      return;
    }
    const key = `${path} as ${declaration.alias ?? ""}`;
    if (this.#merged.has(key)) return;
    this.#merged.add(key);
    let text: string;
    try {
      text = this.#read(path);
    } catch (error) {
      fault(
        `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
        "Correct the path.",
      );
      return;
    }
    const items = this.file(text, path);
    const names = new Set(
      [...items.parameters, ...items.groups, ...items.days, ...items.lets].map((item) => item.name),
    );
    const { alias } = declaration;
    const rename = (name: string): string =>
      alias !== undefined && names.has(name) ? `${alias}.${name}` : name;
    for (const item of items.signals) into.signals.push(item);
    for (const item of items.parameters) {
      into.parameters.push({ ...item, name: rename(item.name), value: renameTerm(item.value, rename) });
    }
    for (const item of items.groups) {
      into.groups.push({ ...item, name: rename(item.name), value: renameGroup(item.value, rename) });
    }
    for (const item of items.days) into.days.push({ ...item, name: rename(item.name) });
    for (const item of items.lets) {
      const own = new Set(item.parameters.map((parameter) => parameter.name));
      const value = renameTerm(item.value, (name) => (own.has(name) ? name : rename(name)));
      into.lets.push({ ...item, name: rename(item.name), value });
    }
    into.sampling ??= items.sampling;
  }
}

const sameSignal = (a: SignalDeclaration, b: SignalDeclaration): boolean =>
  a.unit === b.unit && a.range?.lower === b.range?.lower && a.range?.upper === b.range?.upper;

/** Names declared twice; a signal may be declared again in the same words, as files that import each other do. */
const duplicates = (items: SpecItems): Problem[] => {
  const problems: Problem[] = [];
  const report = (
    first: { place: Problem | SignalDeclaration["place"] },
    again: SignalDeclaration["place"],
    name: string,
  ): void => {
    const message = `${name} is declared a second time, first on line ${first.place.line} of ${first.place.source}`;
    problems.push(problemAt(again, "error", "duplicate", message, "Give one of them another name."));
  };
  const declared = new Map<string, SignalDeclaration | SpecItems["lets"][number]>();
  for (const item of [...items.signals, ...items.parameters, ...items.groups, ...items.days, ...items.lets]) {
    const first = declared.get(item.name);
    if (first === undefined) declared.set(item.name, item as SignalDeclaration);
    else {
      const bothSignals = "missing" in first && "missing" in item;
      if (!(bothSignals && sameSignal(first, item))) report(first, item.place, item.name);
    }
  }
  const rules = new Map<string, SpecItems["rules"][number]>();
  for (const rule of items.rules) {
    const first = rules.get(rule.name);
    if (first === undefined) rules.set(rule.name, rule);
    else report(first, rule.place, rule.name);
  }
  return problems;
};

/**
 * Reads a spec and, through `read`, what it imports. All problems are collected; what is faulty is left out.
 *
 * @example
 * const { spec, problems } = parseSpec("require calm: forall s in sensors: always[0, 1h] speed[s] < 50 km/h;");
 * [spec.rules[0]?.name, problems.length]; // => ["calm", 0]
 */
export const parseSpec = (text: string, options: ParseSpecOptions = {}): ParsedSpec => {
  const source = options.source ?? "spec";
  const reader = new SpecReader(options.read);
  const items = reader.file(text, source);
  const problems = [...reader.problems, ...duplicates(items)].sort(byPlace);
  const { header } = items;
  const spec: Spec = {
    source,
    meta: header?.meta ?? {},
    signals: items.signals,
    parameters: items.parameters,
    groups: items.groups,
    days: items.days,
    lets: items.lets,
    rules: items.rules,
    texts: reader.texts,
    ...(header === undefined ? {} : { name: header.name }),
    ...(header?.title === undefined ? {} : { title: header.title }),
    ...(items.sampling === undefined ? {} : { sampling: items.sampling }),
  };
  return { spec, problems, declarationsLost: reader.declarationsLost };
};
