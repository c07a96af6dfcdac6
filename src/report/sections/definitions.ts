import { html, type Content, type Markup } from "../html.ts";

/** Names and what they stand for, in two columns where there is room. */
export const definitions = (entries: readonly (readonly [name: string, value: Content])[]): Markup =>
  html`<dl class="definitions">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
