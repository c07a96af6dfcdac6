import { formatDuration } from "../format/formatDuration.ts";
import { formatInstant } from "../format/formatInstant.ts";
import { formatNumber } from "../format/formatNumber.ts";
import { html, type Markup } from "../html.ts";
import type { RunSummary } from "../RunSummary.ts";

/** What was run, on what and when. */
export const header = (summary: RunSummary): Markup => {
  const { dataset, instant, horizonSteps } = summary;
  const instantMs = Date.parse(instant);
  const local = Number.isFinite(instantMs)
    ? ` (${formatInstant(instantMs, dataset.zone)} in ${dataset.zone})`
    : "";
  return html`<header>
    <p class="kicker">Ordinance: forecasts that obey the rules</p>
    <h1>${dataset.title}</h1>
    <p>
      Pipeline <strong>${summary.pipeline}</strong>, run of
      <time datetime="${instant}">${instant}</time>${local}. Data set <strong>${dataset.name}</strong>:
      ${formatNumber(dataset.sensors)} sensors, zone ${dataset.zone}, one reading every
      ${formatDuration(dataset.stepMs)}. Forecasts of
      ${summary.targets.map((target) => target.channel).join(", ")} reach
      ${formatDuration(horizonSteps * dataset.stepMs)} ahead. All clock times on this page are local times of
      ${dataset.zone}.
    </p>
  </header>`;
};
