import type { TokenReader } from "./TokenReader.ts";

/**
 * Whether a parenthesis at the reader opens an interval: tells `always (0, 5] p` from `always (p)`, as a formula
 * has no comma of its own within its parentheses.
 */
export const opensInterval = (reader: TokenReader): boolean => {
  if (!reader.isSymbol("(")) return false;
  let depth = 0;
  for (let ahead = 0; ; ahead++) {
    const token = reader.peek(ahead);
    if (token.kind === "end" || (token.kind === "symbol" && token.text === ";")) return false;
    if (token.kind !== "symbol") continue;
    if (token.text === "(" || token.text === "[") depth++;
    else if (token.text === ")" || token.text === "]") depth--;
    else if (token.text === "," && depth === 1) return true;
    if (depth === 0) return false;
  }
};
