import { formatDuration } from "../format/formatDuration.ts";
import { formatNumber, formatSetting, NO_BREAK } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Content, type Markup } from "../html.ts";
import type { AlarmReader, AlarmSummary, RunSummary } from "../RunSummary.ts";
import { scrollingTable, section } from "./section.ts";

const readers: readonly AlarmReader[] = ["quantile", "median", "persistence"];
const figures = ["hits", "misses", "false alarms", "recall", "precision", "cost"] as const;

const sources: Readonly<Record<AlarmSummary["source"], string>> = {
  learned: "It is learned by the model and conformalised.",
  conformal: "It lies at a fixed distance from the median, which the validation span gave.",
  median: "That is the median itself.",
};

const rowsOf = (row: AlarmSummary["rows"][number], stepMs: number): Content => {
  const least = Math.min(...row.readers.map((each) => each.cost));
  return readers.map((reader) => {
    const own = row.readers.find((each) => each.reader === reader);
    const shade = reader === "quantile" ? html` class="deployed"` : nothing;
    const cost = formatNumber(own?.cost ?? Number.NaN);
    return html`<tr>
      <th scope="row">${formatDuration(row.leadSteps * stepMs)}, ${reader}</th>
      <td>${formatNumber(row.judged)}</td>
      <td>${formatNumber(row.events)}</td>
      <td ${shade}>${formatNumber(own?.hits ?? Number.NaN)}</td>
      <td ${shade}>${formatNumber(own?.misses ?? Number.NaN)}</td>
      <td ${shade}>${formatNumber(own?.falseAlarms ?? Number.NaN)}</td>
      <td ${shade}>${formatShare(own?.recall ?? Number.NaN)}</td>
      <td ${shade}>${formatShare(own?.precision ?? Number.NaN)}</td>
      <td ${shade}>${own?.cost === least ? html`<strong>${cost}</strong>` : cost}</td>
    </tr>`;
  });
};

const alarmTable = (alarm: AlarmSummary, stepMs: number, id: string): Markup => {
  const unit = alarm.unit === "1" ? "" : `${NO_BREAK}${alarm.unit}`;
  const threshold = `${formatSetting(alarm.threshold)}${unit}`;
  return html`<h3>${alarm.name}</h3>
    <p>
      Raised for a sensor and an instant where the quantile ${formatSetting(alarm.level)} of ${alarm.channel}
      is ${alarm.side} ${threshold}. ${sources[alarm.source]} A missed event costs
      ${formatSetting(alarm.missCost)} false ${alarm.missCost === 1 ? "alarm" : "alarms"}, so an alarm pays
      from a probability of ${formatShare(1 / (1 + alarm.missCost))} on.
    </p>
    ${scrollingTable(
      id,
      html`Alarms of ${alarm.name} on the test span. Cost counts false alarms and
      ${formatSetting(alarm.missCost)} for each miss; the least of a lead is in bold.`,
      html`<thead>
          <tr>
            <th scope="col">lead, read from</th>
            <th scope="col">forecasts judged</th>
            <th scope="col">events</th>
            ${figures.map((figure) => html`<th scope="col">${figure}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${alarm.rows.map((row) => rowsOf(row, stepMs))}
        </tbody>`,
    )}`;
};

/** What each alarm would have done, beside alarms read from the median and the last reading; nothing without alarms. */
export const alarms = ({ alarms: all, dataset }: RunSummary): Markup =>
  all === undefined || all.length === 0
    ? nothing
    : section(
        "alarms",
        "Alarms",
        html`<p>
            <strong>Recall</strong> is the share of events that were warned of, <strong>precision</strong> the
            share of alarms that came true. The rows of the median and of persistence (the last reading) say
            what an alarm read from those would have done on the same forecasts.
          </p>
          ${all.map((alarm, k) => alarmTable(alarm, dataset.stepMs, `alarms-${k + 1}`))}`,
      );
