import { Result, Schema, SchemaIssue } from "effect";
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { nearestName } from "../stl/language/nearestName.ts";

/** One fault of a YAML file; lines and columns count from 1. */
export interface YamlProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Steps into a document: key or index. */
export type YamlPath = readonly PropertyKey[];

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1();

/** A fault that only shows when the parts of a decoded document are held against each other. */
export interface YamlConflict {
  readonly path: YamlPath;
  readonly message: string;
}

/**
 * Decodes YAML text by a schema: every fault at once, each at the line and column of its node, unknown keys with
 * the nearest known one.
 *
 * @param conflictsOf further faults of a document that the schema accepts
 * @example
 * decodeYaml(Schema.Struct({ step: Schema.String }), "stpe: 5min").failure.length; // => 2
 */
export const decodeYaml = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  text: string,
  conflictsOf: (decoded: S["Type"]) => readonly YamlConflict[] = () => [],
): Result.Result<S["Type"], readonly YamlProblem[]> => {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const fail = (problems: readonly YamlProblem[]) => Result.fail([...problems].sort(byPlace));
  if (document.errors.length > 0) {
    return fail(
      document.errors.map((error) => ({ ...place(lineCounter, error.pos[0]), message: `${error.message}.` })),
    );
  }
  const at = (path: YamlPath) => place(lineCounter, offsetOf(document.contents, path));
  const decoded = Schema.decodeUnknownResult(schema)(document.toJS(), {
    errors: "all",
    onExcessProperty: "error",
  });
  if (Result.isFailure(decoded)) {
    return fail(
      formatIssue(decoded.failure.issue).issues.map((issue) => {
        const path = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
        return { ...at(path), message: describeIssue(schema, path, issue.message) };
      }),
    );
  }
  const conflicts = conflictsOf(decoded.success);
  if (conflicts.length > 0) {
    return fail(conflicts.map((conflict) => ({ ...at(conflict.path), message: conflict.message })));
  }
  return Result.succeed(decoded.success);
};

const byPlace = (a: YamlProblem, b: YamlProblem): number => a.line - b.line || a.column - b.column;

const place = (lineCounter: LineCounter, offset: number): { line: number; column: number } => {
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
};

/** Offset of the deepest node that the path reaches; of the key where the last step is one. */
const offsetOf = (root: Node | null, path: YamlPath): number => {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return offset;
      const target = depth === path.length - 1 || !isNode(pair.value) ? pair.key : pair.value;
      offset = isNode(target) ? (target.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isNode(node) && "items" in node && Array.isArray(node.items)) {
      node = node.items[Number(step)];
      if (!isNode(node)) return offset;
      offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
};

const describeIssue = (schema: Schema.Top, path: YamlPath, message: string): string => {
  const last = path.at(-1);
  const where = path.length === 0 ? "The file" : `\`${path.map(String).join(".")}\``;
  if (message === "Expected no excess property") {
    const known = keysAt(schema, path.slice(0, -1));
    const nearest = nearestName(String(last), known);
    const hint = nearest === undefined ? `known are ${known.join(", ")}` : `did you mean \`${nearest}\`?`;
    return `Unknown key \`${String(last)}\`; ${hint}`;
  }
  if (message === "Missing key") return `${where} is missing; add it.`;
  return `${where}: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
};

/** The keys that the schema knows at a path. */
const keysAt = (schema: Schema.Top, path: YamlPath): string[] => {
  let ast: unknown = Schema.toEncoded(schema).ast;
  for (const step of path) ast = childOf(ast, step);
  return propertiesOf(ast).map((property) => String(property.name));
};

interface Shape {
  readonly propertySignatures?: readonly { name: PropertyKey; type: unknown }[];
  /** Of a record: what any key may hold. */
  readonly indexSignatures?: readonly { type: unknown }[];
  readonly elements?: readonly unknown[];
  readonly rest?: readonly unknown[];
  /** Of a union: its members. */
  readonly types?: readonly unknown[];
}

const propertiesOf = (ast: unknown): readonly { name: PropertyKey; type: unknown }[] => {
  const { propertySignatures = [], types = [] } = (ast ?? {}) as Shape;
  return [...propertySignatures, ...types.flatMap(propertiesOf)];
};

const childOf = (ast: unknown, step: PropertyKey): unknown => {
  const property = propertiesOf(ast).find((candidate) => candidate.name === step);
  if (property !== undefined) return property.type;
  const { elements, indexSignatures, rest } = (ast ?? {}) as Shape;
  return elements?.[Number(step)] ?? rest?.[0] ?? indexSignatures?.[0]?.type;
};
