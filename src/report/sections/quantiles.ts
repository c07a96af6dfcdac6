import { formatDuration } from "../format/formatDuration.ts";
import { decimalsFor, formatNumber, formatSetting } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Markup } from "../html.ts";
import { deployedModel } from "../naiveComparison.ts";
import type { ModelName, QuantileMethod, QuantileSummary, RunSummary } from "../RunSummary.ts";
import { scrollingTable, section } from "./section.ts";

const methods: readonly QuantileMethod[] = ["conformal", "learned", "conformalised"];

type Score = QuantileSummary["scores"][number];

/** Scores of one lead and model, in the order of {@link methods}. */
interface Row {
  readonly leadSteps: number;
  readonly model: ModelName;
  readonly scores: readonly (Score | undefined)[];
}

const rowsOf = (scores: readonly Score[]): Row[] => {
  const rows = new Map<string, Row>();
  for (const { leadSteps, model } of scores) {
    const own = scores.filter((each) => each.leadSteps === leadSteps && each.model === model);
    rows.set(`${leadSteps} ${model}`, {
      leadSteps,
      model,
      scores: methods.map((method) => own.find((each) => each.method === method)),
    });
  }
  return [...rows.values()];
};

const scoreTable = (scores: readonly Score[], deployed: ModelName, stepMs: number, id: string): Markup => {
  const { channel, unit } = scores[0]!;
  const widths = decimalsFor(scores.map((score) => score.width));
  // Three digits for the smallest loss, since methods are compared by it.
  const losses = scores.map((score) => score.pinball).filter((loss) => loss > 0);
  const decimals = losses.length === 0 ? 0 : decimalsFor([Math.min(...losses)]);
  const row = (each: Row): Markup => {
    const least = Math.min(
      ...each.scores.map((score) => score?.pinball ?? Number.NaN).filter(Number.isFinite),
    );
    return html`<tr>
      <th scope="row">${formatDuration(each.leadSteps * stepMs)}, ${each.model}</th>
      <td>${formatNumber(each.scores[0]?.count ?? Number.NaN)}</td>
      ${each.scores.map((score) => {
        const loss = formatNumber(score?.pinball ?? Number.NaN, decimals);
        const shade = each.model === deployed ? html` class="deployed"` : nothing;
        return html`<td ${shade}>${formatShare(score?.coverage ?? Number.NaN)}</td>
          <td ${shade}>${formatNumber(score?.width ?? Number.NaN, widths)}</td>
          <td ${shade}>
            ${loss === formatNumber(least, decimals) ? html`<strong>${loss}</strong>` : loss}
          </td>`;
      })}
    </tr>`;
  };
  return scrollingTable(
    id,
    html`Quantiles of ${channel}${unit === "1" ? nothing : `, ${unit}`}, on the test span. The smallest
    pinball loss of a row is in bold; the deployed model's rows are shaded.`,
    html`<thead>
        <tr>
          <th scope="col" rowspan="2">lead, model</th>
          <th scope="col" rowspan="2">forecasts judged</th>
          ${methods.map((method) => html`<th scope="colgroup" colspan="3">${method}</th>`)}
        </tr>
        <tr>
          ${methods.map(() => ["within", "width", "pinball"].map((kind) => html`<th scope="col">${kind}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rowsOf(scores).map(row)}
      </tbody>`,
  );
};

/** How well learned quantiles fit, beside those at fixed distances from the median; nothing without quantile heads. */
export const quantiles = ({ band, dataset, metrics, quantiles: judged, targets }: RunSummary): Markup => {
  if (judged === undefined) return nothing;
  const deployed = deployedModel(metrics);
  return section(
    "quantiles",
    "Quantiles",
    html`<p>
        The band from quantile ${formatSetting(band.lower)} to ${formatSetting(band.upper)} should hold
        ${formatShare(band.upper - band.lower)} of what happens; <strong>within</strong> is the share that it
        held, <strong>width</strong> its mean width. <strong>Pinball</strong> is the mean pinball loss of the
        quantiles ${judged.levels.map(formatSetting).join(", ")}: the smaller, the better they fit.
      </p>
      <p>
        <strong>Conformal</strong> quantiles lie at distances from the median that the validation span gave,
        the same at every origin of a lead. <strong>Learned</strong> ones are outputs of the model.
        <strong>Conformalised</strong> ones are the learned ones moved so that they would have held their
        share of the validation span: they are what is issued.
      </p>
      ${targets.map(({ channel }, k) => {
        const own = judged.scores.filter((score) => score.channel === channel);
        return own.length === 0 ? nothing : scoreTable(own, deployed, dataset.stepMs, `quantiles-${k + 1}`);
      })}`,
  );
};
