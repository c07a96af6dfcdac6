import type { BoundRule } from "../../stl/index.ts";
import { heldShare, judgeForecasts, type RuleTally } from "../../train/judgeForecasts.ts";
import { detectShift } from "./detectShift.ts";
import { type Finding, percentText } from "./Finding.ts";
import { entriesOfDay, stepsFromReference, referenceValues, type TestTerms } from "./judgeErrors.ts";
import { scatteredBins } from "./originBins.ts";
import { scaledMargins, smallestMargin } from "./ruleMargins.ts";
import type { WatchedForecasts } from "./watchedForecasts.ts";
import { brief, briefOrNull, type WatchReference } from "./WatchReference.ts";

/** How often a rule holds and by how much, null where it was not judged. */
export interface HeldFigures {
  readonly held: number | null;
  readonly expectedHeld: number | null;
  /** In the rule's unit. */
  readonly smallest: number | null;
  readonly expectedSmallest: number | null;
}

export interface RuleFigures {
  readonly rule: string;
  readonly issued: HeldFigures;
  readonly truth: HeldFigures;
}

/** Standard deviations of a count that pass. */
const DEVIATIONS = 3;

/** Rules of issued forecasts, and of what came, against the model card. */
export const judgeRules = (
  reference: WatchReference["forecasts"],
  rules: readonly BoundRule[],
  watched: WatchedForecasts,
  terms: TestTerms,
): { readonly findings: readonly Finding[]; readonly figures: readonly RuleFigures[] } => {
  const { origins, plan, planned } = watched;
  const width = plan.targets.length * plan.horizonSteps;
  const issued = judgeForecasts(planned, rules, origins, (index, sensor) => {
    const from = (index * planned.sensors + sensor) * width;
    return watched.median.subarray(from, from + width);
  });
  const came = new Float64Array(width);
  const truth = judgeForecasts(planned, rules, origins, (index, sensor) => {
    for (let output = 0; output < width; output++) {
      const step = origins[index]! + 1 + (output % plan.horizonSteps);
      const series = (Math.floor(output / plan.horizonSteps) * planned.sensors + sensor) * planned.steps;
      came[output] = step < planned.steps ? watched.truth[series + step]! : Number.NaN;
    }
    return came;
  });
  const findings: Finding[] = [];
  const blockLength = entriesOfDay(planned.plan.stepMs, reference.binSteps);
  const steps = stepsFromReference(watched, terms);
  const instantAt = (index: number): string =>
    new Date(watched.startMs + origins[index]! * planned.plan.stepMs).toISOString();
  const figures = rules.flatMap((rule, place): RuleFigures[] => {
    const usual = reference.rules.find(({ name }) => name === rule.name);
    if (usual === undefined) return [];
    const broken = watched.broken.flatMap((names, index) => (names.includes(rule.name) ? [index] : []));
    const usualShare = usual.held === null ? 0 : 1 - usual.held;
    const many = origins.length * usualShare;
    if (broken.length > many + DEVIATIONS * Math.sqrt(many * (1 - usualShare))) {
      const share = broken.length / origins.length;
      findings.push({
        subject: "rules",
        kind: "broken",
        verdict: "broken",
        where: rule.name,
        found: brief(share),
        expected: brief(usualShare),
        since: instantAt(broken[0]!),
        text: `${percentText(share)} of the issued forecasts break ${rule.name}; ${percentText(usualShare)} on the test span`,
        remedy: "do not act on these forecasts; look at the readings before them, and train anew",
        retrain: true,
      });
    }
    const test = (tally: RuleTally, before: readonly (number | null)[]) => {
      const bins = scatteredBins(steps, scaledMargins(tally, rule.scale), reference.binSteps);
      const answer = detectShift({
        reference: referenceValues(before),
        recent: bins.values,
        places: bins.places,
        blockLength,
        direction: -1,
        ...terms,
      });
      return { ...answer, sinceText: answer.shifted ? instantAt(bins.first[answer.since]!) : "" };
    };
    const sides = [
      {
        kind: "margin" as const,
        tally: issued[place]!,
        before: usual.margins,
        what: "of the issued forecasts",
      },
      { kind: "truth" as const, tally: truth[place]!, before: usual.truthMargins, what: "of what came" },
    ];
    for (const { before, kind, tally, what } of sides) {
      const fallen = test(tally, before);
      if (!fallen.shifted) continue;
      const inUnit = (margin: number): string =>
        `${brief(margin * rule.scale)}${rule.unit === "1" ? "" : ` ${rule.unit}`}`;
      findings.push({
        subject: "rules",
        kind,
        verdict: "drifting",
        where: rule.name,
        found: brief(fallen.found * rule.scale),
        expected: brief(fallen.expected * rule.scale),
        since: fallen.sinceText,
        text: `the margin of ${rule.name} ${what} is ${inUnit(fallen.found)} in the mean, smallest ${brief(smallestMargin(tally))}; ${inUnit(fallen.expected)} on the test span`,
        remedy:
          kind === "truth"
            ? "the city comes closer to breaking the rule: see whether the limit is in danger; train anew where inputs have changed too"
            : "see whether the inputs have changed; train anew",
        retrain: true,
      });
    }
    return [
      {
        rule: rule.name,
        issued: heldFigures(issued[place]!, usual.held, usual.smallest),
        truth: heldFigures(truth[place]!, usual.truthHeld, usual.truthSmallest),
      },
    ];
  });
  return { findings, figures };
};

const heldFigures = (
  tally: RuleTally,
  expectedHeld: number | null,
  expectedSmallest: number | null,
): HeldFigures => ({
  held: briefOrNull(heldShare(tally)),
  expectedHeld,
  smallest: briefOrNull(smallestMargin(tally)),
  expectedSmallest,
});
