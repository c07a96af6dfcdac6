/**
 * The rules of the SARIF 2.1.0 schema for the objects that a log of ours is made of: which properties each may have
 * and must have, of which type, and the values of its enumerations. Unknown properties are faults there, too.
 */
interface Shape {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Check>>;
}

type Check = (value: unknown, path: string) => string[];

const is =
  (name: string, test: (value: unknown) => boolean): Check =>
  (value, path) =>
    test(value) ? [] : [`${path} is no ${name}`];

const text = is("text", (value) => typeof value === "string");
const flag = is("boolean", (value) => typeof value === "boolean");
const positive = is("integer above zero", (value) => Number.isInteger(value) && (value as number) >= 1);
const index = is("index", (value) => Number.isInteger(value) && (value as number) >= -1);
const uri = is(
  "URI reference",
  (value) => typeof value === "string" && URL.canParse(value, "file:///") && !/[\s\\<>"{}|^`]/.test(value),
);
const among = (...values: readonly string[]): Check =>
  is(`one of ${values.join(", ")}`, (value) => values.includes(value as string));

const list =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((item, k) => check(item, `${path}[${k}]`)) : [`${path} is no array`];

const object =
  ({ properties, required = [] }: Shape): Check =>
  (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is no object`];
    const missing = required
      .filter((key) => !Object.hasOwn(value, key))
      .map((key) => `${path}.${key} is missing`);
    return [
      ...missing,
      ...Object.entries(value).flatMap(([key, own]) => {
        const check = properties[key];
        return check === undefined ? [`${path}.${key} is not allowed`] : check(own, `${path}.${key}`);
      }),
    ];
  };

const level = among("none", "note", "warning", "error");
const message = object({ required: ["text"], properties: { text, markdown: text, id: text } });
const location = object({
  properties: {
    physicalLocation: object({
      required: ["artifactLocation"],
      properties: {
        artifactLocation: object({ properties: { uri, uriBaseId: text } }),
        region: object({
          properties: { startLine: positive, startColumn: positive, endLine: positive, endColumn: positive },
        }),
      },
    }),
    message,
  },
});

const log = object({
  required: ["version", "runs"],
  properties: {
    $schema: uri,
    version: among("2.1.0"),
    runs: list(
      object({
        required: ["tool"],
        properties: {
          tool: object({
            required: ["driver"],
            properties: {
              driver: object({
                required: ["name"],
                properties: {
                  name: text,
                  version: text,
                  rules: list(
                    object({ required: ["id"], properties: { id: text, shortDescription: message } }),
                  ),
                },
              }),
            },
          }),
          columnKind: among("utf16CodeUnits", "unicodeCodePoints"),
          invocations: list(
            object({
              required: ["executionSuccessful"],
              properties: {
                executionSuccessful: flag,
                toolExecutionNotifications: list(
                  object({ required: ["message"], properties: { level, message } }),
                ),
              },
            }),
          ),
          results: list(
            object({
              required: ["message"],
              properties: {
                ruleId: text,
                ruleIndex: index,
                level,
                kind: among("notApplicable", "pass", "fail", "review", "open", "informational"),
                message,
                locations: list(location),
              },
            }),
          ),
        },
      }),
    ),
  },
});

/** Where a log departs from the schema, and from what the standard says in words; empty where nowhere. */
export const sarifFaults = (value: unknown): string[] => {
  const faults = log(value, "log");
  if (faults.length > 0) return faults;
  const { runs } = value as {
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      results: { ruleId: string; ruleIndex: number; kind?: string; level: string }[];
    }[];
  };
  return runs.flatMap(({ results, tool }, run) => {
    const ids = tool.driver.rules.map(({ id }) => id);
    return [
      ...(new Set(ids).size === ids.length ? [] : [`run ${run} describes a rule twice`]),
      ...results.flatMap(({ kind = "fail", level: own, ruleId, ruleIndex }, k) => [
        ...(ids[ruleIndex] === ruleId
          ? []
          : [`result ${k} points to the rule ${ids[ruleIndex]}, not to ${ruleId}`]),
        ...(kind === "fail" || own === "none" ? [] : [`result ${k} is no failure and has a level`]),
      ]),
    ];
  });
};
