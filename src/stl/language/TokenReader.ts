import { type Place, placeFromTo, type Problem, problemAt } from "./Problem.ts";
import { suggestName } from "./nearestName.ts";
import type { Token } from "./Token.ts";

/** Thrown where reading cannot go on; caught where an item of a file ends. */
export class SyntaxFault extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const shown = (token: Token): string => {
  if (token.kind === "end") return "the end of the text";
  if (token.kind === "text") return JSON.stringify(token.text);
  return token.kind === "quoted" ? `'${token.text}'` : token.text;
};

/** A position in a list of tokens. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The token `ahead` places further on, without reading it. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  read(): Token {
    const token = this.peek();
    if (this.#next < this.#tokens.length - 1) this.#next++;
    return token;
  }

  /** The token read last. */
  previous(): Token {
    return this.#tokens[Math.max(0, this.#next - 1)] as Token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "symbol" && token.text === text;
  }

  isWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" && token.text === text;
  }

  takeSymbol(text: string): boolean {
    const found = this.isSymbol(text);
    if (found) this.read();
    return found;
  }

  takeWord(text: string): boolean {
    const found = this.isWord(text);
    if (found) this.read();
    return found;
  }

  expectSymbol(text: string, purpose: string): Token {
    if (this.isSymbol(text)) return this.read();
    return this.fail(`${text} ${purpose}`);
  }

  expectName(purpose: string): Token {
    const token = this.peek();
    if (token.kind === "name" || token.kind === "quoted") return this.read();
    return this.fail(purpose);
  }

  expectWord(words: readonly string[], purpose: string): string {
    const token = this.peek();
    if (token.kind === "name" && words.includes(token.text)) return this.read().text;
    const otherwise = `Write one of ${words.join(", ")}.`;
    const remedy = token.kind === "name" ? suggestName(token.text, words, otherwise) : otherwise;
    return this.fail(purpose, remedy);
  }

  /** From a token to the one read last. */
  placeSince(first: Place): Place {
    return placeFromTo(first, this.previous().place);
  }

  fail(expected: string, remedy?: string): never {
    const found = this.peek();
    const before = this.previous();
    if (
      remedy === undefined &&
      before.kind === "number" &&
      found.kind === "name" &&
      before.place.line === found.place.line
    ) {
      const message = `${found.text} after the number ${before.text} is no unit`;
      throw new SyntaxFault(
        problemAt(
          found.place,
          "error",
          "unknown-unit",
          message,
          "Write a unit such as km/h, or an operator.",
        ),
      );
    }
    const message = `expected ${expected}, found ${shown(found)}`;
    throw new SyntaxFault(problemAt(found.place, "error", "syntax", message, remedy ?? `Write ${expected}.`));
  }
}
