/** What one line of NDJSON says, by key. */
export type JsonRow = Readonly<Record<string, unknown>>;

/**
 * An object of one line, what it nests brought to the top as `outer.inner`; undefined where it is none.
 *
 * @example
 * parseJsonRow('{"id": "a", "data": {"speed": 52}}'); // => { id: "a", "data.speed": 52 }
 */
export const parseJsonRow = (line: string): JsonRow | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isObject(parsed) ? flatRow(parsed) : undefined;
};

/** What an object nests brought to the top as `outer.inner`. */
export const flatRow = (parsed: object): JsonRow => {
  const row: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parsed)) {
    if (!isObject(value)) row[key] = value;
    else for (const [inner, cell] of Object.entries(value)) row[`${key}.${inner}`] = cell;
  }
  return row;
};

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
