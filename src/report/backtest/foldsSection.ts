import { formatInstant } from "../format/formatInstant.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { html, type Markup } from "../html.ts";
import { scrollingTable, section } from "../sections/section.ts";
import type { BacktestSummary } from "./BacktestSummary.ts";

/** When each fold was trained, on what, and what it forecast. */
export const foldsSection = ({ dataset, folds }: BacktestSummary): Markup => {
  const at = (ms: number): string => formatInstant(ms, dataset.zone);
  return section(
    "folds",
    "Folds",
    html`<p>
        The model of a fold has seen no reading after the fold's first origin. Folds with the same artefact
        share one model.
      </p>
      ${scrollingTable(
        "folds-table",
        "Readings that each fold was trained on, and the instants from which it forecast",
        html`<thead>
            <tr>
              <th scope="col">fold</th>
              <th scope="col">trained from</th>
              <th scope="col">validated from</th>
              <th scope="col">first origin</th>
              <th scope="col">last origin</th>
              <th scope="col">origins</th>
              <th scope="col">artefact</th>
            </tr>
          </thead>
          <tbody>
            ${folds.map(
              (fold) =>
                html`<tr>
                  <th scope="row">${formatNumber(fold.fold)}</th>
                  <td>${at(fold.trainedFromMs)}</td>
                  <td>${at(fold.validatedFromMs)}</td>
                  <td>${at(fold.firstOriginMs)}</td>
                  <td>${at(fold.lastOriginMs)}</td>
                  <td>${formatNumber(fold.origins)}</td>
                  <td>${fold.artefact.slice(0, 12)}</td>
                </tr>`,
            )}
          </tbody>`,
      )}`,
  );
};
