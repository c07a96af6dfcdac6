import type { Piece } from "./Piece.ts";

/** What starts on a line of its own: an item, a line of the header's braces, or comments between them. */
export interface Part {
  readonly pieces: readonly Piece[];
  /** The first token; empty of comments. */
  readonly word: string;
  readonly indent: number;
  /** An empty line stands before it. */
  readonly apart: boolean;
}

/** Past the comments from `from` on that belong to the line before them; `from` where a token follows on it. */
const trailingEnd = (pieces: readonly Piece[], from: number): number => {
  for (let k = from; ; k++) {
    const piece = pieces[k];
    if (piece === undefined || piece.token !== undefined || piece.startsLine) return from;
    if (piece.endsLine) return k + 1;
  }
};

/** Past the part that starts at `from`. */
const partEnd = (pieces: readonly Piece[], from: number): number => {
  let isItem = false;
  for (let k = from; k < pieces.length; k++) {
    const piece = pieces[k] as Piece;
    isItem ||= piece.token !== undefined;
    if (piece.endsPart) return trailingEnd(pieces, k + 1);
    if (!isItem && piece.endsLine) return k + 1;
  }
  return pieces.length;
};

/** Splits the pieces of a file where lines have to start. */
export const splitParts = (pieces: readonly Piece[]): readonly Part[] => {
  const parts: Part[] = [];
  let inHeader = false;
  let opened = true;
  for (let from = 0; from < pieces.length;) {
    const end = partEnd(pieces, from);
    const own = pieces.slice(from, end);
    const tokens = own.filter((piece) => piece.token !== undefined);
    const word = tokens[0]?.text ?? "";
    const closes = word === "}";
    if (closes) inHeader = false;
    const gap = (own[0] as Piece).place.line - (pieces[from - 1]?.place.endLine ?? 0);
    parts.push({ pieces: own, word, indent: inHeader ? 2 : 0, apart: gap > 1 && !opened && !closes });
    opened = tokens.at(-1)?.text === "{" && tokens.at(-1)?.token?.kind === "symbol";
    if (opened) inHeader = true;
    from = end;
  }
  return parts;
};
