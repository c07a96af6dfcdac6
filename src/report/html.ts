import { escapeHtml } from "./escapeHtml.ts";

/** Text that is HTML already and goes into a page as it stands. */
export interface Markup {
  readonly markup: string;
}

/**
 * What a template takes. Numbers are left out on purpose: each figure has to pass through a function that
 * gives it digits, and words where there is nothing to show.
 */
export type Content = string | Markup | readonly Content[];

/** Declares that `text` is HTML. Only for text made here, never for text from data. */
export const trusted = (text: string): Markup => ({ markup: text });

/** Nothing, where a template has an optional part. */
export const nothing: Markup = trusted("");

const render = (content: Content): string => {
  if (typeof content === "string") return escapeHtml(content);
  return "markup" in content ? content.markup : content.map(render).join("");
};

/**
 * Tag for template literals: strings are escaped, markup goes in as it is, arrays are joined.
 *
 * @example
 * html`<p>${"a < b"}</p>`.markup; // => "<p>a &lt; b</p>"
 */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Markup =>
  trusted(parts.reduce((page, part, k) => page + render(contents[k - 1] ?? nothing) + part));
