import { formatDuration } from "../format/formatDuration.ts";
import { decimalsFor, formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Markup } from "../html.ts";
import { legend, lineKey } from "../plots/legend.ts";
import { numberTicks, type Tick } from "../plots/numberTicks.ts";
import { timeTicks } from "../plots/timeTicks.ts";
import { scrollingTable, section } from "../sections/section.ts";
import { modelStyle, type SeriesStyle, truthStyle } from "../seriesStyle.ts";
import { type BacktestSummary, DEPLOYED, type TargetScores } from "./BacktestSummary.ts";
import { scorePlot } from "./scorePlot.ts";

type Target = BacktestSummary["targets"][number];

const promiseStyle: SeriesStyle = {
  ...truthStyle,
  label: "coverage that the band promises",
  strokeDasharray: "2 3",
};

/** Local hours of a day. */
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Scores of each target: overall, and pictures by lead, hour and fold. */
export const scoresSection = (summary: BacktestSummary): Markup =>
  section(
    "scores",
    "Scores",
    html`<p>
        MAE and RMSE are in the unit of the channel; sMAPE is the mean of 2 |y − f| / (|y| + |f|); MASE is the
        error in units of that of the seasonal naive forecast on the readings that a fold was trained on.
        Values without a reading are left out. Hours are local ones of the instant forecast; a fold stands at
        its first origin.
      </p>
      ${legend([
        ...summary.models.map((model) => lineKey(modelStyle[model], { points: true })),
        lineKey(promiseStyle, { points: false }),
      ])}
      ${summary.targets.map((target, index) => targetScores(summary, target, index))}`,
  );

const targetScores = (summary: BacktestSummary, target: Target, index: number): Markup => {
  const { dataset, folds } = summary;
  const leads = target.byLead.map((_, lead) => lead + 1);
  const starts = folds.map(({ firstOriginMs }) => firstOriginMs);
  const foldTicks = timeTicks(dataset.zone, starts[0]!, starts.at(-1)!, 5);
  return html`<h3>${target.channel}</h3>
    ${overallTable(summary, target, index)}
    <div class="grid">
      ${errorFigure(summary, target, "by lead", target.byLead, leads, stepTicks(leads.length), `lead, steps of ${formatDuration(dataset.stepMs)}`)}
      ${errorFigure(summary, target, "by hour of the day", target.byHour, HOURS, numberTicks(0, 23, 6), "local hour")}
      ${errorFigure(summary, target, "by fold", target.byFold, starts, foldTicks, null)}
      ${coverageFigure(summary, target, "by lead", target.byLead, leads, stepTicks(leads.length), `lead, steps of ${formatDuration(dataset.stepMs)}`)}
      ${coverageFigure(summary, target, "by hour of the day", target.byHour, HOURS, numberTicks(0, 23, 6), "local hour")}
      ${coverageFigure(summary, target, "by fold", target.byFold, starts, foldTicks, null)}
    </div>
    ${hardestTable(summary, target, index)}
    ${
      target.unscaled.length === 0
        ? nothing
        : html`<p>
            MASE leaves out ${formatNumber(target.unscaled.length)} sensors whose seasonal naive error in
            training is zero or unknown: ${target.unscaled.join(", ")}.
          </p>`
    }`;
};

/** Ticks of an axis of leads. */
export const stepTicks = (leads: number): Tick[] =>
  numberTicks(1, Math.max(2, leads), Math.max(1, Math.min(6, leads - 1)));

