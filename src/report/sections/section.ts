import { html, type Content, type Markup } from "../html.ts";

/** A section of the page with its heading; `id` is what the table of contents points at. */
export const section = (id: string, title: string, content: Content): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;

/** A table with its caption in a box of its own, which scrolls where the screen is narrower than the table. */
export const scrollingTable = (id: string, caption: Content, rows: Content): Markup =>
  html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
    <table>
      <caption id="${id}">
        <span>${caption}</span>
      </caption>
      ${rows}
    </table>
  </div>`;
