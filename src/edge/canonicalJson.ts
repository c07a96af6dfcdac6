/**
 * JSON text with sorted keys and no blanks, so that equal values give equal bytes. Members that are undefined are
 * left out; a number that is not finite is refused, as JSON would turn it into null.
 *
 * @example
 * canonicalJson({ b: [1, 0.5], a: "x" }); // => '{"a":"x","b":[1,0.5]}'
 */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((member) => canonicalJson(member)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`${value} cannot be written as JSON; give a finite number`);
  }
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`a ${typeof value} cannot be written as JSON`);
  return text;
};
