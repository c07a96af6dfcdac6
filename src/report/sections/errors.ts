import { formatDuration } from "../format/formatDuration.ts";
import { decimalsFor, formatNumber } from "../format/formatNumber.ts";
import { html, nothing, type Content, type Markup } from "../html.ts";
import { deployedModel, errorsOverLeads, modelsOf, type TargetMetrics } from "../naiveComparison.ts";
import { errorByLeadPlot } from "../plots/errorByLeadPlot.ts";
import { legend, lineKey } from "../plots/legend.ts";
import type { ModelName, RunSummary } from "../RunSummary.ts";
import { modelStyle } from "../seriesStyle.ts";
import { scrollingTable, section } from "./section.ts";

const kinds = ["mae", "rmse"] as const;

interface Row {
  readonly label: string;
  readonly count: number;
  readonly models: TargetMetrics["rows"][number]["models"];
}

const rowCells = (row: Row, models: readonly ModelName[], deployed: ModelName, decimals: number): Content => {
  const valueOf = (model: ModelName, kind: "mae" | "rmse"): number =>
    row.models.find((each) => each.model === model)?.[kind] ?? Number.NaN;
  // Ties are settled on the printed figures: two equal figures are both best.
  const best = kinds.map((kind) => {
    const judged = models.map((model) => valueOf(model, kind)).filter(Number.isFinite);
    return judged.length === 0 ? undefined : formatNumber(Math.min(...judged), decimals);
  });
  return models.map((model) =>
    kinds.map((kind, k) => {
      const figure = formatNumber(valueOf(model, kind), decimals);
      const shown = figure === best[k] ? html`<strong>${figure}</strong>` : figure;
      return model === deployed ? html`<td class="deployed">${shown}</td>` : html`<td>${shown}</td>`;
    }),
  );
};

const errorTable = (
  metric: TargetMetrics,
  models: readonly ModelName[],
  deployed: ModelName,
  stepMs: number,
  id: string,
): Markup => {
  // Three digits for the smallest error, since models are compared by it.
  const errors = metric.rows.flatMap((row) => row.models.map((each) => each.mae)).filter((mae) => mae > 0);
  const decimals = errors.length === 0 ? 0 : decimalsFor([Math.min(...errors)]);
  const asRow = (row: Row, tag: Markup): Markup =>
    html`<tr ${tag}>
      <th scope="row">${row.label}</th>
      <td>${formatNumber(row.count)}</td>
      ${rowCells(row, models, deployed, decimals)}
    </tr>`;
  const all: Row = {
    label: "all leads",
    count: metric.rows.reduce((sum, row) => sum + row.count, 0),
    models: models.map((model) => errorsOverLeads(metric, model)),
  };
  return scrollingTable(
    id,
    html`Errors of ${metric.channel}${metric.unit === "1" ? nothing : `, ${metric.unit}`}, on the test span.
    The smallest of a row is in bold; the deployed model's columns are shaded.`,
    html`<thead>
        <tr>
          <th scope="col" rowspan="2">lead</th>
          <th scope="col" rowspan="2">forecasts judged</th>
          ${models.map((model) => html`<th scope="colgroup" colspan="2" ${model === deployed ? html` class="deployed"` : nothing}>${model}</th>`)}
        </tr>
        <tr>
          ${models.map((model) => kinds.map((kind) => html`<th scope="col" ${model === deployed ? html` class="deployed"` : nothing}>${kind.toUpperCase()}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${metric.rows.map((row) => asRow({ ...row, label: formatDuration(row.leadSteps * stepMs) }, nothing))}
        ${metric.rows.length > 1 ? asRow(all, html`class="total"`) : nothing}
      </tbody>`,
  );
};

/** Errors by lead: a picture and a table for each target. */
export const errors = ({ metrics, dataset }: RunSummary): Markup => {
  const models = modelsOf(metrics);
  const deployed = deployedModel(metrics);
  return section(
    "errors",
    "Errors by lead",
    models.length === 0
      ? html`<p>No forecast of this run was judged.</p>`
      : html`<p>
            MAE is the mean absolute error, RMSE the root of the mean squared error; only forecasts whose
            reading exists are judged. Persistence repeats the last reading, seasonal naive the reading of one
            season before.
          </p>
          ${legend(models.map((model) => lineKey(modelStyle[model], { points: true })))}
          <div class="grid">
            ${metrics.map(
              (metric) =>
                html`<figure>
                  <h3>${metric.channel}: MAE by lead</h3>
                  ${errorByLeadPlot(metric, models, dataset.stepMs)}
                </figure>`,
            )}
          </div>
          ${metrics.map((metric, k) => errorTable(metric, models, deployed, dataset.stepMs, `errors-${k + 1}`))}`,
  );
};
