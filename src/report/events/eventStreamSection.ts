import { formatDuration } from "../format/formatDuration.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { html, type Markup } from "../html.ts";
import { section } from "../sections/section.ts";
import { eventCountPlot } from "./eventCountPlot.ts";
import { modelTable } from "./eventScores.ts";
import type { EventSummary } from "./EventSummary.ts";

/** What counts as an event, and how many there are over time. */
export const eventStreamSection = (summary: EventSummary): Markup => {
  const { events, kinds } = summary;
  return section(
    "stream",
    "The events",
    html`${modelTable(
        "kinds-table",
        "Kinds of event",
        [
          "kind",
          "condition at a sensor",
          "happens when it becomes",
          "known after",
          "events",
          "sensors with one",
        ],
        kinds.map(({ condition, delayMs, edge, events: count, name, sensors }) => [
          name,
          html`<code>${condition}</code>`,
          edge === "rise" ? "true" : "false",
          delayMs === 0 ? "at once" : formatDuration(delayMs),
          formatNumber(count),
          formatNumber(sensors),
        ]),
      )}
      <figure>
        ${eventCountPlot(summary)}
        <figcaption>
          The dashed lines are where validation and test begin: ${formatNumber(events.train)} events to train,
          ${formatNumber(events.validation)} to validate, ${formatNumber(events.test)} to test.
        </figcaption>
      </figure>`,
  );
};
