import type { ModelName } from "./RunSummary.ts";

/**
 * How a series is drawn, the same in every plot of the page. No two differ in colour alone: each has its own
 * dash and width, and its own symbol where points are drawn.
 */
export interface SeriesStyle {
  readonly label: string;
  /** A colour variable of the style sheet, with a value for light and one for dark pages. */
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly strokeDasharray: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "plus" | "times";
}

const SOLID = "none";

/** Naive models first, the deployed one last. */
export const modelOrder: readonly ModelName[] = [
  "persistence",
  "seasonal naive",
  "ridge",
  "float",
  "ternary",
  "ternary, shielded",
];

export const modelStyle: Readonly<Record<ModelName, SeriesStyle>> = {
  persistence: {
    label: "persistence",
    stroke: "var(--persistence)",
    strokeWidth: 1.2,
    strokeDasharray: "1.5 3",
    symbol: "times",
  },
  "seasonal naive": {
    label: "seasonal naive",
    stroke: "var(--seasonal)",
    strokeWidth: 1.2,
    strokeDasharray: "8 3 1.5 3",
    symbol: "plus",
  },
  ridge: {
    label: "ridge",
    stroke: "var(--ridge)",
    strokeWidth: 1.2,
    strokeDasharray: "3 2",
    symbol: "triangle",
  },
  float: {
    label: "float",
    stroke: "var(--float)",
    strokeWidth: 1.2,
    strokeDasharray: SOLID,
    symbol: "square",
  },
  ternary: {
    label: "ternary",
    stroke: "var(--ternary)",
    strokeWidth: 1.8,
    strokeDasharray: "5 3",
    symbol: "diamond",
  },
  "ternary, shielded": {
    label: "ternary, shielded",
    stroke: "var(--shielded)",
    strokeWidth: 2.6,
    strokeDasharray: SOLID,
    symbol: "circle",
  },
};

export const historyStyle: SeriesStyle = {
  label: "readings before",
  stroke: "var(--history)",
  strokeWidth: 1.6,
  strokeDasharray: SOLID,
  symbol: "circle",
};

export const truthStyle: SeriesStyle = {
  label: "what happened",
  stroke: "var(--ink)",
  strokeWidth: 1.4,
  strokeDasharray: SOLID,
  symbol: "circle",
};

export const limitStyle: SeriesStyle = {
  label: "limit set by a rule",
  stroke: "var(--limit)",
  strokeWidth: 1.2,
  strokeDasharray: "1.5 2.5",
  symbol: "circle",
};

/** The options of a line mark. */
export const lineOptions = ({ stroke, strokeWidth, strokeDasharray }: SeriesStyle) => ({
  stroke,
  strokeWidth,
  strokeDasharray,
});
