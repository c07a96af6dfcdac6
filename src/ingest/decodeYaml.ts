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
  const found: unknown = document.toJS();
  const decoded = Schema.decodeUnknownResult(schema)(found, {
    errors: "all",
    onExcessProperty: "error",
  });
  if (Result.isFailure(decoded)) {
    return fail(
      formatIssue(decoded.failure.issue).issues.map((issue) => {
        const path = (issue.path ?? []).map((step) => (typeof step === "object" ? step.key : step));
        const other = otherKind(path, issue.message, found);
        return other === undefined
          ? { ...at(path), message: describeIssue(schema, path, issue.message, found) }
          : { ...at(other.path), message: other.message };
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

const KIND = "kind";

/** What is wrong with a node that may be of several kinds and is of none of them; undefined where that is not the fault. */
const otherKind = (path: YamlPath, message: string, document: unknown): YamlConflict | undefined => {
  const kinds = Array.from(message.matchAll(/"kind": "([^"]+)"/g), ([, kind]) => kind!);
  if (kinds.length < 2) return undefined;
  const kind = childNode(path.reduce(childNode, document), KIND);
  const where = [...path, KIND].map(String).join(".");
  const known = `there are ${kinds.join(", ")}`;
  if (kind === undefined) return { path, message: `\`${where}\` is missing; add it, ${known}.` };
  const nearest = typeof kind === "string" ? nearestName(kind, kinds) : undefined;
  const hint = nearest === undefined ? known : `did you mean \`${nearest}\`?`;
  return { path: [...path, KIND], message: `\`${where}\` is ${JSON.stringify(kind)}; ${hint}` };
};

const describeIssue = (schema: Schema.Top, path: YamlPath, message: string, document: unknown): string => {
  const last = path.at(-1);
  const where = path.length === 0 ? "The file" : `\`${path.map(String).join(".")}\``;
  if (message === "Expected no excess property") {
    const known = keysAt(schema, path.slice(0, -1), document);
    const nearest = nearestName(String(last), known);
    const hint = nearest === undefined ? `known are ${known.join(", ")}` : `did you mean \`${nearest}\`?`;
    return `Unknown key \`${String(last)}\`; ${hint}`;
  }
  if (message === "Missing key") return `${where} is missing; add it.`;
  return `${where}: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`;
};

/** The keys that the schema knows at a path of a document. */
const keysAt = (schema: Schema.Top, path: YamlPath, document: unknown): string[] => {
  let ast: unknown = Schema.toEncoded(schema).ast;
  let node = document;
  for (const step of path) {
    ast = childOf(ast, step, node);
    node = childNode(node, step);
  }
  return propertiesOf(ast, node).map((property) => String(property.name));
};

const childNode = (node: unknown, step: PropertyKey): unknown =>
  (node as Record<PropertyKey, unknown> | null | undefined)?.[step];

interface Property {
  readonly name: PropertyKey;
  readonly type: unknown;
}

interface Shape {
  readonly propertySignatures?: readonly Property[];
  /** Of a record: what any key may hold. */
  readonly indexSignatures?: readonly { type: unknown }[];
  readonly elements?: readonly unknown[];
  readonly rest?: readonly unknown[];
  /** Of a union: its members. */
  readonly types?: readonly unknown[];
  readonly literal?: unknown;
}

/** Of a union those of the node's own kind, where it has one. */
const propertiesOf = (ast: unknown, node: unknown): readonly Property[] => {
  const { propertySignatures = [], types = [] } = (ast ?? {}) as Shape;
  const kind = childNode(node, KIND);
  const own = types.filter((member) =>
    ((member as Shape).propertySignatures ?? []).some(
      ({ name, type }) => name === KIND && (type as Shape).literal === kind && kind !== undefined,
    ),
  );
  const members = own.length > 0 ? own : types;
  return [...propertySignatures, ...members.flatMap((member) => propertiesOf(member, node))];
};

const childOf = (ast: unknown, step: PropertyKey, node: unknown): unknown => {
  const property = propertiesOf(ast, node).find((candidate) => candidate.name === step);
  if (property !== undefined) return property.type;
  const { elements, indexSignatures, rest } = (ast ?? {}) as Shape;
  return elements?.[Number(step)] ?? rest?.[0] ?? indexSignatures?.[0]?.type;
};
