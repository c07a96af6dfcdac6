import { dot, lineY } from "@observablehq/plot";
import { formatQuantity, formatSetting } from "../format/formatNumber.ts";
import { formatDuration } from "../format/formatDuration.ts";
import type { Markup } from "../html.ts";
import type { ModelName, RunSummary } from "../RunSummary.ts";
import { lineOptions, modelStyle } from "../seriesStyle.ts";
import { axes, marginFor } from "./axes.ts";
import { drawPlot, PLOT_WIDTH } from "./drawPlot.ts";
import { numberTicks, type Tick } from "./numberTicks.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;
const HEIGHT = 260;

/** The unit in which leads up to `longestMs` read as small round numbers. */
const leadUnit = (longestMs: number): readonly [name: string, milliseconds: number] =>
  longestMs > 4 * DAY ? ["days", DAY] : longestMs > 2 * HOUR ? ["hours", HOUR] : ["minutes", MINUTE];

/** Least distance of two tick labels, as a share of the axis. */
const LEAST_TICK_DISTANCE = 0.07;

/** Ticks at the judged leads themselves, where their labels do not touch. */
const leadTicks = (leads: readonly number[], low: number, high: number): Tick[] => {
  const ticks: Tick[] = [];
  for (const lead of leads) {
    const before = ticks.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    if (lead - before >= LEAST_TICK_DISTANCE * (high - low))
      ticks.push({ at: lead, label: formatSetting(lead) });
  }
  return ticks;
};

/** Mean absolute error of each model over the lead, for one target. */
export const errorByLeadPlot = (
  metric: RunSummary["metrics"][number],
  models: readonly ModelName[],
  stepMs: number,
): Markup => {
  const [unitName, unitMs] = leadUnit(Math.max(0, ...metric.rows.map((row) => row.leadSteps * stepMs)));
  const series = models.map((model) => ({
    model,
    points: metric.rows.map((row) => {
      const value = row.models.find((each) => each.model === model)?.mae ?? Number.NaN;
      return { lead: (row.leadSteps * stepMs) / unitMs, value: Number.isFinite(value) ? value : Number.NaN };
    }),
  }));
  const values = series.flatMap(({ points }) => points.map((point) => point.value)).filter(Number.isFinite);
  const high = values.length === 0 ? 1 : 1.05 * Math.max(...values, Number.MIN_VALUE);
  const leads = metric.rows.map((row) => (row.leadSteps * stepMs) / unitMs);
  const lastLead = Math.max(0, ...leads);
  const firstLead = Math.min(lastLead, ...leads);
  // A single lead stands in the middle of an axis of its own.
  const [left, right] = firstLead < lastLead ? [firstLead, lastLead] : [firstLead - 1, lastLead + 1];
  const yTicks = numberTicks(0, high, 5);
  const spoken = series
    .map(({ model, points }) => {
      const last = points.at(-1)?.value ?? Number.NaN;
      return `${model} ${formatQuantity(last, metric.unit)}`;
    })
    .join("; ");
  return drawPlot(
    {
      width: PLOT_WIDTH,
      height: HEIGHT,
      marginLeft: marginFor(yTicks),
      marginRight: 14,
      marginTop: 26,
      marginBottom: 42,
      x: { type: "linear", domain: [left, right], inset: 8 },
      y: { type: "linear", domain: [0, high] },
      marks: [
        axes({
          x: leadTicks(leads, left, right),
          y: yTicks,
          xLabel: `lead, ${unitName}`,
          yLabel: metric.unit === "1" ? "MAE" : `MAE, ${metric.unit}`,
        }),
        series.map(({ model, points }) => {
          const style = modelStyle[model];
          return [
            lineY(points, { x: "lead", y: "value", ...lineOptions(style) }),
            dot(points, {
              x: "lead",
              y: "value",
              symbol: style.symbol,
              stroke: style.stroke,
              fill: "var(--page)",
              r: points.length > 12 ? 2.2 : 3.2,
            }),
          ];
        }),
      ],
    },
    `MAE of ${metric.channel} by lead. At ${formatDuration(lastLead * unitMs)}: ${spoken}.`,
  );
};
