import { formatDuration } from "../format/formatDuration.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Content, type Markup } from "../html.ts";
import { scrollingTable, section } from "../sections/section.ts";
import { calibrationPlot } from "./calibrationPlot.ts";
import type { EventSummary } from "./EventSummary.ts";
import { isOwnModel } from "./ownModel.ts";

/** A table whose rows are models, the first cell their name. */
export const modelTable = (
  id: string,
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly [string, ...Content[]])[],
): Markup =>
  scrollingTable(
    id,
    caption,
    html`<thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr class="${isOwnModel(name) ? "deployed" : ""}">
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>`,
  );

/** Which, when and whether within the horizon, beside what counting gives. */
export const eventScores = ({ calibration, events, horizon, when, which }: EventSummary): Markup =>
  section(
    "scores",
    "Scores on the test span",
    html`<p>
        ${formatNumber(events.test)} events, each foretold from all before it. Instants within a step of the
        recording are interpolated between two readings, so the order of events within one step is known only
        at its end.
      </p>
      ${modelTable(
        "which-table",
        "Which sensor and kind comes next",
        ["model", "perplexity", "nats", "first", "among 5", "among 10"],
        which.map(({ model, nats, perplexity, top1, top10, top5 }) => [
          model,
          formatNumber(perplexity, 2),
          formatNumber(nats, 3),
          formatShare(top1),
          formatShare(top5),
          formatShare(top10),
        ]),
      )}
      ${modelTable(
        "when-table",
        "Time to the next event: -log of the density per minute, and errors of the median",
        ["model", "nats", "median error, min", "mean error, min", "within the 80 % interval"],
        when.map(({ coverage80, meanAbsoluteError, medianAbsoluteError, model, nats }) => [
          model,
          formatNumber(nats, 3),
          formatNumber(medianAbsoluteError, 2),
          formatNumber(meanAbsoluteError, 2),
          formatShare(coverage80),
        ]),
      )}
      <div class="grid">
        <figure>
          <h3>Calibration of the time to the next event</h3>
          ${calibrationPlot(calibration)}
        </figure>
      </div>
      ${
        horizon.origins === 0
          ? nothing
          : modelTable(
              "horizon-table",
              `Chance of an event within ${formatDuration(horizon.ms)}, at ${formatNumber(horizon.origins)} instants for every sensor and kind, by ${formatNumber(horizon.samples)} drawn futures each`,
              ["model", "Brier score"],
              horizon.scores.map(({ brier, model }) => [model, formatNumber(brier, 5)]),
            )
      }`,
  );
