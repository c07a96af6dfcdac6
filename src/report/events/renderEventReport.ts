import { formatDuration } from "../format/formatDuration.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { html, trusted } from "../html.ts";
import { styleSheet } from "../styleSheet.ts";
import { eventFacts } from "./eventFacts.ts";
import { eventGroups } from "./eventGroups.ts";
import { eventScores } from "./eventScores.ts";
import { eventStreamSection } from "./eventStreamSection.ts";
import type { EventSummary } from "./EventSummary.ts";
import { eventTraining } from "./eventTraining.ts";
import { eventVerdict } from "./eventVerdict.ts";
import { nextEvents } from "./nextEvents.ts";

/**
 * The report of an events run as one HTML page that opens offline, in the style and with the guards of `renderReport`:
 * no script, no request, all text escaped; the same summary gives the same bytes.
 *
 * @throws RangeError where the zone of the data set is not known to the runtime
 */
export const renderEventReport = (summary: EventSummary): string => {
  const { dataset, groups } = summary;
  const contents = [
    ["verdict", "Verdict"],
    ["next", "What is likely next"],
    ["stream", "The events"],
    ["scores", "Scores"],
    ["training", "Training"],
    ...(groups.length === 0 ? [] : [["groups", "What happens together"] as const]),
    ["facts", "Sizes, data, settings"],
  ] as const;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${dataset.title}, ${summary.instant}: Ordinance report of events</title>
        <style>
          ${trusted(styleSheet)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">Ordinance: which sensor changes next, and when</p>
            <h1>${dataset.title}</h1>
            <p>
              Pipeline <strong>${summary.pipeline}</strong>, run of
              <time datetime="${summary.instant}">${summary.instant}</time>. Data set
              <strong>${dataset.name}</strong>: ${formatNumber(dataset.sensors)} sensors, one reading every
              ${formatDuration(dataset.stepMs)}. All clock times on this page are local times of
              ${dataset.zone}.
            </p>
          </header>
          <nav aria-label="Contents">
            <ul>
              ${contents.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
            </ul>
          </nav>
          ${eventVerdict(summary)} ${nextEvents(summary)} ${eventStreamSection(summary)}
          ${eventScores(summary)} ${eventTraining(summary)} ${eventGroups(summary)} ${eventFacts(summary)}
        </main>
      </body>
    </html> `.markup;
};
