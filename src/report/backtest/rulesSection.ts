import { formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, type Markup } from "../html.ts";
import { scrollingTable, section } from "../sections/section.ts";
import type { BacktestSummary } from "./BacktestSummary.ts";

/** How often each rule is kept, and how well its violations were foreseen. */
export const rulesSection = ({ rules }: BacktestSummary): Markup =>
  section(
    "rules",
    "Rules",
    html`<p>
        A rule is judged once an origin, on the readings before it and the whole horizon after it. A violation
        is foreseen by the forecast where the unshielded forecast breaks the rule, by the band where its lower
        or its upper end does. F1 is the harmonic mean of precision (foreseen violations that happened) and
        recall (violations that were foreseen).
      </p>
      ${scrollingTable(
        "rules-table",
        "Share of the origins on which each rule is kept, and its foreseen violations",
        html`<thead>
            <tr>
              <th scope="col" rowspan="2">rule</th>
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
          </thead>
          <tbody>
            ${rules.map(
              ({ goal, name, predictors, satisfaction, violations }) =>
                html`<tr>
                  <th scope="row">${goal ? `${name} (goal)` : name}</th>
                  <td>${formatShare(satisfaction.truth)}</td>
                  <td>${formatShare(satisfaction.ternary)}</td>
                  <td class="deployed">${formatShare(satisfaction.shielded)}</td>
                  <td>${formatNumber(violations)}</td>
                  ${predictors.map(
                    ({ f1, precision, recall }) =>
                      html`<td>${formatShare(precision)}</td>
                        <td>${formatShare(recall)}</td>
                        <td>${formatNumber(f1, 3)}</td>`,
                  )}
                </tr>`,
            )}
          </tbody>`,
      )}`,
  );
