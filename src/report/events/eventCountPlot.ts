import { rect, ruleX } from "@observablehq/plot";
import { formatNumber } from "../format/formatNumber.ts";
import { formatDuration } from "../format/formatDuration.ts";
import type { Markup } from "../html.ts";
import { axes, marginFor } from "../plots/axes.ts";
import { drawPlot } from "../plots/drawPlot.ts";
import { numberTicks } from "../plots/numberTicks.ts";
import { timeTicks } from "../plots/timeTicks.ts";
import type { EventSummary } from "./EventSummary.ts";

const WIDTH = 900;
const HEIGHT = 220;

/** How many events each stretch of the recording has; lines where validation and test begin. */
export const eventCountPlot = ({ dataset, overTime, span }: EventSummary): Markup => {
  const { counts, stretchMs } = overTime;
  const fromMs = dataset.startMs;
  const toMs = fromMs + dataset.steps * dataset.stepMs;
  const most = Math.max(1, ...counts);
  const yTicks = numberTicks(0, most, 4);
  const bars = counts.map((count, k) => ({
    x1: fromMs + k * stretchMs,
    x2: Math.min(toMs, fromMs + (k + 1) * stretchMs),
    count,
  }));
  return drawPlot(
    {
      width: WIDTH,
      height: HEIGHT,
      marginLeft: marginFor(yTicks),
      marginRight: 40,
      marginTop: 26,
      marginBottom: 42,
      x: { type: "linear", domain: [fromMs, toMs] },
      y: { type: "linear", domain: [0, most] },
      marks: [
        axes({
          x: timeTicks(dataset.zone, fromMs, toMs, 8),
          y: yTicks,
          xLabel: null,
          yLabel: `events in ${formatDuration(stretchMs)}`,
        }),
        rect(bars, { x1: "x1", x2: "x2", y1: 0, y2: "count", fill: "var(--shielded)", insetRight: 0.5 }),
        ruleX([span.validation.fromMs, span.test.fromMs], {
          stroke: "var(--limit)",
          strokeDasharray: "4 3",
        }),
      ],
    },
    `Events over time: at most ${formatNumber(most)} in ${formatDuration(stretchMs)}.`,
  );
};
