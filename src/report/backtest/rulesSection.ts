import { formatDuration } from "../format/formatDuration.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Markup } from "../html.ts";
import { legend, lineKey } from "../plots/legend.ts";
import { numberTicks } from "../plots/numberTicks.ts";
import { scrollingTable, section } from "../sections/section.ts";
import { modelStyle, type SeriesStyle, truthStyle } from "../seriesStyle.ts";
import { type BacktestSummary, DEPLOYED, type RuleScores } from "./BacktestSummary.ts";
import { scorePlot } from "./scorePlot.ts";
import { HOURS, stepTicks } from "./scoresSection.ts";

type Rule = BacktestSummary["rules"][number];

const bandStyle: SeriesStyle = { ...modelStyle.ridge, label: "either end of the band" };

/** How often each rule is kept, and how well its violations were foreseen. */
export const rulesSection = (summary: BacktestSummary): Markup => {
  const lively = summary.rules.filter(isLively);
  return section(
    "rules",
    "Rules",
    html`<p>
        A rule is judged once an origin, on the readings before it and the whole horizon after it. A violation
        is foreseen by the forecast where the unshielded forecast breaks the rule, by the band where its lower
        or its upper end does. F1 is the harmonic mean of precision (foreseen violations that happened) and
        recall (violations that were foreseen); – where there is nothing to divide by.
      </p>
      ${scrollingTable(
        "rules-table",
        "Share of the origins on which each rule is kept, and its foreseen violations",
        html`${tableHead("rule")}
          <tbody>
            ${summary.rules.map(
              ({ goal, name, overall }) =>
                html`<tr>
                  <th scope="row">${goal ? `${name} (goal)` : name}</th>
                  ${cells(overall)}
                </tr>`,
            )}
          </tbody>`,
      )}
      ${lively.length === 0 ? nothing : figures(summary, lively)}
      ${
        summary.rules.some(({ mostBroken }) => mostBroken.length > 0)
          ? scrollingTable(
              "rule-sensors-table",
              "What rules say of single sensors: those at which they were broken most often",
              html`${tableHead("rule and sensor")}
                <tbody>
                  ${summary.rules.flatMap(({ mostBroken, name }) =>
                    mostBroken.map(
                      ({ scores, sensor }) =>
                        html`<tr>
                          <th scope="row">${name}, ${sensor}</th>
                          ${cells(scores)}
                        </tr>`,
                    ),
                  )}
                </tbody>`,
            )
          : nothing
      }`,
  );
};

/** Broken, or said to be, at some origin: there is something to show. */
const isLively = ({ overall: { satisfaction, violations } }: Rule): boolean =>
  violations > 0 || satisfaction.ternary < 1;

const figures = ({ dataset }: BacktestSummary, rules: readonly Rule[]): Markup => {
  const xLabel = `lead, steps of ${formatDuration(dataset.stepMs)}`;
  return html`<p>
      By lead: what the rule says of that instant. By hour: the whole rule, by the local hour of the origin.
      Rules that nothing broke are left out.
    </p>
    ${legend([
      lineKey(truthStyle, { points: true }),
      lineKey(modelStyle.ternary, { points: true }),
      lineKey(modelStyle[DEPLOYED], { points: true }),
      lineKey(bandStyle, { points: true }),
    ])}
    <div class="grid">
      ${rules.map((rule) => {
        const leads = rule.byLead.flatMap((scores, lead) =>
          scores === null ? [] : [{ lead: lead + 1, scores }],
        );
        const xs = leads.map(({ lead }) => lead);
        const ofLeads = leads.map(({ scores }) => scores);
        return html`${
          leads.length < 2
            ? nothing
            : html`${keptFigure(rule, "by lead", xs, ofLeads, stepTicks(rule.byLead.length), xLabel)}
              ${f1Figure(rule, "by lead", xs, ofLeads, stepTicks(rule.byLead.length), xLabel)}`
        }
        ${f1Figure(rule, "by hour of the day", HOURS, rule.byHour, numberTicks(0, 23, 6), "local hour")}`;
      })}
    </div>`;
};

type Ticks = Parameters<typeof scorePlot>[0]["xTicks"];

const keptFigure = (
  { name }: Rule,
  by: string,
  xs: readonly number[],
  scores: readonly RuleScores[],
  xTicks: Ticks,
  xLabel: string,
): Markup => {
  const of = (which: keyof RuleScores["satisfaction"]) =>
    scores.map(({ satisfaction }) => 1 - satisfaction[which]);
  return html`<figure>
    <h4>${name}: broken ${by}</h4>
    ${scorePlot({
      xs,
      xTicks,
      xLabel,
      yLabel: "share of the origins",
      lines: [
        { style: truthStyle, values: of("truth") },
        { style: modelStyle.ternary, values: of("ternary") },
        { style: modelStyle[DEPLOYED], values: of("shielded") },
      ],
      spoken: `Share of the origins at which ${name} is broken ${by}, by what happened, by the ternary forecast and by the shielded one.`,
    })}
  </figure>`;
};

const f1Figure = (
  { name }: Rule,
  by: string,
  xs: readonly number[],
  scores: readonly RuleScores[],
  xTicks: Ticks,
  xLabel: string,
): Markup =>
  html`<figure>
    <h4>${name}: F1 ${by}</h4>
    ${scorePlot({
      xs,
      xTicks,
      xLabel,
      yLabel: "F1 of foreseen violations",
      high: 1,
      lines: [
        { style: modelStyle.ternary, values: scores.map(({ predictors }) => predictors[0]!.f1) },
        { style: bandStyle, values: scores.map(({ predictors }) => predictors[1]!.f1) },
      ],
      spoken: `F1 of the violations of ${name} that were foreseen by the forecast and by its band, ${by}.`,
    })}
  </figure>`;

const tableHead = (first: string): Markup =>
  html`<thead>
    <tr>
      <th scope="col" rowspan="2">${first}</th>
      <th scope="colgroup" colspan="3">kept</th>
      <th scope="col" rowspan="2">real violations</th>
      <th scope="colgroup" colspan="3">foreseen by the forecast</th>
      <th scope="colgroup" colspan="3">foreseen by the band</th>
    </tr>
    <tr>
      <th scope="col">truth</th>
      <th scope="col">ternary</th>
      <th scope="col">shielded</th>
      ${[0, 1].map(
        () =>
          html`<th scope="col">precision</th>
            <th scope="col">recall</th>
            <th scope="col">F1</th>`,
      )}
    </tr>
  </thead>`;

const cells = ({ predictors, satisfaction, violations }: RuleScores): Markup =>
  html`<td>${formatShare(satisfaction.truth)}</td>
    <td>${formatShare(satisfaction.ternary)}</td>
    <td class="deployed">${formatShare(satisfaction.shielded)}</td>
    <td>${formatNumber(violations)}</td>
    ${predictors.map(
      ({ f1, precision, recall }) =>
        html`<td>${Number.isNaN(precision) ? "–" : formatShare(precision)}</td>
          <td>${Number.isNaN(recall) ? "–" : formatShare(recall)}</td>
          <td>${Number.isNaN(f1) ? "–" : formatNumber(f1, 3)}</td>`,
    )}`;
