import { dot, line, rect } from "@observablehq/plot";
import { html, type Content, type Markup } from "../html.ts";
import { lineOptions, type SeriesStyle } from "../seriesStyle.ts";
import { drawPlot } from "./drawPlot.ts";

const WIDTH = 34;
const HEIGHT = 12;
const frame = {
  width: WIDTH,
  height: HEIGHT,
  margin: 0,
  axis: null,
  x: { type: "linear", domain: [0, WIDTH], range: [0, WIDTH] },
  y: { type: "linear", domain: [0, HEIGHT], range: [HEIGHT, 0] },
} as const;

/** A key entry for a line, with its symbol where the plot draws points. */
export const lineKey = (style: SeriesStyle, options: { readonly points: boolean }): Markup =>
  entry(
    drawPlot({
      ...frame,
      marks: [
        line(
          [
            [1, HEIGHT / 2],
            [WIDTH - 1, HEIGHT / 2],
          ],
          lineOptions(style),
        ),
        options.points
          ? dot([[WIDTH / 2, HEIGHT / 2]], {
              symbol: style.symbol,
              stroke: style.stroke,
              fill: "var(--page)",
              r: 3.5,
            })
          : [],
      ],
    }),
    style.label,
  );

/** A key entry for the quantile band. */
export const bandKey = (label: string): Markup =>
  entry(
    drawPlot({
      ...frame,
      marks: [rect([0], { x1: 1, x2: WIDTH - 1, y1: 1, y2: HEIGHT - 1, fill: "var(--band)" })],
    }),
    label,
  );

const entry = (sample: Markup, label: Content): Markup => html`<li>${sample} ${label}</li>`;

/** The key of a group of plots. */
export const legend = (entries: readonly Markup[]): Markup =>
  html`<ul class="legend" aria-label="Key">
    ${entries}
  </ul>`;
