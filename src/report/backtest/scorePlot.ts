import { dot, lineY } from "@observablehq/plot";
import type { Markup } from "../html.ts";
import { axes, marginFor } from "../plots/axes.ts";
import { drawPlot, PLOT_WIDTH } from "../plots/drawPlot.ts";
import { numberTicks } from "../plots/numberTicks.ts";
import type { Tick } from "../plots/numberTicks.ts";
import { lineOptions, type SeriesStyle } from "../seriesStyle.ts";

const HEIGHT = 240;
/** Symbols on more points than this would run into each other. */
const MOST_SYMBOLS = 12;

export interface ScoreLine {
  readonly style: SeriesStyle;
  /** One at each place of `xs`; NaN where there is none. */
  readonly values: readonly number[];
  /** Whether points have symbols, where they are few; they have where left out. */
  readonly symbols?: boolean;
}

/** Scores over leads, hours or folds, from 0 up. */
export const scorePlot = (options: {
  readonly xs: readonly number[];
  readonly xTicks: readonly Tick[];
  readonly lines: readonly ScoreLine[];
  /** Upper end of the value axis; by the values where left out. */
  readonly high?: number;
  /** Null where the ticks say it. */
  readonly xLabel: string | null;
  readonly yLabel: string;
  readonly spoken: string;
}): Markup => {
  const { lines, xs } = options;
  const values = lines.flatMap((line) => line.values).filter(Number.isFinite);
  const high = options.high ?? (values.length === 0 ? 1 : 1.05 * Math.max(...values, Number.MIN_VALUE));
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const yTicks = numberTicks(0, high, 5);
  return drawPlot(
    {
      width: PLOT_WIDTH,
      height: HEIGHT,
      marginLeft: marginFor(yTicks),
      marginRight: 18,
      marginTop: 26,
      marginBottom: 42,
      x: { type: "linear", domain: first < last ? [first, last] : [first - 1, first + 1], inset: 8 },
      y: { type: "linear", domain: [0, high] },
      marks: [
        axes({ x: options.xTicks, y: yTicks, xLabel: options.xLabel, yLabel: options.yLabel }),
        lines.map(({ style, symbols = true, values: ys }) => {
          const points = xs.map((x, k) => ({ x, y: ys[k] ?? Number.NaN }));
          const known = points.filter(({ y }) => Number.isFinite(y));
          return [
            lineY(points, { x: "x", y: "y", ...lineOptions(style) }),
            dot(symbols && known.length <= MOST_SYMBOLS ? known : [], {
              x: "x",
              y: "y",
              symbol: style.symbol,
              stroke: style.stroke,
              fill: "var(--page)",
              r: 2.6,
            }),
          ];
        }),
      ],
    },
    options.spoken,
  );
};
