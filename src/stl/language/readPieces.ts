import { binaryTemporalWords, connectiveSymbols, relations, reservedWords, timedWords } from "./keywords.ts";
import { opensInterval } from "./opensInterval.ts";
import { type LineBreak, type Piece, Rank } from "./Piece.ts";
import { readQuantity } from "./readQuantity.ts";
import type { Place } from "./Problem.ts";
import type { Comment, Token } from "./Token.ts";
import { TokenReader } from "./TokenReader.ts";

const connectiveRanks: Readonly<Record<string, number>> = {
  iff: Rank.equivalence,
  xor: Rank.equivalence,
  implies: Rank.implication,
  or: Rank.disjunction,
  and: Rank.conjunction,
};
const arithmeticRanks: Readonly<Record<string, number>> = {
  "+": Rank.sum,
  "-": Rank.sum,
  "*": Rank.product,
  "/": Rank.product,
};
const groupWords = new Set(["union", "intersect", "except"]);
const countWords = new Set(["atleast", "atmost", "exactly"]);
const measuredItems = new Set(["signal", "param"]);
const wordsAfterUnit = new Set(["range", "missing"]);

const isWord = (token: Token | undefined, words: ReadonlySet<string>): boolean =>
  token?.kind === "name" && words.has(token.text);

const isSymbol = (token: Token | undefined, symbols: string): boolean =>
  token?.kind === "symbol" && symbols.includes(token.text);

const written = (token: Token): string => {
  if (token.kind === "quoted") return `'${token.text}'`;
  return token.kind === "text" ? `"${token.text}"` : token.text;
};

/** After it a minus subtracts and `(` or `[` belongs to it, unless a word of the item stands for a keyword. */
const isOperand = (token: Token | undefined): boolean => {
  if (token?.kind === "name") return !reservedWords.has(token.text);
  return token?.kind === "symbol" ? ")]%".includes(token.text) : token !== undefined;
};

const rankOf = (token: Token): number | undefined => {
  if (token.kind === "name") {
    return binaryTemporalWords.has(token.text) ? Rank.binaryTemporal : connectiveRanks[token.text];
  }
  if (token.kind !== "symbol") return undefined;
  const connective = connectiveSymbols[token.text];
  if (connective !== undefined) return connectiveRanks[connective];
  return relations[token.text] === undefined ? arithmeticRanks[token.text] : Rank.relation;
};

/**
 * Tokens that are one with the token before them as long as they are spaced as they are: those of a unit after its
 * number, or after `in` where a signal or a parameter is declared.
 */
const unitTokens = (tokens: readonly Token[]): ReadonlySet<Token> => {
  const joined = new Set<Token>();
  const reader = new TokenReader(tokens);
  let last: Token | undefined;
  let isDeclaration = false;
  let isUnit = false;
  for (let next = 0; (tokens[next] as Token).kind !== "end";) {
    const token = tokens[next] as Token;
    if (last === undefined || isSymbol(last, ";{}")) isDeclaration = isWord(token, measuredItems);
    if (isSymbol(token, "=;") || isWord(token, wordsAfterUnit)) isUnit = false;
    if (isUnit && last?.text !== "in") joined.add(token);
    // A unit cannot hold the word again, and what comes after `=` is a term.
    if (isDeclaration && token.text === "in" && token.kind === "name") isUnit = true;
    if (isSymbol(token, "=")) isDeclaration = false;
    if (token.kind === "number" && !isWord(last, countWords)) readQuantity(reader, []);
    else reader.read();
    for (next++; tokens[next] !== reader.peek(); next++) joined.add(tokens[next] as Token);
    last = tokens[next - 1];
  }
  return joined;
};

/** Walks over the tokens of a file and sees how each stands to the one before it. */
class PieceReader {
  readonly #reader: TokenReader;
  readonly #joined: ReadonlySet<Token>;
  /** Of every open bracket whether it opens an interval. */
  readonly #open: boolean[] = [];
  /** The word that the item at hand starts with, and how many of its tokens are read. */
  #word = "";
  #count = 0;
  #last: Token | undefined;
  /** The token read last belongs to the next one: a sign, `!` or the mark of a power. */
  #isTight = false;

  constructor(tokens: readonly Token[]) {
    this.#reader = new TokenReader(tokens);
    this.#joined = unitTokens(tokens);
  }

