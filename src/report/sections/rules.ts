import { formatNumber, formatQuantity, NOT_JUDGED } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Markup } from "../html.ts";
import { satisfactionBar } from "../plots/satisfactionBar.ts";
import type { RuleSummary, RunSummary } from "../RunSummary.ts";
import { scrollingTable, section } from "./section.ts";

const judgedOn = ["truth", "float", "ternary", "shielded"] as const;

const marginText = ({ smallestShieldedMargin: margin, unit }: RuleSummary): string => {
  if (margin === Number.POSITIVE_INFINITY) return "unbounded";
  const figure = formatQuantity(margin, unit);
  return figure === NOT_JUDGED || margin >= 0 ? figure : `${figure} (broken)`;
};

/** Exact signs, since a shield may lower the error too. */
const signed = (value: number, unit: string): string =>
  value > 0 ? `+${formatQuantity(value, unit)}` : formatQuantity(value, unit);

const costCells = ({ cost = [] }: RuleSummary): Markup => {
  const lines = (text: (of: (typeof cost)[number]) => string): Markup =>
    cost.length === 0
      ? html`<td>${NOT_JUDGED}</td>`
      : html`<td>
          ${cost.map((of) => html`<div>${cost.length > 1 ? `${of.channel}: ` : ""}${text(of)}</div>`)}
        </td>`;
  return html`${lines(({ rise, unit }) => signed(rise, unit))}
  ${lines(({ changedShare }) => formatShare(changedShare))}
  ${lines(({ changedShare, riseWhereChanged, unit }) => (changedShare === 0 ? "none" : signed(riseWhereChanged, unit)))}`;
};

const ruleRow = (rule: RuleSummary): Markup =>
  html`<tr>
    <th scope="row" class="rule">
      <span class="name">${rule.name}</span>
      <code>${rule.text}</code>
      ${rule.because === "" ? nothing : html`<span class="because">Because: ${rule.because}</span>`}
      ${
        rule.fights === undefined
          ? nothing
          : html`<span class="fights"><strong>Fights the data:</strong> ${rule.fights}.</span>`
      }
    </th>
    <td class="words">${rule.goal ? "goal" : "enforced"}, ${rule.severity}</td>
    ${judgedOn.map(
      (forecast) =>
        html`<td class="rate">
          ${formatShare(rule.rates[forecast])} ${satisfactionBar(rule.rates[forecast])}
        </td>`,
    )}
    <td>${formatShare(rule.truthUnknown)}</td>
    <td>${marginText(rule)}</td>
  </tr>`;

const costs = (all: readonly RuleSummary[]): Markup => {
  const measured = all.filter(({ cost }) => cost !== undefined);
  if (measured.length === 0) return nothing;
  return html`${scrollingTable(
      "costs-table",
      "What each rule costs when the shield enforces it alone, on the last origins of the validation span",
      html`<thead>
          <tr>
            <th scope="col">rule</th>
            <th scope="col">error added, all windows</th>
            <th scope="col">windows changed</th>
            <th scope="col">error added where changed</th>
            <th scope="col">gradient against the forecast's</th>
          </tr>
        </thead>
        <tbody>
          ${measured.map(
            (rule) =>
              html`<tr>
                <th scope="row">
                  ${rule.name}${rule.fights === undefined ? nothing : html` <strong class="fights">fights</strong>`}
                </th>
                ${costCells(rule)}
                <td>${formatNumber(rule.gradientCosine ?? Number.NaN, 2)}</td>
              </tr>`,
          )}
        </tbody>`,
    )}
    <p class="note">
      <strong>Error added</strong> is the mean absolute error with this rule alone enforced by the shield less
      that without a shield; a window is one sensor's forecast from one origin.
      <strong>Gradient against the forecast's</strong> is the mean cosine between the gradients of the rule's
      loss and of the forecast loss at the trained weights: below 0 what serves the rule hurts the forecast,
      and "not judged" means that the rule asked for nothing. A rule <strong>fights the data</strong> where it
      adds more than 1 % to the error of a target, or where what happened breaks it on at least 5 % more of
      the origins than the forecast without a shield does.
    </p>`;
};

/** What each rule says and how often reality and each forecast keep it. */
export const rules = ({ rules: all }: RunSummary): Markup =>
  section(
    "rules",
    "Rules",
    all.length === 0
      ? html`<p>This run had no rules.</p>`
      : html`${scrollingTable(
            "rules-table",
            "Share of judged test origins on which each rule holds, for what happened and for each forecast",
            html`<thead>
                <tr>
                  <th scope="col">rule</th>
                  <th scope="col" class="words">kind, severity</th>
                  <th scope="col">what happened</th>
                  <th scope="col">float</th>
                  <th scope="col">ternary</th>
                  <th scope="col">ternary, shielded</th>
                  <th scope="col">what happened: unknown</th>
                  <th scope="col">smallest shielded margin</th>
                </tr>
              </thead>
              <tbody>
                ${all.map(ruleRow)}
              </tbody>`,
          )}
          <p class="note">
            <strong>Why what happened may be below 100 %:</strong> a rule says what a forecast has to respect,
            not what the city does. Sensors err, incidents happen, and a limit may be a policy that reality
            breaks at times. A rule that what happened often breaks costs accuracy when forecasts are made to
            keep it: compare the columns before you enforce it.
          </p>
          <p class="note">
            <strong>Unknown</strong> is the share of origins on which missing readings leave the verdict on
            what happened open; they count neither as kept nor as broken. <strong>Margin</strong> is the
            robustness of the rule: how far the nearest shielded forecast stayed from breaking it, in the
            rule's unit. A <strong>goal</strong> is trained for but neither enforced by the shield nor proved,
            so its figures may lie below 100 % everywhere.
          </p>
          ${costs(all)}`,
  );
