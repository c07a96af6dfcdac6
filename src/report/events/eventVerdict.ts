import { formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, type Content, type Markup } from "../html.ts";
import { section } from "../sections/section.ts";
import type { EventSummary } from "./EventSummary.ts";
import { isOwnModel } from "./ownModel.ts";

/** The last of some scores, which is that of the model that forecasts, and the best of the baselines. */
const bestBaseline = <Score extends { readonly model: string }>(
  scores: readonly Score[],
  errorOf: (score: Score) => number,
): { readonly own: Score; readonly best: Score } | undefined => {
  const own = scores.at(-1);
  const others = scores.filter(({ model }) => !isOwnModel(model));
  if (own === undefined || others.length === 0) return undefined;
  return { own, best: others.reduce((least, each) => (errorOf(each) < errorOf(least) ? each : least)) };
};

const card = (better: boolean, title: string, headline: string, detail: Content): Markup =>
  html`<div class="card ${better ? "good" : "bad"}">
    <h3>${title}</h3>
    <p class="headline"><span class="mark" aria-hidden="true">${better ? "✓" : "✗"}</span> ${headline}</p>
    <p>${detail}</p>
  </div>`;

const headlineOf = (better: boolean, model: string): string =>
  better ? `Better than ${model}` : `No better than ${model}`;

/** Whether the model is worth anything beside the best that counting gives, in three cards. */
export const eventVerdict = ({ horizon, when, which }: EventSummary): Markup => {
  const cards: Markup[] = [];
  const token = bestBaseline(which, ({ nats }) => nats);
  if (token !== undefined) {
    const better = token.own.nats < token.best.nats;
    cards.push(
      card(
        better,
        "Which comes next",
        headlineOf(better, token.best.model),
        `Perplexity ${formatNumber(token.own.perplexity, 1)} against ${formatNumber(token.best.perplexity, 1)}; the true one is among the five likeliest in ${formatShare(token.own.top5)} of the cases, with ${token.best.model} in ${formatShare(token.best.top5)}.`,
      ),
    );
  }
  const gap = bestBaseline(when, ({ nats }) => nats);
  if (gap !== undefined) {
    const better = gap.own.nats < gap.best.nats;
    cards.push(
      card(
        better,
        "When it comes",
        headlineOf(better, gap.best.model),
        `${formatNumber(gap.own.nats, 3)} nats against ${formatNumber(gap.best.nats, 3)}; half of the instants within ${formatNumber(gap.own.medianAbsoluteError, 1)} min of the median (${formatNumber(gap.best.medianAbsoluteError, 1)} min); the 80 % interval holds ${formatShare(gap.own.coverage80)}.`,
      ),
    );
  }
  const chance = bestBaseline(horizon.scores, ({ brier }) => brier);
  if (chance !== undefined) {
    const better = chance.own.brier < chance.best.brier;
    cards.push(
      card(
        better,
        "Chance within the horizon",
        headlineOf(better, `the ${chance.best.model}`),
        `Brier score ${formatNumber(chance.own.brier, 4)} against ${formatNumber(chance.best.brier, 4)}, where ${formatShare(horizon.happened)} of the cases had an event.`,
      ),
    );
  }
  return section("verdict", "Verdict", html`<div class="cards">${cards}</div>`);
};
