import { html, type Markup } from "../html.ts";
import type { RunSummary } from "../RunSummary.ts";
import { forecastFigure, forecastLegend } from "./forecastFigure.ts";
import { section } from "./section.ts";

/** Some typical forecasts against what happened. */
export const forecasts = ({ band, examples, dataset }: RunSummary): Markup =>
  section(
    "forecasts",
    "Forecasts against what happened",
    examples.length === 0
      ? html`<p>This run kept no forecasts to draw.</p>`
      : html`<p>
            Typical forecasts from the test span. Missing readings are gaps in the line. Where the ternary and
            the shielded line part, the shield has moved a forecast that would have broken a rule.
          </p>
          ${forecastLegend({ band })}
          <div class="grid">
            ${examples.map((example, k) => forecastFigure(example, dataset.zone, `example-${k + 1}`))}
          </div>`,
  );
