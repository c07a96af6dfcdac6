import { formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Markup } from "../html.ts";
import { trainingPlot } from "../plots/trainingPlot.ts";
import { section } from "../sections/section.ts";
import { modelStyle } from "../seriesStyle.ts";
import { modelTable } from "./eventScores.ts";
import type { EventSummary } from "./EventSummary.ts";

type Round = EventSummary["training"][number];

const domainOf = (values: readonly number[]): readonly [number, number] => {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = 0.05 * (high - low) || 1;
  return [low - room, high + room];
};

const plotsOf = (phase: Round["phase"], rounds: readonly Round[]): Markup => {
  const curve = (title: string, values: readonly number[], yLabel: string): Markup =>
    html`<figure>
      <h4>${title}</h4>
      ${trainingPlot({
        epochs: rounds.map(({ round }) => round),
        curves: [{ style: modelStyle[phase], values }],
        domain: domainOf(values),
        xLabel: "round",
        yLabel,
        spoken: `${title} over ${formatNumber(rounds.length)} rounds, ${formatNumber(values.at(-1) ?? Number.NaN, 2)} at the end.`,
      })}
    </figure>`;
  return html`<h3>${phase === "float" ? "Float phase" : "Ternary phase"}</h3>
    <div class="grid">
      ${curve(
        "Perplexity of which, validation",
        rounds.map(({ perplexity }) => perplexity),
        "perplexity",
      )}
      ${curve(
        "When, validation",
        rounds.map(({ whenNats }) => whenNats),
        "nats of the bin",
      )}
    </div>`;
};

const cellsOf = ({ moved, undone }: Round): string =>
  undone ? "undone" : moved === 0 ? "none moved" : `${formatShare(moved)} moved`;

/** How the losses went round by round, and what became of the shared table. */
export const eventTraining = ({ groups, training }: EventSummary): Markup => {
  const phases = (["float", "ternary"] as const)
    .map((phase) => [phase, training.filter((round) => round.phase === phase)] as const)
    .filter(([, rounds]) => rounds.length > 0);
  return section(
    "training",
    "Training",
    html`${phases.map(([phase, rounds]) => plotsOf(phase, rounds))}
    ${
      groups.length === 0
        ? nothing
        : modelTable(
            "rounds-table",
            "Rounds; before each but the first, tokens are placed anew in the shared table where that costs least",
            ["round", "phase", "perplexity", "nats of the bin", "tokens in the table"],
            training.map((round) => [
              formatNumber(round.round),
              round.phase,
              formatNumber(round.perplexity, 2),
              formatNumber(round.whenNats, 3),
              cellsOf(round),
            ]),
          )
    }`,
  );
};