const overallTable = ({ band, models }: BacktestSummary, target: Target, index: number): Markup => {
  const { overall } = target;
  const decimals = decimalsFor(overall.models.map(({ mae }) => mae));
  const nominal = formatShare(band.upper - band.lower);
  return html`${scrollingTable(
      `scores-${index + 1}`,
      `${target.channel}${target.unit === "1" ? "" : `, ${target.unit}`}: all folds together, ${formatNumber(overall.count)} values; ${formatNumber(overall.missing)} had no reading`,
      html`<thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col">MAE</th>
            <th scope="col">RMSE</th>
            <th scope="col">sMAPE</th>
            <th scope="col">MASE</th>
          </tr>
        </thead>
        <tbody>
          ${models.map((model, k) => {
            const { mae, mase, rmse, smape } = overall.models[k]!;
            return html`<tr class="${model === DEPLOYED ? "deployed" : ""}">
              <th scope="row">${model}</th>
              <td>${formatNumber(mae, decimals)}</td>
              <td>${formatNumber(rmse, decimals)}</td>
              <td>${formatNumber(smape, 3)}</td>
              <td>${formatNumber(mase, 3)}</td>
            </tr>`;
          })}
        </tbody>`,
    )}
    <p>
      Of the readings ${formatShare(overall.coverage)} lay within the band of ${nominal}; its Winkler score is
      ${formatNumber(overall.winkler, decimals)}, the pinball loss ${formatNumber(overall.pinball, decimals)}.
    </p>`;
};

const hardestTable = ({ dataset, models }: BacktestSummary, target: Target, index: number): Markup => {
  const decimals = decimalsFor(target.overall.models.map(({ mae }) => mae));
  return scrollingTable(
    `sensors-${index + 1}`,
    `${target.channel}: the ${formatNumber(target.hardest.length)} of ${formatNumber(dataset.sensors)} sensors with the largest MAE of the deployed model; all are in scores.parquet`,
    html`<thead>
        <tr>
          <th scope="col">sensor</th>
          ${models.map((model) => html`<th scope="col">MAE, ${model}</th>`)}
          <th scope="col">covered</th>
          <th scope="col">without a reading</th>
        </tr>
      </thead>
      <tbody>
        ${target.hardest.map(
          ({ scores, sensor }) =>
            html`<tr>
              <th scope="row">${sensor}</th>
              ${scores.models.map(
                ({ mae }, k) =>
                  html`<td class="${models[k] === DEPLOYED ? "deployed" : ""}">
                    ${formatNumber(mae, decimals)}
                  </td>`,
              )}
              <td>${formatShare(scores.coverage)}</td>
              <td>${formatShare(scores.missing / (scores.count + scores.missing))}</td>
            </tr>`,
        )}
      </tbody>`,
  );
};

const errorFigure = (
  { models }: BacktestSummary,
  { channel, unit }: Target,
  by: string,
  scores: readonly TargetScores[],
  xs: readonly number[],
  xTicks: readonly Tick[],
  xLabel: string | null,
): Markup =>
  html`<figure>
    <h4>${channel}: MAE ${by}</h4>
    ${scorePlot({
      xs,
      xTicks,
      xLabel,
      yLabel: unit === "1" ? "MAE" : `MAE, ${unit}`,
      lines: models.map((model, k) => ({
        style: modelStyle[model],
        values: scores.map((each) => each.models[k]!.mae),
      })),
      spoken: `Mean absolute error of ${channel} ${by}, for ${models.join(", ")}.`,
    })}
  </figure>`;

const coverageFigure = (
  { band }: BacktestSummary,
  { channel }: Target,
  by: string,
  scores: readonly TargetScores[],
  xs: readonly number[],
  xTicks: readonly Tick[],
  xLabel: string | null,
): Markup =>
  html`<figure>
    <h4>${channel}: coverage ${by}</h4>
    ${scorePlot({
      xs,
      xTicks,
      xLabel,
      yLabel: "share within the band",
      high: 1,
      lines: [
        { style: modelStyle[DEPLOYED], values: scores.map(({ coverage }) => coverage) },
        { style: promiseStyle, values: scores.map(() => band.upper - band.lower), symbols: false },
      ],
      spoken: `Share of the readings of ${channel} within the band ${by}; it promises ${formatShare(band.upper - band.lower)}.`,
    })}
  </figure>`;
