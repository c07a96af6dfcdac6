import type { RuleTally } from "../../train/judgeForecasts.ts";

/** Margins of a rule in units of its scale; NaN where it was not judged, or where nothing can break it. */
export const scaledMargins = ({ margins }: Pick<RuleTally, "margins">, scale: number): Float64Array =>
  margins.map((margin) => (Number.isFinite(margin) ? margin / scale : Number.NaN));

/** The smallest margin that was judged; NaN where none was. */
export const smallestMargin = ({ margins }: Pick<RuleTally, "margins">): number => {
  let smallest = Number.NaN;
  for (const margin of margins) if (Number.isFinite(margin) && !(margin >= smallest)) smallest = margin;
  return smallest;
};
