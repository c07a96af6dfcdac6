import type { PlotSeries } from "../../jobs/check/plotSeries.ts";

const HEIGHT = 8;
const LABEL_WIDTH = 9;

const label = (value: number): string => String(Number(value.toPrecision(4))).padStart(LABEL_WIDTH);

/**
 * Draws the two sides of a comparison over time in plain characters: `*` what varies, `-` what it is held against,
 * `#` where they meet, `^` below the step that decides. At most ten lines of 72 columns; none where nothing is known.
 */
export const textPlot = ({ at, signal, threshold }: PlotSeries): string[] => {
  const known = [...signal, ...threshold].filter(Number.isFinite);
  if (known.length === 0) return [];
  let [lowest, highest] = [Math.min(...known), Math.max(...known)];
  if (lowest === highest) [lowest, highest] = [lowest - 1, highest + 1];
  const rowOf = (value: number): number =>
    Math.round(((highest - value) / (highest - lowest)) * (HEIGHT - 1));
  const rows = Array.from({ length: HEIGHT }, () => Array.from({ length: signal.length }, () => " "));
  const marks = [
    ["-", threshold],
    ["*", signal],
  ] as const;
  for (const [mark, side] of marks) {
    side.forEach((value, column) => {
      if (!Number.isFinite(value)) return;
      const row = rows[rowOf(value)]!;
      row[column] = row[column] === "-" && mark === "*" ? "#" : mark;
    });
  }
  const limit = threshold[at]!;
  const limitRow = Number.isFinite(limit) ? rowOf(limit) : -1;
  const lines = rows.map((row, k) => {
    const value = k === limitRow ? limit : k === 0 ? highest : k === HEIGHT - 1 ? lowest : undefined;
    return `${value === undefined ? " ".repeat(LABEL_WIDTH) : label(value)} |${row.join("").trimEnd()}`;
  });
  return [...lines, `${" ".repeat(LABEL_WIDTH)} +${" ".repeat(at)}^`];
};
