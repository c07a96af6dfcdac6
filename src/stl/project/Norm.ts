/** The sum of the magnitudes of all moves, or their Euclidean length. */
export type Norm = "l1" | "l2";

/** The distance of two points. */
export const distanceBetween = (from: Float64Array, to: Float64Array, norm: Norm): number => {
  let sum = 0;
  for (let i = 0; i < from.length; i++) {
    const move = (to[i] as number) - (from[i] as number);
    sum += norm === "l1" ? Math.abs(move) : move * move;
  }
  return norm === "l1" ? sum : Math.sqrt(sum);
};
