import { detectShift, meanOf } from "./detectShift.ts";
import { type Finding, percentText } from "./Finding.ts";
import { hourOf } from "./hourLevels.ts";
import { scatteredBins } from "./originBins.ts";
import { originScores, relativeErrors } from "./originScores.ts";
import type { WatchedForecasts } from "./watchedForecasts.ts";
import { brief, briefOrNull, type TargetReference, type WatchReference } from "./WatchReference.ts";

/** Errors of one target. */
export interface ErrorFigures {
  readonly channel: string;
  readonly unit: string;
  /** Forecasts that were judged. */
  readonly forecasts: number;
  /** Mean error, where 1 is that of the model card at the same hours of the day; null where nothing was observed. */
  readonly relative: number | null;
  readonly leads: readonly {
    readonly leadSteps: number;
    readonly expected: number | null;
    readonly found: number | null;
  }[];
  readonly coverage: { readonly expected: number | null; readonly found: number | null };
}

/** What a test of the forecasts is told beside the figures. */
export interface TestTerms {
  /** Chance of a false alarm of each test. */
  readonly alarmRate: number;
  readonly seed: number;
  /** Instant of the first origin of the reference. */
  readonly referenceFromMs: number;
}

/** Origins in steps from the first one of the reference. */
export const stepsFromReference = (
  { origins, planned, startMs }: Pick<WatchedForecasts, "origins" | "planned" | "startMs">,
  { referenceFromMs }: TestTerms,
): Int32Array => {
  const first = Math.round((startMs - referenceFromMs) / planned.plan.stepMs);
  return origins.map((origin) => first + origin);
};

/** Errors so many times those of the card are more than drift. */
const BROKEN_TIMES = 2;

export const referenceValues = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? Number.NaN);

/** Entries of a reference that a day makes; not always a whole number. */
export const entriesOfDay = (stepMs: number, binSteps: number): number =>
  Math.max(1, 86_400_000 / (stepMs * binSteps));

/** Errors and coverage of issued forecasts against those of the model card. */
export const judgeErrors = (
  reference: WatchReference["forecasts"],
  watched: WatchedForecasts,
  terms: TestTerms,
): { readonly findings: readonly Finding[]; readonly figures: readonly ErrorFigures[] } => {
  const findings: Finding[] = [];
  const { minuteOfDay } = watched.planned.readings.clock;
  const { stepMs } = watched.planned.plan;
  const blockLength = entriesOfDay(stepMs, reference.binSteps);
  const steps = stepsFromReference(watched, terms);
  const instantAt = (index: number): string =>
    new Date(watched.startMs + watched.origins[index]! * stepMs).toISOString();
  const figures = reference.targets.map((target, place): ErrorFigures => {
    const { coverage, errors, judged, mae } = originScores(watched, place);
    const relative = relativeErrors(errors, target.mae, watched.origins.length).map(
      (value, index) => value / target.byHour[hourOf(minuteOfDay, watched.origins[index]!)]!,
    );
    const test = (values: Float64Array, before: readonly (number | null)[], direction: 1 | -1) => {
      const bins = scatteredBins(steps, values, reference.binSteps);
      const answer = detectShift({
        reference: referenceValues(before),
        recent: bins.values,
        places: bins.places,
        blockLength,
        direction,
        ...terms,
      });
      return { ...answer, sinceText: answer.shifted ? instantAt(bins.first[answer.since]!) : "" };
    };
    const risen = test(relative, target.errors, 1);
    if (risen.shifted)
      findings.push(errorFinding(target, mae, risen.found / risen.expected, risen.sinceText));
    const fallen = target.coverage.length === 0 ? undefined : test(coverage, target.coverage, -1);
    if (fallen?.shifted === true) {
      findings.push({
        subject: "errors",
        kind: "coverage",
        verdict: "drifting",
        where: target.channel,
        found: brief(fallen.found),
        expected: brief(fallen.expected),
        since: fallen.sinceText,
        text: `the issued band of ${target.channel} holds ${percentText(fallen.found)} of the readings; ${percentText(fallen.expected)} on the test span`,
        remedy: "do not rely on the width of the band; train anew, which calibrates it",
        retrain: true,
      });
    }
    return {
      channel: target.channel,
      unit: target.unit,
      forecasts: judged,
      relative: briefOrNull(meanOf(relative)),
      leads: target.mae.map((expected, lead) => ({
        leadSteps: lead + 1,
        expected,
        found: briefOrNull(mae[lead]!),
      })),
      coverage: {
        expected: briefOrNull(meanOf(referenceValues(target.coverage))),
        found: briefOrNull(meanOf(coverage)),
      },
    };
  });
  return { findings, figures };
};

const errorFinding = (
  { channel, mae: usual, unit }: TargetReference,
  mae: Float64Array,
  times: number,
  since: string,
): Finding => {
  const expected = meanOf(referenceValues(usual));
  const found = meanOf(mae);
  const ratios = usual.map((value, lead) => (value === null || value === 0 ? 0 : mae[lead]! / value));
  const worst = ratios.reduce((best, ratio, lead) => (ratio > ratios[best]! ? lead : best), 0);
  return {
    subject: "errors",
    kind: "error",
    verdict: times >= BROKEN_TIMES ? "broken" : "drifting",
    where: channel,
    found: brief(found),
    expected: brief(expected),
    since,
    text: `forecasts of ${channel} err by ${brief(found)} ${unit} in the mean over the leads, ${brief(times)} times what the test span lets expect (${brief(expected)} ${unit} in its mean); most at lead ${worst + 1}: ${brief(mae[worst]!)} instead of ${brief(usual[worst] ?? Number.NaN)}`,
    remedy: "see whether the inputs have changed; train anew",
    retrain: true,
  };
};
