import { type Place, type Problem, problemAt } from "./Problem.ts";
import type { Comment, Token } from "./Token.ts";

export type Dialect = "ordinance" | "rtamt";

const numberPattern = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const durationPartPattern = /\d+(?:\.\d+)?(?:ns|us|ms|min|s|h|d)/y;
const wordPattern = /[\p{L}\d_]/uy;
const namePattern = /[\p{L}_][\p{L}\d_]*/uy;
const nameRestPattern = /\.[\p{L}_][\p{L}\d_]*/uy;
const spacePattern = /\s+/y;
const quotePatterns = { '"': /"[^"\n]*/y, "'": /'[^'\n]*/y } as const;
/** What starts no token. A `#` is left to the dialect. */
const strayPattern = /[^\s\p{L}\d_"'#<>=!+\-*/^()[\]{},;:%.&|]+|\.(?!\d)|&(?!&)|\|(?!\|)/uy;
const longestShown = 20;
const symbols = [
  "<->", "!==", "->", "<=", ">=", "==", "!=", "&&", "||",
  "<", ">", "=", "!", "+", "-", "*", "/", "^", "(", ")", "[", "]", "{", "}", ",", ";", ":", "%",
]; // prettier-ignore

/**
 * Cuts a text into tokens, longest match first; the last token is `end`. What is no token is reported and
 * skipped; comments are skipped, and put into `comments` where that is given.
 */
export const tokenize = (
  text: string,
  source: string,
  dialect: Dialect,
  comments?: Comment[],
): { readonly tokens: readonly Token[]; readonly problems: readonly Problem[] } => {
  const tokens: Token[] = [];
  const problems: Problem[] = [];
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  let spaced = false;

  const placeFrom = (start: number, startLine: number, startLineStart: number): Place => ({
    source,
    line: startLine,
    column: start - startLineStart + 1,
    endLine: line,
    endColumn: offset - lineStart + 1,
  });
  const countLines = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      if (text.charCodeAt(i) === 10) {
        line++;
        lineStart = i + 1;
      }
    }
  };
  const advance = (end: number): Place => {
    const [start, startLine, startLineStart] = [offset, line, lineStart];
    countLines(start, end);
    offset = end;
    return placeFrom(start, startLine, startLineStart);
  };
  const push = (kind: Token["kind"], end: number, written?: string): void => {
    const tokenText = written ?? text.slice(offset, end);
    tokens.push({ kind, text: tokenText, place: advance(end), spaced });
    spaced = false;
  };
  const matchEnd = (pattern: RegExp): number => {
    pattern.lastIndex = offset;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };

  /** Past as many matches as follow on each other: a pattern that repeats a group may exhaust its stack. */
  const repeatedEnd = (pattern: RegExp, start: number): number => {
    let end = start;
    pattern.lastIndex = start;
    while (pattern.test(text)) end = pattern.lastIndex;
    return end;
  };
  const durationEnd = (): number => {
    const end = repeatedEnd(durationPartPattern, offset);
    wordPattern.lastIndex = end;
    return end === offset || wordPattern.test(text) ? -1 : end;
  };
  const nameEnd = (): number => {
    const first = matchEnd(namePattern);
    return first < 0 ? -1 : repeatedEnd(nameRestPattern, first);
  };

  /** Past a nested comment; the end of the text where it is not closed. */
  const blockCommentEnd = (): number => {
    let depth = 0;
    let i = offset;
    while (i < text.length) {
      if (text.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (text.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth === 0) return i;
      } else i++;
    }
    return -1;
  };
  const lineEnd = (): number => {
    const end = text.indexOf("\n", offset);
    return end < 0 ? text.length : end;
  };
  const comment = (end: number): void => {
    const written = text.slice(offset, end);
    const place = advance(end);
    comments?.push({ text: written, place });
    spaced = true;
  };
  const quoted = (quote: '"' | "'"): void => {
    const end = matchEnd(quotePatterns[quote]);
    const closed = text[end] === quote;
    push(quote === '"' ? "text" : "quoted", closed ? end + 1 : end, text.slice(offset + 1, end));
    if (closed) return;
    const { place } = tokens.at(-1) as Token;
    problems.push(
      problemAt(
        place,
        "error",
        "unclosed-quote",
        `the quote ${quote} is not closed`,
        `Add ${quote} on this line.`,
      ),
    );
  };
  /** Past what starts no token, all of it one problem. */
  const stray = (): void => {
    const start = offset;
    const place = advance(Math.max(repeatedEnd(strayPattern, offset), offset + 1));
    const characters = Array.from(text.slice(start, Math.min(offset, start + 2 * longestShown + 2)));
    const shown = JSON.stringify(characters.slice(0, longestShown).join(""));
    const [noun, remedy] =
      characters.length > 1 ? ["characters", "Remove them."] : ["character", "Remove it."];
    const more = characters.length > longestShown ? " and more" : "";
    problems.push(
      problemAt(place, "error", "unexpected-character", `unexpected ${noun} ${shown}${more}`, remedy),
    );
    spaced = true;
  };

  while (offset < text.length) {
    const character = text[offset] as string;
    const end = matchEnd(spacePattern);
    if (end >= 0) {
      advance(end);
      spaced = true;
    } else if (text.startsWith("//", offset) || (character === "#" && dialect === "ordinance")) {
      comment(lineEnd());
    } else if (text.startsWith("/*", offset)) {
      const close = blockCommentEnd();
      if (close < 0) {
        const opening = advance(offset + 2);
        problems.push(
          problemAt(
            opening,
            "error",
            "unclosed-comment",
            "the comment /* is not closed",
            "Close it with */.",
          ),
        );
        advance(text.length);
        spaced = true;
      } else comment(close);
    } else if (character === '"' || character === "'") {
      quoted(character);
    } else {
      const duration = durationEnd();
      const number = duration >= 0 ? -1 : matchEnd(numberPattern);
      const name = duration >= 0 || number >= 0 ? -1 : nameEnd();
      if (duration >= 0) push("duration", duration);
      else if (number >= 0) push("number", number);
      else if (name >= 0) push("name", name);
      else {
        const symbol = symbols.find((candidate) => text.startsWith(candidate, offset));
        if (symbol === undefined) stray();
        else push("symbol", offset + symbol.length);
      }
    }
  }
  push("end", text.length, "");
  return { tokens, problems };
};
