import { areaY, lineY, ruleX, ruleY, text, type Markish } from "@observablehq/plot";
import { formatInstant } from "../format/formatInstant.ts";
import { formatQuantity, formatSetting } from "../format/formatNumber.ts";
import { formatDuration } from "../format/formatDuration.ts";
import type { Markup } from "../html.ts";
import type { ForecastCase } from "../RunSummary.ts";
import {
  historyStyle,
  limitStyle,
  lineOptions,
  modelStyle,
  truthStyle,
  type SeriesStyle,
} from "../seriesStyle.ts";
import { axes, marginFor } from "./axes.ts";
import { drawPlot, PLOT_WIDTH } from "./drawPlot.ts";
import { numberTicks } from "./numberTicks.ts";
import { placeLabels } from "./placeLabels.ts";
import { timeTicks } from "./timeTicks.ts";
import { valueDomain } from "./valueDomain.ts";

const HEIGHT = 250;
const TOP = 26;
const BOTTOM = 42;
const RIGHT = 34;
const LABEL_GAP = 13;
const LONGEST_LABEL = 44;
/** Readings shown before the origin: as many as are forecast, but enough to see a course. */
const LEAST_HISTORY = 24;

interface Point {
  readonly at: number;
  /** NaN breaks the line, so a missing reading is a gap. */
  readonly value: number;
}

const pointsFrom = (values: readonly number[], firstMs: number, stepMs: number): Point[] =>
  values.map((value, k) => ({
    at: firstMs + k * stepMs,
    value: Number.isFinite(value) ? value : Number.NaN,
  }));

const curve = (points: readonly Point[], style: SeriesStyle): Markish =>
  lineY(points, { x: "at", y: "value", ...lineOptions(style) });

const shorten = (label: string): string =>
  label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`;

interface LimitLine {
  readonly value: number;
  readonly side: "upper" | "lower";
  readonly label: string;
}

/** One line for each value and side, named after all rules that set it. */
const limitLines = (limits: ForecastCase["limits"]): LimitLine[] => {
  const names = new Map<string, { value: number; side: "upper" | "lower"; rules: string[] }>();
  for (const { rule, value, side } of limits) {
    if (!Number.isFinite(value)) continue;
    const line = names.get(`${side} ${value}`);
    if (line === undefined) names.set(`${side} ${value}`, { value, side, rules: [rule] });
    else line.rules.push(rule);
  }
  return Array.from(names.values(), ({ value, side, rules }) => ({
    value,
    side,
    label: `${side === "upper" ? "≤" : "≥"} ${formatSetting(value)} ${rules.join(", ")}`,
  }));
};

const limitMarks = (
  lines: readonly LimitLine[],
  [low, high]: readonly [number, number],
  atMs: number,
): Markish[] => {
  const toPixel = (value: number) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const inside = ({ value }: LimitLine) => value >= low && value <= high;
  const texts = lines.map((line) => {
    if (inside(line)) return shorten(line.label);
    return line.value > high ? `↑ ${shorten(line.label)} (above)` : `↓ ${shorten(line.label)} (below)`;
  });
  const wishes = lines.map((line) => toPixel(line.value) + (line.side === "upper" ? -7 : 7));
  const placed = placeLabels(wishes, LABEL_GAP, TOP + 6, HEIGHT - BOTTOM - 7);
  return [
    ruleY(lines.filter(inside), { y: "value", ...lineOptions(limitStyle) }),
    ...texts.map((label, k) =>
      text([label], {
        x: () => atMs,
        frameAnchor: "top",
        text: (each: string) => each,
        textAnchor: "start",
        dx: 3,
        dy: (placed[k] ?? 0) - TOP,
        lineAnchor: "middle",
        fill: limitStyle.stroke,
        stroke: "var(--page)",
        strokeWidth: 3,
        fontSize: 10.5,
      }),
    ),
  ];
};

const spoken = (forecast: ForecastCase, zone: string): string => {
  const shielded = forecast.shielded.filter(Number.isFinite);
  const range =
    shielded.length === 0
      ? "there is no shielded forecast"
      : `the shielded forecast runs from ${formatQuantity(Math.min(...shielded), forecast.unit)} ` +
        `to ${formatQuantity(Math.max(...shielded), forecast.unit)}`;
  const horizon = formatDuration(forecast.truth.length * forecast.stepMs);
  return (
    `Forecast of ${forecast.channel} at ${forecast.sensor} for ${horizon}, issued ` +
    `${formatInstant(forecast.issuedAtMs, zone)}: ${range}. The figures stand in the table below.`
  );
};

/**
 * One forecast against what happened: readings before, truth, float, ternary and shielded forecast with its
 * quantile band, and the limits that rules set, over local time of `zone`.
 */
export const forecastPlot = (forecast: ForecastCase, zone: string): Markup => {
  const { issuedAtMs, stepMs } = forecast;
  const history = forecast.history.slice(-Math.max(forecast.truth.length, LEAST_HISTORY));
  const startMs = issuedAtMs - Math.max(0, history.length - 1) * stepMs;
  const endMs = issuedAtMs + Math.max(forecast.truth.length, forecast.shielded.length, 1) * stepMs;
  const future = (values: readonly number[]) => pointsFrom(values, issuedAtMs + stepMs, stepMs);
  const past = pointsFrom(history, startMs, stepMs);
  const band = future(forecast.lowerQuantile).map((point, k) => ({
    at: point.at,
    low: point.value,
    high: forecast.upperQuantile[k] ?? Number.NaN,
  }));
  const lines = limitLines(forecast.limits);
  const domain = valueDomain(
    [
      ...history,
      ...forecast.truth,
      ...forecast.float,
      ...forecast.ternary,
      ...forecast.shielded,
      ...forecast.lowerQuantile,
      ...forecast.upperQuantile,
    ],
    lines.map((line) => line.value),
  );
  const yTicks = numberTicks(...domain, 5);
  const xTicks = timeTicks(zone, startMs, endMs, 6);
  return drawPlot(
    {
      width: PLOT_WIDTH,
      height: HEIGHT,
      marginLeft: marginFor(yTicks),
      marginRight: RIGHT,
      marginTop: TOP,
      marginBottom: BOTTOM,
      x: { type: "linear", domain: [startMs, endMs] },
      y: { type: "linear", domain: [...domain] },
      marks: [
        axes({ x: xTicks, y: yTicks, xLabel: null, yLabel: forecast.unit === "1" ? "" : forecast.unit }),
        areaY(band, { x: "at", y1: "low", y2: "high", fill: "var(--band)" }),
        ruleX([issuedAtMs], { stroke: "var(--quiet)", strokeWidth: 1 }),
        text(["issued"], {
          x: () => issuedAtMs,
          frameAnchor: "top",
          text: (each: string) => each,
          dy: -9,
          fill: "var(--quiet)",
        }),
        curve(past, historyStyle),
        curve(future(forecast.shielded), modelStyle["ternary, shielded"]),
        curve(future(forecast.float), modelStyle.float),
        curve(future(forecast.ternary), modelStyle.ternary),
        curve([...past.slice(-1), ...future(forecast.truth)], truthStyle),
        limitMarks(lines, domain, startMs),
      ],
    },
    spoken(forecast, zone),
  );
};
