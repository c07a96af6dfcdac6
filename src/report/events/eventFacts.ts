import { formatBytes } from "../format/formatBytes.ts";
import { formatDuration } from "../format/formatDuration.ts";
import { formatInstant } from "../format/formatInstant.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { html, type Markup } from "../html.ts";
import type { Span } from "../RunSummary.ts";
import { definitions } from "../sections/definitions.ts";
import { section } from "../sections/section.ts";
import { modelTable } from "./eventScores.ts";
import type { EventSummary } from "./EventSummary.ts";

/** Sizes, data, settings, machine and timings. */
export const eventFacts = (summary: EventSummary): Markup => {
  const { dataset, rules, seconds, settings, sizes, span } = summary;
  const spanText = ({ fromMs, toMs }: Span): string =>
    `${formatInstant(fromMs, dataset.zone)} to ${formatInstant(toMs, dataset.zone)}`;
  return section(
    "facts",
    "Sizes, data, settings, machine",
    html`<p>There is no export of a model of events to a device: it is this folder, and no artefact.</p>
      ${
        dataset.notes.length === 0
          ? html`<p>Nothing odd was found in the input.</p>`
          : html`<ul>
              ${dataset.notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
      }
      <div class="tables">
        ${modelTable(
          "sizes-table",
          "Sizes of the model",
          ["part", "size"],
          sizes.map(({ bytes, part }) => [part, formatBytes(bytes)]),
        )}
        ${modelTable(
          "timings-table",
          "Where the time went",
          ["stage", "time"],
          seconds.map(({ seconds: own, stage }) => [stage, formatDuration(1000 * own)]),
        )}
      </div>
      ${definitions([
        ["pipeline", summary.pipeline],
        ["data set", `${dataset.name}: ${dataset.title}`],
        ["licence of the data", dataset.licence],
        ["data, SHA-256", html`<code>${dataset.sha256}</code>`],
        ...(rules === undefined ? [] : [["rules, SHA-256", html`<code>${rules.sha256}</code>`] as const]),
        [
          "data span",
          `${formatNumber(dataset.steps)} steps of ${formatDuration(dataset.stepMs)}, ${formatNumber(dataset.sensors)} sensors`,
        ],
        ["trained on", spanText(span.train)],
        ["validated on", spanText(span.validation)],
        ["tested on", spanText(span.test)],
        ["seed", html`<code>${String(summary.seed)}</code>`],
        ...settings.map(({ name, value }) => [name, value] as const),
        ["machine", summary.machine],
      ])}`,
  );
};
