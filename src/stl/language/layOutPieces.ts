import { type Piece, Rank } from "./Piece.ts";

export const widestLine = 110;

const isComment = (piece: Piece): boolean => piece.token === undefined;

/** The pieces on one line. */
export const joinPieces = (pieces: readonly Piece[]): string =>
  pieces.map((piece, i) => (i > 0 && piece.spaced ? " " : "") + piece.text).join("");

/** Whether the pieces stand on one line from an indentation on; a comment at its end may reach beyond. */
export const fitsOnLine = (pieces: readonly Piece[], indent: number): boolean => {
  if (pieces.some((_, k) => isForced(pieces, k))) return false;
  const last = pieces.at(-1);
  const measured = last?.endsLine === true ? pieces.slice(0, -1) : pieces;
  return indent + joinPieces(measured).length <= widestLine;
};

/** A comment makes a line start there. */
const isForced = (pieces: readonly Piece[], k: number): boolean =>
  k > 0 && (pieces[k]?.startsLine === true || pieces[k - 1]?.endsLine === true);

/** The start of the line that a break at a piece makes, or -1 where it would tear a comment off. */
const lineStart = (pieces: readonly Piece[], k: number): number => {
  const { lineBreak } = pieces[k] as Piece;
  if (lineBreak === undefined) return -1;
  let start = lineBreak.side === "after" ? k + 1 : k;
  if (lineBreak.side === "before") while (start > 0 && isComment(pieces[start - 1] as Piece)) start--;
  return start > 0 && start < pieces.length && pieces[start]?.endsLine !== true ? start : -1;
};

/** Smaller is rather broken: connectives by their brackets first, the rest by their kind first. */
const reluctance = (piece: Piece, rank: number): number =>
  rank <= Rank.binaryTemporal ? piece.depth * 100 + rank : rank * 1e6 + piece.depth;

/** Starts of lines by the breaks that the pieces give most readily, all of one kind. */
const readiestBreaks = (
  pieces: readonly Piece[],
): { readonly starts: readonly number[]; readonly rank: number } => {
  let least = Infinity;
  let rank = 0;
  let starts: number[] = [];
  pieces.forEach((piece, k) => {
    const start = lineStart(pieces, k);
    if (start < 0 || piece.lineBreak === undefined) return;
    const own = reluctance(piece, piece.lineBreak.rank);
    if (own < least) [least, rank, starts] = [own, piece.lineBreak.rank, []];
    if (own === least) starts.push(start);
  });
  return { starts, rank };
};

/** As many of the parts between commas on a line as fit. */
const fill = (
  pieces: readonly Piece[],
  starts: readonly number[],
  indent: number,
  hanging: number,
): number[] => {
  const kept: number[] = [];
  let from = 0;
  starts.forEach((start, i) => {
    const end = starts[i + 1] ?? pieces.length;
    if (!fitsOnLine(pieces.slice(from, end), kept.length === 0 ? indent : hanging)) {
      kept.push(start);
      from = start;
    }
  });
  return kept;
};

/** Breaks a line that no comment breaks, where it is too long. */
const breakLine = (pieces: readonly Piece[], indent: number, hanging: number): readonly string[] => {
  const line = " ".repeat(indent) + joinPieces(pieces);
  if (fitsOnLine(pieces, indent)) return [line];
  const { starts, rank } = readiestBreaks(pieces);
  const chosen = rank === Rank.comma ? fill(pieces, starts, indent, hanging) : starts;
  if (chosen.length === 0) return [line];
  return [0, ...chosen].flatMap((start, i) =>
    breakLine(pieces.slice(start, chosen[i]), i === 0 ? indent : hanging, hanging + 2),
  );
};

/**
 * Lays pieces out in lines: one where they fit, else broken at the loosest ties among the fewest brackets, and
 * wherever a comment ends its line. The first line stands at `indent`, the others at `hanging` or deeper.
 */
export const layOutPieces = (
  pieces: readonly Piece[],
  indent: number,
  hanging: number,
): readonly string[] => {
  const lines: string[] = [];
  let begun = false;
  for (let from = 0; from < pieces.length;) {
    let end = from + 1;
    while (end < pieces.length && !isForced(pieces, end)) end++;
    const own = pieces.slice(from, end);
    for (const line of breakLine(own, begun ? hanging : indent, hanging)) lines.push(line);
    // Comments ahead of the first token leave its place to it.
    begun ||= !own.every(isComment);
    from = end;
  }
  return lines;
};
