import { formatDuration } from "../format/formatDuration.ts";
import { formatInstant } from "../format/formatInstant.ts";
import { decimalsFor, formatNumber, formatSetting } from "../format/formatNumber.ts";
import { html, nothing, type Markup } from "../html.ts";
import { bandKey, legend, lineKey } from "../plots/legend.ts";
import { forecastPlot } from "../plots/forecastPlot.ts";
import type { ForecastCase, RunSummary } from "../RunSummary.ts";
import { historyStyle, limitStyle, modelStyle, truthStyle } from "../seriesStyle.ts";
import { scrollingTable } from "./section.ts";

/** The key of all forecast plots. */
export const forecastLegend = ({ band }: Pick<RunSummary, "band">): Markup =>
  legend([
    ...[
      historyStyle,
      truthStyle,
      { ...modelStyle.float, label: "float model" },
      { ...modelStyle.ternary, label: "ternary model" },
      { ...modelStyle["ternary, shielded"], label: "ternary, shielded (what is issued)" },
    ].map((style) => lineKey(style, { points: false })),
    bandKey(`band from quantile ${formatSetting(band.lower)} to ${formatSetting(band.upper)}`),
    lineKey(limitStyle, { points: false }),
  ]);

const columns = ["truth", "float", "ternary", "shielded", "lowerQuantile", "upperQuantile"] as const;
const columnNames: Readonly<Record<(typeof columns)[number], string>> = {
  truth: "what happened",
  float: "float",
  ternary: "ternary",
  shielded: "shielded",
  lowerQuantile: "lowest quantile",
  upperQuantile: "highest quantile",
};

const figures = (forecast: ForecastCase, id: string): Markup => {
  const decimals = decimalsFor(columns.flatMap((column) => forecast[column]));
  const rows = forecast.truth.map(
    (_, k) =>
      html`<tr>
        <th scope="row">${formatDuration((k + 1) * forecast.stepMs)}</th>
        ${columns.map((column) => {
          const value = forecast[column][k] ?? Number.NaN;
          return html`<td>${Number.isFinite(value) ? formatNumber(value, decimals) : "missing"}</td>`;
        })}
      </tr>`,
  );
  return html`<details>
    <summary>The figures</summary>
    ${scrollingTable(
      `${id}-figures`,
      `${forecast.channel} by lead${forecast.unit === "1" ? "" : `, ${forecast.unit}`}`,
      html`<thead>
          <tr>
            <th scope="col">lead</th>
            ${columns.map((column) => html`<th scope="col">${columnNames[column]}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>`,
    )}
  </details>`;
};

/** One forecast with title, place and time, picture, explanation, limits in full and its figures. */
export const forecastFigure = (forecast: ForecastCase, zone: string, id: string): Markup => {
  const limits = Array.from(new Set(forecast.limits.map((limit) => limit.rule)));
  return html`<figure>
    <h3>${forecast.title}</h3>
    <p class="where">
      ${forecast.channel}${forecast.unit === "1" ? nothing : `, ${forecast.unit}`}, at ${forecast.sensor};
      issued ${formatInstant(forecast.issuedAtMs, zone)}
    </p>
    ${forecastPlot(forecast, zone)}
    <figcaption>
      <p>${forecast.explanation}</p>
      ${limits.length === 0 ? nothing : html`<p class="where">Limits drawn: ${limits.join(", ")}.</p>`}
      ${figures(forecast, id)}
    </figcaption>
  </figure>`;
};
