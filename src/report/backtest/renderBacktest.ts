import { formatDuration } from "../format/formatDuration.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { html, trusted } from "../html.ts";
import { styleSheet } from "../styleSheet.ts";
import type { BacktestSummary } from "./BacktestSummary.ts";
import { foldsSection } from "./foldsSection.ts";
import { rulesSection } from "./rulesSection.ts";
import { scoresSection } from "./scoresSection.ts";

const CONTENTS = [
  ["scores", "Scores"],
  ["rules", "Rules"],
  ["folds", "Folds"],
] as const;

/**
 * The report of a backtest as one HTML page that opens offline, in the style and with the guards of `renderReport`: no
 * script, no request, all text escaped; the same summary gives the same bytes.
 *
 * @throws RangeError where the zone of the data set is not known to the runtime
 */
export const renderBacktest = (summary: BacktestSummary): string => {
  const { dataset, folds } = summary;
  const origins = folds.reduce((sum, fold) => sum + fold.origins, 0);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${dataset.title}: Ordinance backtest</title>
        <style>
          ${trusted(styleSheet)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">Ordinance: backtest</p>
            <h1>${dataset.title}</h1>
            <p>
              Pipeline <strong>${summary.pipeline}</strong> on data set <strong>${dataset.name}</strong>:
              ${formatNumber(dataset.sensors)} sensors, one reading every ${formatDuration(dataset.stepMs)}.
              ${formatNumber(folds.length)} folds, ${formatNumber(origins)} origins, each forecast as the
              device would have, by a model that knew nothing of what came after. All clock times on this page
              are local times of ${dataset.zone}.
            </p>
          </header>
          <nav aria-label="Contents">
            <ul>
              ${CONTENTS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
          ${scoresSection(summary)} ${rulesSection(summary)} ${foldsSection(summary)}
        </main>
      </body>
    </html> `.markup;
};
