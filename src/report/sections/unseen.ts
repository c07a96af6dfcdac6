import { formatDuration } from "../format/formatDuration.ts";
import { decimalsFor, formatNumber } from "../format/formatNumber.ts";
import { html, nothing, type Markup } from "../html.ts";
import { deployedModel, errorsOverLeads, modelsOf, type TargetMetrics } from "../naiveComparison.ts";
import type { ModelName, RunSummary } from "../RunSummary.ts";
import { scrollingTable, section } from "./section.ts";

type Row = TargetMetrics["rows"][number];

const maeOf = (row: Pick<Row, "models">, model: ModelName): number =>
  row.models.find((each) => each.model === model)?.mae ?? Number.NaN;

const unseenTable = (
  unseen: TargetMetrics,
  seen: TargetMetrics,
  deployed: ModelName,
  stepMs: number,
  id: string,
): Markup => {
  const models = modelsOf([unseen]);
  const columns = [
    ...models.map((model) => ({ group: "unseen", metric: unseen, model })),
    ...models.map((model) => ({ group: "seen", metric: seen, model })),
  ];
  const errors = unseen.rows.flatMap((row) => row.models.map(({ mae }) => mae)).filter((mae) => mae > 0);
  const decimals = errors.length === 0 ? 0 : decimalsFor([Math.min(...errors)]);
  const shade = (model: ModelName): Markup => (model === deployed ? html`class="deployed"` : nothing);
  const cells = (valueOf: (metric: TargetMetrics, model: ModelName) => number) =>
    columns.map(
      ({ metric, model }) => html`<td ${shade(model)}>${formatNumber(valueOf(metric, model), decimals)}</td>`,
    );
  const judged = (metric: TargetMetrics): number => metric.rows.reduce((sum, row) => sum + row.count, 0);
  return scrollingTable(
    id,
    html`Mean absolute error of ${unseen.channel}${unseen.unit === "1" ? nothing : `, ${unseen.unit}`}, on the
    test span: ${formatNumber(judged(unseen))} forecasts of unseen sensors and ${formatNumber(judged(seen))}
    of seen ones. The deployed model's columns are shaded.`,
    html`<thead>
        <tr>
          <th scope="col" rowspan="2">lead</th>
          <th scope="colgroup" colspan="${String(models.length)}">unseen sensors</th>
          <th scope="colgroup" colspan="${String(models.length)}">seen sensors</th>
        </tr>
        <tr>
          ${columns.map(({ model }) => html`<th scope="col" ${shade(model)}>${model}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${unseen.rows.map(
          (row, k) =>
            html`<tr>
              <th scope="row">${formatDuration(row.leadSteps * stepMs)}</th>
              ${cells((metric, model) => maeOf(metric.rows[k] ?? { models: [] }, model))}
            </tr>`,
        )}
        ${
          unseen.rows.length > 1
            ? html`<tr class="total">
                <th scope="row">all leads</th>
                ${cells((metric, model) => errorsOverLeads(metric, model).mae)}
              </tr>`
            : nothing
        }
      </tbody>`,
  );
};

/** Errors of the sensors that training never saw beside those of the others; nothing where it saw all. */
export const unseen = ({ dataset, unseen: part }: RunSummary): Markup => {
  if (part === undefined) return nothing;
  const deployed = deployedModel(part.metrics);
  const named = (reason: "held out" | "nothing read"): string =>
    part.sensors
      .filter((sensor) => sensor.reason === reason)
      .map(({ name }) => name)
      .join(", ");
  const heldOut = named("held out");
  const silent = named("nothing read");
  return section(
    "unseen",
    "Unseen sensors",
    html`${heldOut === "" ? nothing : html`<p>Held out of training, by the pipeline: ${heldOut}.</p>`}
      ${silent === "" ? nothing : html`<p>Without a reading of a target in the training span: ${silent}.</p>`}
      <p>
        No reading of these sensors entered training, scaling, validation or the ridge regression, and no
        other sensor reads them. Each is forecast from its own readings and those of the seen sensors near it,
        with the mean of the seen sensors' learned vectors. Sensors differ in how hard they are: compare with
        the naive forecasts of the same sensors.
      </p>
      ${part.metrics.map((metric, k) => unseenTable(metric, part.seenMetrics[k]!, deployed, dataset.stepMs, `unseen-${k + 1}`))}`,
  );
};
