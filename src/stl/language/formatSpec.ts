import { alignDeclarations } from "./alignDeclarations.ts";
import { fitsOnLine, layOutPieces } from "./layOutPieces.ts";
import type { Piece } from "./Piece.ts";
import { byPlace, type Problem } from "./Problem.ts";
import { readPieces } from "./readPieces.ts";
import { type Part, splitParts } from "./splitParts.ts";
import { SpecParser } from "./SpecParser.ts";
import type { Comment } from "./Token.ts";
import { tokenize } from "./tokenize.ts";

export interface FormatSpecOptions {
  /** Name of the text in problems; the default is `spec`. */
  readonly source?: string;
}

/** The text in its canonical layout, or the problems for which it has none. */
export type FormattedSpec = { readonly text: string } | { readonly problems: readonly Problem[] };

/** Rules and lets have a head, up to `:` or `=` and the comments that end its line, and a body. */
const bodyStart = ({ word, pieces }: Part): number => {
  if (word !== "require" && word !== "let") return 0;
  const mark = word === "require" ? ":" : "=";
  let start = 1 + pieces.findIndex((piece) => piece.depth === 0 && piece.text === mark);
  while (pieces[start]?.endsLine === true && pieces[start]?.startsLine === false) start++;
  return start;
};

/** A rule with attributes has its formula on a line of its own. */
const hasAttributes = (head: readonly Piece[]): boolean =>
  head[0]?.text === "require" && head.some((piece) => piece.token?.text === "=");

const layOutPart = (part: Part): readonly string[] => {
  const { indent, pieces } = part;
  const start = bodyStart(part);
  const [head, body] = [pieces.slice(0, start), pieces.slice(start)];
  if (start === 0 || (!hasAttributes(head) && fitsOnLine(pieces, indent))) {
    return layOutPieces(pieces, indent, indent + 2);
  }
  return [...layOutPieces(head, indent, indent + 4), ...layOutPieces(body, indent + 2, indent + 4)];
};

/**
 * Lays a rule file out in the one canonical way: an item starts a line, long ones are broken where they bind least
 * and indented by two, lines have at most 110 columns where the text lets them, the columns of signals and of
 * parameters that stand together are aligned, empty lines are kept, one at a time, and comments stay where they
 * are. Only white space changes, so the meaning does not. Laying out again changes nothing.
 *
 * A text that the parser refuses is not laid out; its problems are given.
 *
 * @example
 * formatSpec("let a=x>1   and\n y<2;"); // => { text: "let a = x > 1 and y < 2;\n" }
 */
export const formatSpec = (text: string, options: FormatSpecOptions = {}): FormattedSpec => {
  const comments: Comment[] = [];
  const { tokens, problems } = tokenize(text, options.source ?? "spec", "ordinance", comments);
  const parser = new SpecParser(tokens, "ordinance");
  parser.file();
  const errors = [...problems, ...parser.problems].filter((problem) => problem.severity === "error");
  if (errors.length > 0) return { problems: errors.sort(byPlace) };
  const parts = splitParts(readPieces(tokens, comments));
  const aligned = alignDeclarations(parts);
  const lines: string[] = [];
  parts.forEach((part, i) => {
    if (part.apart) lines.push("");
    const line = aligned.get(i);
    for (const own of line === undefined ? layOutPart(part) : [line]) lines.push(own);
  });
  const end = /\r?\n/.exec(text)?.[0] ?? "\n";
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const laidOut = lines.map((line) => `${line}\n`).join("");
  return { text: mark + laidOut.replace(/\r?\n/g, end) };
};
