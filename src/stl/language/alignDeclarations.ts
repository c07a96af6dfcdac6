import { fitsOnLine, joinPieces, widestLine } from "./layOutPieces.ts";
import type { Part } from "./splitParts.ts";

/** What starts a column, in declarations that are aligned. */
const columnsOf: Readonly<Record<string, readonly string[]>> = {
  signal: [":", "range", "missing"],
  param: [":", "=", "range", "learnable"],
};

/** The texts of a declaration's columns, empty where it has not one, and what ends it. */
const cellsOf = ({ pieces, word: kind }: Part): readonly string[] => {
  const starts = [0];
  for (const word of columnsOf[kind] ?? []) {
    const last = Math.max(...starts);
    const start = pieces.findIndex((piece, k) => k > last && piece.depth === 0 && piece.text === word);
    starts.push(start);
  }
  const found = starts.filter((start) => start >= 0);
  return starts.map((start) => {
    if (start < 0) return "";
    const next = found.find((other) => other > start) ?? pieces.length;
    return joinPieces(pieces.slice(start, next));
  });
};

const isPlain = (part: Part | undefined): boolean =>
  part !== undefined &&
  Object.hasOwn(columnsOf, part.word) &&
  part.pieces.every(
    (piece, k) => piece.token !== undefined || (piece.endsLine && k > 0 && !piece.startsLine),
  ) &&
  fitsOnLine(part.pieces, part.indent);

const isNext = (before: Part, part: Part): boolean => part.word === before.word && !part.apart;

/** The line of a row, every cell but its last as wide as its column. */
const padRow = (row: readonly string[], widths: readonly number[]): string => {
  const last = row.findLastIndex((cell) => cell !== "");
  const cells = row.slice(0, last + 1).map((cell, k) => (k < last ? cell.padEnd(widths[k] as number) : cell));
  return cells.filter((_, k) => k === last || widths[k] !== 0).join(" ");
};

const alignGroup = (group: readonly Part[]): readonly string[] => {
  const rows = group.map(cellsOf);
  const widths = (rows[0] ?? []).map(() => 0);
  for (const row of rows) {
    const last = row.findLastIndex((cell) => cell !== "");
    for (let k = 0; k < last; k++) widths[k] = Math.max(widths[k] as number, (row[k] as string).length);
  }
  return rows.map((row) => padRow(row, widths));
};

/** A comment at the end of a line may reach beyond. */
const fits = (line: string, { pieces }: Part): boolean => {
  const last = pieces.at(-1);
  const comment = last?.endsLine === true ? last.text.length + 1 : 0;
  return line.length - comment <= widestLine;
};

/**
 * The lines of signals, and of parameters, that stand together, several of them without an empty line or a comment
 * between, with their types, values and ranges below each other; by the index of the part.
 */
export const alignDeclarations = (parts: readonly Part[]): ReadonlyMap<number, string> => {
  const lines = new Map<number, string>();
  for (let from = 0; from < parts.length; from++) {
    let end = from;
    while (isPlain(parts[end]) && (end === from || isNext(parts[end - 1] as Part, parts[end] as Part))) end++;
    if (end - from < 2) continue;
    const aligned = alignGroup(parts.slice(from, end));
    if (aligned.every((line, k) => fits(line, parts[from + k] as Part))) {
      aligned.forEach((line, k) => lines.set(from + k, line));
    }
    from = end - 1;
  }
  return lines;
};
