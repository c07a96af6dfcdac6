/**
 * Split-conformal margin of a forecast's robustness: the ceil((n + 1) level)-th smallest of the n calibration scores
 * robustness(forecast) - robustness(what happened); Infinity where n is too small for the level.
 *
 * If calibration and new windows are exchangeable, robustness(what happens) >= robustness(forecast) - margin with at least
 * the probability `level` (Vovk, Gammerman, Shafer, "Algorithmic learning in a random world", 2005; for the robustness of
 * signal temporal logic Lindemann, Qin, Deshmukh, Pappas, "Conformal prediction for STL runtime verification", ICCPS
 * 2023, theorem 2). Windows of a series are not exchangeable: the coverage has to be looked at.
 *
 * @param level 0..1
 * @example
 * conformalMargin(Float64Array.of(3, -1, 2, 0), 0.8); // => 3
 * conformalMargin(Float64Array.of(3, -1, 2, 0), 0.9); // => Infinity
 */
export const conformalMargin = (scores: Float64Array, level: number): number => {
  const rank = Math.ceil((scores.length + 1) * level - 1e-9);
  return rank > scores.length ? Infinity : scores.toSorted()[Math.max(0, rank - 1)]!;
};
