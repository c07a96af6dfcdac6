import { html, type Markup } from "../html.ts";
import type { RunSummary } from "../RunSummary.ts";
import { forecastFigure, forecastLegend } from "./forecastFigure.ts";
import { section } from "./section.ts";

/** The windows where the model does worst, and why. */
export const worst = ({ band, worst: windows, dataset }: RunSummary): Markup =>
  section(
    "worst",
    "The worst windows, explained",
    windows.length === 0
      ? html`<p>This run kept no worst windows.</p>`
      : html`<p>
            The windows of the test span on which the ternary model without its shield breaks a rule most, or
            errs most.
          </p>
          ${forecastLegend({ band })}
          <div class="grid">
            ${windows.map((window, k) => forecastFigure(window, dataset.zone, `worst-${k + 1}`))}
          </div>`,
  );
