import { dot, lineY } from "@observablehq/plot";
import { formatShare } from "../format/formatShare.ts";
import type { Markup } from "../html.ts";
import { axes, marginFor } from "../plots/axes.ts";
import { drawPlot, PLOT_WIDTH } from "../plots/drawPlot.ts";
import { numberTicks } from "../plots/numberTicks.ts";
import { lineOptions, modelStyle } from "../seriesStyle.ts";
import type { Calibration } from "./EventSummary.ts";

const HEIGHT = 260;

/** Share of the true instants below each quantile, beside the diagonal on which they should lie. */
export const calibrationPlot = (calibration: readonly Calibration[]): Markup => {
  const ticks = numberTicks(0, 100, 5);
  const style = modelStyle["ternary, shielded"];
  const points = calibration.map(({ level, share }) => ({ level: 100 * level, share: 100 * share }));
  return drawPlot(
    {
      width: PLOT_WIDTH,
      height: HEIGHT,
      marginLeft: marginFor(ticks),
      marginRight: 14,
      marginTop: 26,
      marginBottom: 42,
      x: { type: "linear", domain: [0, 100] },
      y: { type: "linear", domain: [0, 100] },
      marks: [
        axes({ x: ticks, y: ticks, xLabel: "quantile, %", yLabel: "true instants below it, %" }),
        lineY(
          [
            [0, 0],
            [100, 100],
          ],
          { stroke: "var(--quiet)", strokeDasharray: "2 3" },
        ),
        lineY(points, { x: "level", y: "share", ...lineOptions(style) }),
        dot(points, {
          x: "level",
          y: "share",
          symbol: style.symbol,
          stroke: style.stroke,
          fill: "var(--page)",
        }),
      ],
    },
    `Calibration: ${calibration.map(({ level, share }) => `${formatShare(share)} below quantile ${level}`).join(", ")}.`,
  );
};
