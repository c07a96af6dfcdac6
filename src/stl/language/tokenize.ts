import { type Place, type Problem, problemAt } from "./Problem.ts";
import type { Token } from "./Token.ts";

export type Dialect = "ordinance" | "rtamt";

const numberPattern = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const durationPattern = /(?:\d+(?:\.\d+)?(?:ns|us|ms|min|s|h|d))+(?![\p{L}\d_])/uy;
const namePattern = /[\p{L}_][\p{L}\d_]*(?:\.[\p{L}_][\p{L}\d_]*)*/uy;
const spacePattern = /\s+/y;
const symbols = [
  "<->", "!==", "->", "<=", ">=", "==", "!=", "&&", "||",
  "<", ">", "=", "!", "+", "-", "*", "/", "^", "(", ")", "[", "]", "{", "}", ",", ";", ":", "%",
]; // prettier-ignore

/**
 * Cuts a text into tokens, longest match first; the last token is `end`. What is no token is reported and
 * skipped.
 */
export const tokenize = (
  text: string,
  source: string,
  dialect: Dialect,
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
  const quoted = (quote: string): void => {
    const end = lineEnd();
    const close = text.indexOf(quote, offset + 1);
    if (close >= 0 && close < end) {
      push(quote === '"' ? "text" : "quoted", close + 1, text.slice(offset + 1, close));
      return;
    }
    const written = text.slice(offset + 1, end);
    push(quote === '"' ? "text" : "quoted", end, written);
    const place = (tokens.at(-1) as Token).place;
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

  while (offset < text.length) {
    const character = text[offset] as string;
    const end = matchEnd(spacePattern);
    if (end >= 0) {
      advance(end);
      spaced = true;
    } else if (text.startsWith("//", offset) || (character === "#" && dialect === "ordinance")) {
      advance(lineEnd());
      spaced = true;
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
      } else advance(close);
      spaced = true;
    } else if (character === '"' || character === "'") {
      quoted(character);
    } else {
      const durationEnd = matchEnd(durationPattern);
      const numberEnd = durationEnd >= 0 ? -1 : matchEnd(numberPattern);
      const nameEnd = durationEnd >= 0 || numberEnd >= 0 ? -1 : matchEnd(namePattern);
      if (durationEnd >= 0) push("duration", durationEnd);
      else if (numberEnd >= 0) push("number", numberEnd);
      else if (nameEnd >= 0) push("name", nameEnd);
      else {
        const symbol = symbols.find((candidate) => text.startsWith(candidate, offset));
        if (symbol !== undefined) push("symbol", offset + symbol.length);
        else {
          const whole = String.fromCodePoint(text.codePointAt(offset) ?? 0);
          const place = advance(offset + whole.length);
          const message = `unexpected character ${JSON.stringify(whole)}`;
          problems.push(problemAt(place, "error", "unexpected-character", message, "Remove it."));
          spaced = true;
        }
      }
    }
  }
  push("end", text.length, "");
  return { tokens, problems };
};