  next(): Piece | undefined {
    const token = this.#reader.peek();
    if (token.kind === "end") return undefined;
    if (this.#count === 0) this.#word = token.text;
    const last = this.#last;
    const isTimed = isWord(last, timedWords) || isWord(last, binaryTemporalWords);
    const isInterval = isTimed && (isSymbol(token, "[") || opensInterval(this.#reader));
    const isSign = isSymbol(token, "-") && !isOperand(last);
    const spaced = last !== undefined && this.#isSpaced(token, last, isInterval);
    const lineBreak = isSign || this.#joined.has(token) ? undefined : this.#lineBreak(token);
    if (isSymbol(token, ")]}")) this.#open.pop();
    const depth = this.#open.length;
    if (isSymbol(token, "([{")) this.#open.push(isInterval);
    this.#isTight = isSign || isSymbol(token, "!") || (isSymbol(token, "^") && !spaced);
    this.#reader.read();
    const endsPart = this.#endsPart(token);
    this.#count = endsPart ? 0 : this.#count + 1;
    this.#last = endsPart ? undefined : token;
    return {
      text: written(token),
      token,
      place: token.place,
      spaced,
      depth,
      lineBreak,
      endsPart,
      startsLine: false,
      endsLine: false,
    };
  }

  /** With the reader past the token. */
  #endsPart(token: Token): boolean {
    if (isSymbol(token, ";")) return true;
    const isHeader = this.#word === "spec" || this.#count === 0;
    if (!isHeader || !isSymbol(token, "{}")) return false;
    return !this.#reader.isSymbol(token.text === "{" ? "}" : ";");
  }

  #isSpaced(token: Token, last: Token, isInterval: boolean): boolean {
    if (isSymbol(token, "%") && last.kind === "number") return false;
    if (this.#joined.has(token)) return token.spaced;
    if (isSymbol(token, ";,)]") || isSymbol(last, "([") || this.#isTight || isInterval) return false;
    if (isSymbol(token, "}")) return !isSymbol(last, "{");
    if (isSymbol(token, ":") || isSymbol(last, ":")) return this.#open.at(-1) !== true;
    // Right after a unit it would be read as part of it.
    if (isSymbol(token, "^")) return this.#joined.has(last);
    if (!isOperand(last) || last.kind === "symbol") return true;
    if (isSymbol(token, "[")) return measuredItems.has(this.#word) && last.text === "range";
    const namesRule = this.#word === "require" && this.#count === 2;
    return !isSymbol(token, "(") || namesRule || isWord(last, groupWords);
  }

  #lineBreak(token: Token): LineBreak | undefined {
    if (isSymbol(token, ",")) return { side: "after", rank: Rank.comma };
    if (isSymbol(token, ":")) {
      return this.#open.at(-1) === true ? undefined : { side: "after", rank: Rank.colon };
    }
    const rank = rankOf(token);
    return rank === undefined ? undefined : { side: "before", rank };
  }
}

const isBefore = (a: Place, b: Place): boolean =>
  a.line < b.line || (a.line === b.line && a.column < b.column);

/** The tokens and comments of a file that the parser has no problem with, in their order. */
export const readPieces = (tokens: readonly Token[], comments: readonly Comment[]): readonly Piece[] => {
  const pieces: Piece[] = [];
  const reader = new PieceReader(tokens);
  let next = 0;
  /** Comments up to a place; the end of the file where it is undefined. */
  const take = (end: Place | undefined): void => {
    for (; next < comments.length; next++) {
      const { text, place } = comments[next] as Comment;
      if (end !== undefined && !isBefore(place, end)) return;
      const following = comments[next + 1]?.place ?? end;
      const after =
        following !== undefined && end !== undefined && isBefore(end, following) ? end : following;
      const last = pieces.at(-1);
      const startsLine = last === undefined || last.place.endLine < place.line;
      const endsLine = after === undefined || after.line > place.endLine || place.endLine > place.line;
      pieces.push({
        text: text.trimEnd(),
        token: undefined,
        place,
        spaced: !isSymbol(last?.token, "(["),
        depth: last?.depth ?? 0,
        lineBreak: undefined,
        endsPart: false,
        // What follows on the same line is led by it.
        startsLine: startsLine && endsLine,
        endsLine,
      });
    }
  };
  for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
    take(piece.place);
    const isLed = pieces.at(-1)?.token === undefined && !isSymbol(piece.token, ";,)]");
    pieces.push(isLed ? { ...piece, spaced: true } : piece);
  }
  take(undefined);
  return pieces;
};
