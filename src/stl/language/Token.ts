import type { Place } from "./Problem.ts";

export interface Token {
  /** `name` may be a keyword; `quoted` is a name in single quotes and never one; `text` is in double quotes. */
  readonly kind: "number" | "duration" | "name" | "quoted" | "text" | "symbol" | "end";
  /** As written; of quoted names and texts, what stands between the quotes. */
  readonly text: string;
  readonly place: Place;
  /** White space stands before it. */
  readonly spaced: boolean;
}

/** What the parser passes over: to the end of the line, or a block with what nests in it. */
export interface Comment {
  /** As written, with what opens and closes it. */
  readonly text: string;
  readonly place: Place;
}
