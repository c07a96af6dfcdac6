import { formatNumber, decimalsFor } from "../format/formatNumber.ts";
import { formatShare } from "../format/formatShare.ts";
import { html, type Markup } from "../html.ts";
import { legend, lineKey } from "../plots/legend.ts";
import { trainingPlot, type Curve } from "../plots/trainingPlot.ts";
import type { RunSummary } from "../RunSummary.ts";
import { modelStyle, truthStyle, type SeriesStyle } from "../seriesStyle.ts";
import { section } from "./section.ts";

type Epoch = RunSummary["training"][number];

const trainingStyle: SeriesStyle = {
  ...modelStyle.float,
  label: "training loss",
  strokeDasharray: "4 2.5",
  symbol: "square",
};
const validationStyle: SeriesStyle = {
  ...modelStyle["ternary, shielded"],
  label: "validation loss",
  strokeWidth: 2,
};
const ruleLossStyle: SeriesStyle = { ...modelStyle.ternary, label: "rule loss" };
const teacherStyle: SeriesStyle = { ...ruleLossStyle, label: "distance to the teacher" };
const satisfactionStyle: SeriesStyle = {
  ...truthStyle,
  label: "rules kept on the validation sample",
  symbol: "triangle",
};

const phaseNames: Readonly<Record<Epoch["phase"], string>> = {
  float: "Float phase",
  ternary: "Ternary phase",
};

/** From zero to a little above the largest value, so that both phases can be compared by eye. */
const sharedDomain = (values: readonly number[]): readonly [number, number] => {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(0, ...finite);
  const high = Math.max(0, ...finite);
  return high > low ? [low, high + 0.05 * (high - low)] : [0, 1];
};

const lowest = (epochs: readonly Epoch[]): string => {
  const judged = epochs.filter((each) => Number.isFinite(each.validationLoss));
  const best = judged.reduce<Epoch | undefined>(
    (least, each) => (least === undefined || each.validationLoss < least.validationLoss ? each : least),
    undefined,
  );
  return best === undefined
    ? "No validation loss was recorded."
    : `Lowest validation loss ${formatNumber(best.validationLoss, Math.max(3, decimalsFor([best.validationLoss])))} at epoch ` +
        `${formatNumber(best.epoch)}, where ${formatShare(best.ruleSatisfaction)} of the (origin, rule) pairs held.`;
};

const phaseCurves = (phase: Epoch["phase"], all: readonly Epoch[]): Markup => {
  const epochs = all.filter((each) => each.phase === phase);
  const name = phaseNames[phase];
  const valuesOf = (
    key: "trainingLoss" | "validationLoss" | "ruleLoss" | "ruleSatisfaction",
    from = epochs,
  ) => from.map((each) => each[key]);
  const picture = (
    title: string,
    curves: readonly Curve[],
    domain: readonly [number, number],
    yLabel: string,
  ) =>
    html`<figure>
      <h4>${title}</h4>
      ${trainingPlot({
        epochs: epochs.map((each) => each.epoch),
        curves,
        domain,
        yLabel,
        spoken: `${name}: ${title.toLowerCase()} over ${formatNumber(epochs.length)} epochs. ${lowest(epochs)}`,
      })}
    </figure>`;
  return html`<h3>${name}</h3>
    <p>${lowest(epochs)}</p>
    <div class="grid">
      ${picture(
        "Loss, training and validation",
        [
          { style: trainingStyle, values: valuesOf("trainingLoss") },
          { style: validationStyle, values: valuesOf("validationLoss") },
        ],
        sharedDomain([...valuesOf("trainingLoss", [...all]), ...valuesOf("validationLoss", [...all])]),
        "loss",
      )}
      ${
        hasRobustness(all)
          ? picture(
              "Rule loss",
              [{ style: ruleLossStyle, values: valuesOf("ruleLoss") }],
              sharedDomain(valuesOf("ruleLoss", [...all])),
              "rule loss",
            )
          : ""
      }
      ${
        hasTeacher(all)
          ? picture(
              "Distance to the teacher",
              [{ style: teacherStyle, values: teacherLosses(epochs) }],
              sharedDomain(teacherLosses(all)),
              "mean squared distance",
            )
          : ""
      }
      ${picture(
        "Rules kept, validation",
        [{ style: satisfactionStyle, values: valuesOf("ruleSatisfaction").map((share) => 100 * share) }],
        [0, 102],
        "% of (origin, rule) pairs",
      )}
    </div>`;
};

const hasTeacher = (epochs: readonly Epoch[]): boolean => epochs.some(({ teacher }) => teacher !== undefined);

/** Beside a teacher that stands alone there is no other rule loss; without any it is drawn at 0. */
const hasRobustness = (epochs: readonly Epoch[]): boolean =>
  !hasTeacher(epochs) || epochs.some(({ ruleLoss }) => ruleLoss > 0);

const teacherLosses = (epochs: readonly Epoch[]): number[] =>
  epochs.map(({ teacher }) => teacher?.loss ?? Number.NaN);

/** How loss and rule satisfaction went over the epochs of each phase. */
export const training = ({ training: epochs }: RunSummary): Markup => {
  const phases = (["float", "ternary"] as const).filter((phase) =>
    epochs.some((each) => each.phase === phase),
  );
  return section(
    "training",
    "Training",
    phases.length === 0
      ? html`<p>No model was trained in this run.</p>`
      : html`<p>The two phases share their value axes.</p>
          ${legend(
            [
              trainingStyle,
              validationStyle,
              ...(hasRobustness(epochs) ? [ruleLossStyle] : []),
              ...(hasTeacher(epochs) ? [teacherStyle] : []),
              satisfactionStyle,
            ].map((style) => lineKey(style, { points: true })),
          )}
          ${phases.map((phase) => phaseCurves(phase, epochs))}`,
  );
};
