import { formatBytes } from "../format/formatBytes.ts";
import { formatDuration } from "../format/formatDuration.ts";
import { formatInstant } from "../format/formatInstant.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, type Content, type Markup } from "../html.ts";
import type { RunSummary, Span } from "../RunSummary.ts";
import { definitions } from "./definitions.ts";
import { scrollingTable, section } from "./section.ts";

const pairs = (
  id: string,
  caption: string,
  [first, second]: readonly [string, string],
  rows: readonly (readonly [string, Content])[],
): Markup =>
  scrollingTable(
    id,
    caption,
    html`<thead>
        <tr>
          <th scope="col">${first}</th>
          <th scope="col">${second}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${value}</td>
            </tr>`,
        )}
      </tbody>`,
  );

/** Sizes, quality of the data, settings, machine and timings. */
export const facts = (summary: RunSummary): Markup => {
  const { dataset, span } = summary;
  const { zone } = dataset;
  const endMs = dataset.startMs + Math.max(0, dataset.steps - 1) * dataset.stepMs;
  const spanText = ({ fromMs, toMs }: Span) =>
    `${formatInstant(fromMs, zone)} to ${formatInstant(toMs, zone)}`;
  const totalSeconds = summary.seconds.reduce((sum, each) => sum + each.seconds, 0);
  return section(
    "facts",
    "Sizes, data, settings, machine",
    html`<h3>Data quality</h3>
      ${
        dataset.notes.length === 0
          ? html`<p>Nothing odd was found in the input.</p>`
          : html`<ul>
              ${dataset.notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
      }
      <div class="tables">
        ${pairs(
          "missing-table",
          "Missing readings of the targets",
          ["channel", "missing"],
          dataset.missing.map(({ channel, share }) => [channel, formatShare(share)]),
        )}
        ${pairs(
          "sizes-table",
          "Sizes of what the run made",
          ["part", "size"],
          summary.sizes.map(({ part, bytes }) => [part, formatBytes(bytes)]),
        )}
        ${pairs(
          "timings-table",
          "Where the time went",
          ["stage", "time"],
          [
            ...summary.seconds.map(({ stage, seconds }) => [stage, formatDuration(1000 * seconds)] as const),
            ["all stages", formatDuration(1000 * totalSeconds)],
          ],
        )}
      </div>
      <h3>Settings</h3>
      ${definitions([
        ["pipeline", summary.pipeline],
        ["data set", `${dataset.name}: ${dataset.title}`],
        ["licence of the data", dataset.licence],
        ["data, SHA-256", html`<code>${dataset.sha256}</code>`],
        [
          "data span",
          `${spanText({ fromMs: dataset.startMs, toMs: endMs })}: ${formatNumber(dataset.steps)} steps of ${formatDuration(dataset.stepMs)}`,
        ],
        ["trained on", spanText(span.train)],
        ["validated on", spanText(span.validation)],
        ["tested on", spanText(span.test)],
        [
          "horizon",
          `${formatNumber(summary.horizonSteps)} steps (${formatDuration(summary.horizonSteps * dataset.stepMs)})`,
        ],
        [
          "targets",
          summary.targets
            .map(({ channel, unit }) => (unit === "1" ? channel : `${channel} (${unit})`))
            .join(", "),
        ],
        ["seed", html`<code>${String(summary.seed)}</code>`],
        ...summary.settings.map(({ name, value }) => [name, value] as const),
        ["engine", summary.engine],
        ["machine", summary.machine],
      ])}`,
  );
};
