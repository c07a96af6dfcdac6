import { formatDuration } from "../format/formatDuration.ts";
import { formatInstant } from "../format/formatInstant.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, type Markup } from "../html.ts";
import { section } from "../sections/section.ts";
import { modelTable } from "./eventScores.ts";
import type { EventSummary } from "./EventSummary.ts";

/** What is likely to happen after the last reading. */
export const nextEvents = ({ dataset, horizon, next }: EventSummary): Markup =>
  section(
    "next",
    "What is likely next",
    html`<p>
        After the last reading, the next event comes before ${formatInstant(next.medianMs, dataset.zone)} with
        a chance of one half, and with four in five between ${formatInstant(next.lowerMs, dataset.zone)} and
        ${formatInstant(next.upperMs, dataset.zone)}.
      </p>
      ${modelTable(
        "next-table",
        "The likeliest sensors and kinds; all are in forecast.parquet",
        ["sensor", "kind", "is the next", `has one within ${formatDuration(horizon.ms)}`],
        next.likeliest.map(({ kind, probability, sensor, withinHorizon }) => [
          sensor,
          kind,
          formatShare(probability),
          formatShare(withinHorizon),
        ]),
      )}`,
  );
