import type { Place } from "./Problem.ts";
import type { Token } from "./Token.ts";

/** A token or a comment of a rule file, with what laying it out asks for. */
export interface Piece {
  /** As written, with quotes or comment marks. */
  readonly text: string;
  /** Undefined of comments. */
  readonly token: Token | undefined;
  readonly place: Place;
  /** A space stands before it where it does not start a line. */
  readonly spaced: boolean;
  /** How many brackets it stands in. */
  readonly depth: number;
  readonly lineBreak: LineBreak | undefined;
  /** The last token of an item, or of a line of the header's braces. */
  readonly endsPart: boolean;
  /** A comment on lines of its own. */
  readonly startsLine: boolean;
  /** A comment that nothing may follow on its line. */
  readonly endsLine: boolean;
}

/** Where a line that is too long may be broken. */
export interface LineBreak {
  readonly side: "before" | "after";
  /** The lower, the rather; up to {@link Rank.binaryTemporal} fewer brackets count more. */
  readonly rank: number;
}

export const Rank = {
  equivalence: 1,
  implication: 2,
  disjunction: 3,
  conjunction: 4,
  binaryTemporal: 5,
  colon: 6,
  relation: 7,
  comma: 8,
  sum: 9,
  product: 10,
} as const;
