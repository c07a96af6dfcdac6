const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Replaces the five characters that HTML gives a meaning, so that any text is safe as content and inside a
 * quoted attribute.
 *
 * @example
 * escapeHtml(`a < "b"`); // => "a &lt; &quot;b&quot;"
 */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
