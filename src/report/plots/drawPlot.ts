import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, trusted, type Markup } from "../html.ts";

/** Natural width of a plot, px: three stand side by side on a desk screen, one fits a telephone. */
export const PLOT_WIDTH = 380;

/**
 * Draws a plot to one inline SVG that scales with its column.
 *
 * The root element is written here rather than by linkedom, which leaves `&` and `<` in attributes as they
 * are; marks must therefore not put text from data into attributes. Plot's own style element is dropped, as
 * the page's style sheet has its rules once.
 *
 * @param label what a screen reader says in place of the picture; none for decoration.
 */
export const drawPlot = (
  options: PlotOptions & { readonly width: number; readonly height: number },
  label?: string,
): Markup => {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const svg = plot({ ...options, document });
  svg.querySelector("style")?.remove();
  const content = trusted(String(svg.innerHTML));
  const size = trusted(
    `viewBox="0 0 ${options.width} ${options.height}" width="${options.width}" height="${options.height}"`,
  );
  return label === undefined
    ? html`<svg xmlns="http://www.w3.org/2000/svg" class="sample" aria-hidden="true" ${size}>${content}</svg>`
    : html`<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" aria-label="${label}" ${size}>
        <title>${label}</title>
        ${content}
      </svg>`;
};
