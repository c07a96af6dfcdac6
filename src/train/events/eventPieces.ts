import type { EventBatch } from "../../model/eventModel/runEventModel.ts";

/** How a stream is cut for training and scoring. */
export interface EventCut {
  /** Parts of the stream that run side by side. */
  readonly batch: number;
  /** Tokens of each part in one piece: gradients go back no further. */
  readonly steps: number;
}

/** A piece of a stream, and the tokens that it predicts. */
export interface EventPiece extends Omit<EventBatch, "state" | "timing"> {
  /** [steps][batch] */
  readonly tokens: Int32Array;
}

/**
 * Cuts a stream into parts of equal length, side by side, and these into pieces, one after the other. What is left over
 * at the end of the stream, fewer tokens than there are parts, is not used; the last piece may be shorter.
 *
 * @param tokens [events], more than there are parts
 * @param codes by code, [events]
 * @example
 * const tokens = Int32Array.of(5, 6, 7, 8, 9);
 * const [piece] = eventPieces(tokens, [tokens], { batch: 2, steps: 10 });
 * [piece.codes[0], piece.tokens]; // => [Int32Array [ 5, 7, 6, 8, 7, 9 ], Int32Array [ 6, 8, 7, 9 ]]
 */
export function* eventPieces(
  tokens: Int32Array,
  codes: readonly Int32Array[],
  { batch, steps }: EventCut,
): Generator<EventPiece, void, void> {
  const length = Math.floor((tokens.length - 1) / batch);
  for (let from = 0; from < length; from += steps) {
    const own = Math.min(steps, length - from);
    const cut = (values: Int32Array, first: number, count: number): Int32Array =>
      Int32Array.from(
        { length: count * batch },
        (_, k) => values[(k % batch) * length + first + Math.floor(k / batch)]!,
      );
    yield {
      batch,
      steps: own,
      codes: codes.map((values) => cut(values, from, own + 1)),
      tokens: cut(tokens, from + 1, own),
    };
  }
}
