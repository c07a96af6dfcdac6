import { dot, lineY } from "@observablehq/plot";
import type { Markup } from "../html.ts";
import { lineOptions, type SeriesStyle } from "../seriesStyle.ts";
import { axes, marginFor } from "./axes.ts";
import { drawPlot, PLOT_WIDTH } from "./drawPlot.ts";
import { numberTicks } from "./numberTicks.ts";

const HEIGHT = 200;
/** Symbols on more epochs than this would run into each other. */
const MOST_SYMBOLS = 40;

export interface Curve {
  readonly style: SeriesStyle;
  /** One value an epoch, NaN where there is none. */
  readonly values: readonly number[];
}

/** Curves over the epochs of one phase, on a value axis that the caller shares between phases. */
export const trainingPlot = (options: {
  readonly epochs: readonly number[];
  readonly curves: readonly Curve[];
  readonly domain: readonly [low: number, high: number];
  readonly yLabel: string;
  /** What the epochs are called; `epoch` where left out. */
  readonly xLabel?: string;
  readonly spoken: string;
}): Markup => {
  const { epochs, curves, domain } = options;
  const first = Math.min(...epochs);
  const last = Math.max(...epochs);
  const yTicks = numberTicks(...domain, 4);
  // Asking for no more ticks than there are epochs keeps them on whole epochs.
  const epochTicks = numberTicks(first, last, Math.min(5, last - first));
  return drawPlot(
    {
      width: PLOT_WIDTH,
      height: HEIGHT,
      marginLeft: marginFor(yTicks),
      marginRight: 14,
      marginTop: 26,
      marginBottom: 40,
      x: { type: "linear", domain: first < last ? [first, last] : [first - 1, first + 1], inset: 8 },
      y: { type: "linear", domain: [...domain] },
      marks: [
        axes({
          x: first < last ? epochTicks : [{ at: first, label: String(first) }],
          y: yTicks,
          xLabel: options.xLabel ?? "epoch",
          yLabel: options.yLabel,
        }),
        curves.map(({ style, values }) => {
          const points = epochs.map((epoch, k) => ({ epoch, value: values[k] ?? Number.NaN }));
          return [
            lineY(points, { x: "epoch", y: "value", ...lineOptions(style) }),
            dot(points.length > MOST_SYMBOLS ? [] : points, {
              x: "epoch",
              y: "value",
              symbol: style.symbol,
              stroke: style.stroke,
              fill: "var(--page)",
              r: 2.2,
            }),
          ];
        }),
      ],
    },
    options.spoken,
  );
};
