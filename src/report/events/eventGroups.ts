import { formatNumber } from "../format/formatNumber.ts";
import { html, nothing, type Markup } from "../html.ts";
import { scrollingTable, section } from "../sections/section.ts";
import type { EventSummary } from "./EventSummary.ts";

/** Rows on the page, and members of each. */
const MOST_GROUPS = 20;
const MOST_MEMBERS = 12;

/** What shares a row of the table: nothing without a shared table. */
export const eventGroups = ({ groups, kinds }: EventSummary): Markup => {
  if (groups.length === 0) return nothing;
  const named = ({ events, kind, sensor }: (typeof groups)[number]["members"][number]): string =>
    `${sensor}${kinds.length > 1 ? ` ${kind}` : ""} (${formatNumber(events)})`;
  return section(
    "groups",
    "What happens together",
    html`<p>
        Rows of the shared table: tokens that the model predicts best by one vector. The numbers are events;
        tokens without one are left out.
      </p>
      ${scrollingTable(
        "groups-table",
        groups.length > MOST_GROUPS
          ? `The ${MOST_GROUPS} rows with the most events of ${formatNumber(groups.length)}`
          : "Rows of the shared table",
        html`<thead>
            <tr>
              <th scope="col">row</th>
              <th scope="col">events</th>
              <th scope="col" class="words">tokens</th>
            </tr>
          </thead>
          <tbody>
            ${groups.slice(0, MOST_GROUPS).map(
              ({ events, members }, row) =>
                html`<tr>
                  <th scope="row">${formatNumber(row + 1)}</th>
                  <td>${formatNumber(events)}</td>
                  <td class="words">
                    ${members.slice(0, MOST_MEMBERS).map(named).join(", ")}${members.length > MOST_MEMBERS ? ` and ${formatNumber(members.length - MOST_MEMBERS)} more` : ""}
                  </td>
                </tr>`,
            )}
          </tbody>`,
      )}`,
  );
};
