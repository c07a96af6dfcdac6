import { axisX, axisY, gridY, type Markish } from "@observablehq/plot";
import type { Tick } from "./numberTicks.ts";

/** Mean width of a character of a tick label at 11 px, in px. */
const CHARACTER_WIDTH = 6.6;

/** Left margin in px that holds the longest of the labels and its tick. */
export const marginFor = (ticks: readonly Tick[]): number =>
  Math.ceil(14 + CHARACTER_WIDTH * Math.max(3, ...ticks.map((tick) => tick.label.length)));

const textAt = (ticks: readonly Tick[]): ((at: number) => string) => {
  const texts = new Map(ticks.map((tick) => [tick.at, tick.label]));
  return (at) => texts.get(at) ?? "";
};

/** Grid lines, both axes and their labels, at ticks and with texts that the caller chose. */
export const axes = (options: {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  readonly xLabel: string | null;
  readonly yLabel: string;
}): Markish[] => {
  const xs = options.x.map((tick) => tick.at);
  const ys = options.y.map((tick) => tick.at);
  return [
    gridY(ys, { stroke: "var(--grid)", strokeOpacity: 1 }),
    axisY(ys, {
      tickFormat: textAt(options.y),
      tickSize: 0,
      tickPadding: 5,
      label: options.yLabel,
      labelArrow: "none",
      fill: "var(--quiet)",
    }),
    axisX(xs, {
      tickFormat: textAt(options.x),
      stroke: "var(--quiet)",
      fill: "var(--quiet)",
      tickSize: 4,
      lineHeight: 1.2,
      label: options.xLabel,
      labelAnchor: "right",
      labelArrow: "none",
    }),
  ];
};
