/** The part of a DOM element that the tests read; linkedom's own types need the browser library. */
export interface PageElement {
  readonly id: string;
  readonly className: string;
  readonly textContent: string | null;
  readonly parentElement: PageElement | null;
  readonly children: Iterable<PageElement>;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): unknown;
}

/** All elements below `root` that match. */
export const elements = (root: Pick<PageElement, "querySelectorAll">, selector: string): PageElement[] =>
  Array.from(root.querySelectorAll(selector) as Iterable<PageElement>);

/** Text content with white space collapsed, as a reader sees it. */
export const textOf = (element: Pick<PageElement, "textContent"> | undefined): string =>
  (element?.textContent ?? "").replaceAll(/\s+/gu, " ").trim();
