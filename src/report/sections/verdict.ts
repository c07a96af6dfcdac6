import { formatBytes } from "../format/formatBytes.ts";
import { formatChange } from "../format/formatChange.ts";
import { formatDuration } from "../format/formatDuration.ts";
import { decimalsFor, formatNumber } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, nothing, type Content, type Markup } from "../html.ts";
import {
  deployedModel,
  errorsOverLeads,
  modelsOf,
  naiveComparison,
  type TargetMetrics,
} from "../naiveComparison.ts";
import type { RuleSummary, RunSummary } from "../RunSummary.ts";

type Tone = "good" | "bad" | "plain";

const marks: Readonly<Record<Tone, string>> = { good: "✓", bad: "✗", plain: "•" };
/** Leads shown on a card; the table of errors has all. */
const MOST_LEADS = 4;

const card = (tone: Tone, title: string, headline: string, detail: Content): Markup =>
  html`<div class="card ${tone}">
    <h3>${title}</h3>
    <p class="headline"><span class="mark" aria-hidden="true">${marks[tone]}</span> ${headline}</p>
    ${detail}
  </div>`;

const proofCard = ({ proof }: RunSummary): Markup => {
  const kept =
    proof.windows > 0
      ? `Behind the shield ${formatNumber(proof.failures)} of ${formatNumber(proof.windows)} tested windows broke a rule; ` +
        `without it ${formatNumber(proof.unshieldedFailures)} did.`
      : "No window was tested.";
  return card(
    proof.passed ? "good" : "bad",
    "Proof of the artefact",
    proof.passed ? "The proof passed" : "The proof failed",
    html`<p>${kept}</p>`,
  );
};

const comparedWith = (change: string, model: string): string =>
  change === "equal" ? `equal to that of ${model}` : `${change} than that of ${model}`;

/** First and last lead and those spread evenly between. */
const pickLeads = (rows: TargetMetrics["rows"]): TargetMetrics["rows"] =>
  rows.length <= MOST_LEADS
    ? rows
    : Array.from(
        { length: MOST_LEADS },
        (_, k) => rows[Math.round((k * (rows.length - 1)) / (MOST_LEADS - 1))],
      ).filter((row) => row !== undefined);

const accuracyCard = (metric: TargetMetrics, metrics: readonly TargetMetrics[], stepMs: number): Markup => {
  const title = `Accuracy, ${metric.channel}`;
  const deployed = deployedModel(metrics);
  const overall = modelsOf([metric]).map((model) => errorsOverLeads(metric, model));
  const whole = naiveComparison(overall, deployed);
  if (whole === undefined)
    return card("plain", title, "Not judged", html`<p>No forecast could be compared.</p>`);
  const change = formatChange(whole.change);
  const maeOf = (model: string) => overall.find((each) => each.model === model)?.mae ?? Number.NaN;
  const against = (["ridge", "float"] as const)
    .filter((model) => Number.isFinite(maeOf(model)) && maeOf(model) > 0)
    .map((model) => comparedWith(formatChange(whole.deployedMae / maeOf(model) - 1), model));
  const figures = [whole.deployedMae, whole.naiveMae];
  const decimals = decimalsFor(figures);
  const unit = metric.unit === "1" ? "" : ` ${metric.unit}`;
  return card(
    change === "equal" ? "plain" : whole.change < 0 ? "good" : "bad",
    title,
    change === "equal"
      ? "MAE equal to the best naive forecast"
      : `MAE ${change} than the best naive forecast`,
    html`<p>
        Over all leads the deployed model (${deployed}) errs by
        ${formatNumber(whole.deployedMae, decimals)}${unit}, ${whole.naive} by
        ${formatNumber(whole.naiveMae, decimals)}${unit}.${against.length === 0 ? nothing : ` Its error is ${against.join(" and ")}.`}
      </p>
      <dl class="leads">
        ${pickLeads(metric.rows).map((row) => {
          const comparison = naiveComparison(row.models, deployed);
          return html`<div>
            <dt>${formatDuration(row.leadSteps * stepMs)}</dt>
            <dd>${formatChange(comparison?.change ?? Number.NaN)}</dd>
          </div>`;
        })}
      </dl>`,
  );
};

const rulesCard = (rules: readonly RuleSummary[]): Markup => {
  const judged = rules.filter((rule) => !rule.goal && Number.isFinite(rule.rates.shielded));
  const unjudged = rules.filter((rule) => !rule.goal).length - judged.length;
  const kept = judged.filter((rule) => rule.rates.shielded === 1);
  const goals = rules.filter((rule) => rule.goal);
  const least = judged.reduce<RuleSummary | undefined>(
    (low, rule) => (low === undefined || rule.rates.shielded < low.rates.shielded ? rule : low),
    undefined,
  );
  const bare = judged.filter((rule) => rule.rates.ternary === 1).length;
  const all = judged.length > 0 && kept.length === judged.length;
  return card(
    judged.length === 0 ? "plain" : all ? "good" : "bad",
    "Rules, shielded forecasts",
    judged.length === 0
      ? "No enforced rule was judged"
      : `${kept.length} of ${judged.length} enforced rules kept on every judged origin`,
    html`<p>
        ${
          least === undefined
            ? nothing
            : html`${least.rates.shielded < 1 ? `Least kept: ${least.name}, on ${formatShare(least.rates.shielded)} of origins. ` : nothing}Without
              the shield the ternary model keeps ${String(bare)} of ${String(judged.length)} on every origin.`
        }
        ${unjudged > 0 ? ` ${unjudged} enforced ${unjudged === 1 ? "rule" : "rules"} could not be judged.` : nothing}
      </p>
      ${goals.map(
        (goal) =>
          html`<p>
            Goal ${goal.name}: met on ${formatShare(goal.rates.shielded)} (what happened:
            ${formatShare(goal.rates.truth)}).
          </p>`,
      )}`,
  );
};

const sizeCard = ({ sizes }: RunSummary): Markup => {
  const artefact = sizes.find(({ part }) => /^artefact\b/iu.test(part));
  const bytes = artefact?.bytes ?? sizes.reduce((sum, part) => sum + part.bytes, 0);
  return card(
    "plain",
    "Size of the artefact",
    sizes.length === 0 ? "Not judged" : formatBytes(bytes),
    html`<p>
      ${artefact === undefined ? `All ${sizes.length} parts listed under Sizes together.` : "Model, tables, rules and golden vectors in one file."}
    </p>`,
  );
};

/** The run in plain words, for a reader with two minutes; what is worse stands where better would. */
export const verdict = (summary: RunSummary): Markup =>
  html`<section id="verdict" aria-labelledby="verdict-title">
    <h2 id="verdict-title">Verdict</h2>
    <div class="cards">
      ${proofCard(summary)} ${rulesCard(summary.rules)}
      ${summary.metrics.map((metric) => accuracyCard(metric, summary.metrics, summary.dataset.stepMs))}
      ${sizeCard(summary)}
    </div>
    <p class="note">
      Accuracy and rules are judged on the test span, which the model has not seen. MAE is the mean absolute
      error; by lead it is compared with whichever naive forecast (persistence or seasonal naive) is best at
      that lead.
    </p>
  </section>`;
