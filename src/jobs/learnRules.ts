/** Fits the learnable parameters of a rule file to recordings and writes the file back. */
import { Effect, FileSystem, Schema } from "effect";
import { readFileSync } from "node:fs";
import { random } from "../series/random.ts";
import { bindSpec, formatProblems, parseSpec, type Place, type Problem, type Spec } from "../stl/index.ts";
import { type DayCounts, inBlocks, judgedIn, rateOf } from "../stl/learn/DayCounts.ts";
import { fitFaultProblem } from "../stl/learn/fitFaultProblem.ts";
import {
  fitParameters,
  type GroupFit,
  groupsOf,
  type RuleTarget,
  termsOf,
} from "../stl/learn/fitParameters.ts";
import { learnTargets } from "../stl/learn/learnTargets.ts";
import type { ParameterDomain } from "../stl/learn/ParameterDomain.ts";
import { type ParameterInterval, parameterIntervals } from "../stl/learn/parameterIntervals.ts";
import { rewriteText } from "../stl/learn/rewriteText.ts";
import { suggestName } from "../stl/language/nearestName.ts";
import { siteOfPanel } from "./siteOfPanel.ts";
import { fileTrouble } from "../ingest/fileTrouble.ts";
import { loadSpan } from "./loadRunPanel.ts";
import { Progress } from "./Progress.ts";
import { rateInterval } from "./rateInterval.ts";
import { writeFileAtomically } from "./RunDirectory.ts";
import { type Holdout, splitDays } from "./splitDays.ts";

/** What was asked for cannot be learned: the file, a rate or the place to write to. */
export class LearningRefused extends Schema.TaggedError<LearningRefused>()("LearningRefused", {
  reason: Schema.String,
}) {
  override get message(): string {
    return this.reason;
  }
}

export interface LearningRequest {
  readonly spec: string;
  /** Name of a data set, or the path of a card. */
  readonly data: string;
  /** Local times; all of the data where left out. */
  readonly from?: string;
  readonly to?: string;
  /** Share of judged instants that a rule is to hold at, 0..1. */
  readonly rate: number;
  /** The same for single rules, by name. */
  readonly rates: ReadonlyMap<string, number>;
  /** The last days, as a share of all (0: none) or from a local date on, are kept from the fit. */
  readonly holdout: Holdout;
  /** Where the fitted rules go: over the files they came from, to another file, or nowhere. */
  readonly write: "nowhere" | "over" | { readonly file: string };
}

export interface LearnedParameter {
  readonly name: string;
  readonly source: string;
  readonly line: number;
  /** As the file says it, before and after. */
  readonly before: string;
  readonly after: string;
  readonly tighter: "smaller" | "larger";
  /** Ends of the confidence interval to four digits; undefined where no value of the range reaches so far. */
  readonly lower: string | undefined;
  readonly upper: string | undefined;
}

/** How often a rule held with the fitted values: pairs of an instant and its sensors. */
export interface RuleShare {
  /** NaN where nothing was judged. */
  readonly rate: number;
  readonly judged: number;
  /** Instants at which the rule asked for something and is left open by gaps or by the ends of the recording. */
  readonly unknown: number;
  /** Instants at which it is left open whether the rule asked for anything. */
  readonly doubtful: number;
}

export interface LearnedRule {
  readonly name: string;
  readonly wanted: number;
  readonly training: RuleShare;
  /** Undefined where no day was held out. */
  readonly heldOut: (RuleShare & { readonly lower: number; readonly upper: number }) | undefined;
  /** Days that are taken to depend on each other. */
  readonly blockDays: number;
}

export interface LearnedSpec {
  readonly path: string;
  readonly problems: readonly Problem[];
  /** The problems for people; empty where there are none. */
  readonly text: string;
  /** An error is among the problems: what could be fitted is told, and nothing is written. */
  readonly faulty: boolean;
  /** Local dates: the fit's first, and the first after each span. */
  readonly span: { readonly from: string; readonly heldOutFrom: string; readonly to: string };
  readonly parameters: readonly LearnedParameter[];
  readonly rules: readonly LearnedRule[];
  readonly written: readonly string[];
}

const CONFIDENCE = 0.95;
const RESAMPLES = 2000;
const SEED = 1;
const DAY_MS = 86_400_000;

/**
 * Learns the parameters of one rule file. The rate of a rule is the share, among the pairs of instant and
 * sensors that can be judged, of those at which it holds; of an implication only pairs count whose antecedent
 * holds. Days are local days of the city. Intervals are of 95 %.
 */
export const learnRules = Effect.fn("learnRules")(function* (request: LearningRequest) {
  const progress = yield* Progress;
  const spec = yield* readSpec(request.spec);
  yield* refuseRates(request, spec.spec);
  progress.stage(`reading ${request.data}`);
  const { panel } = yield* loadSpan(request.data, request.from, request.to);
  progress.end();
  const site = siteOfPanel(panel);
  const bound = bindSpec(spec.spec, site);
  const problems = [...spec.problems, ...bound.problems];
  const days = yield* splitDays(panel, request.holdout);
  const empty = { path: request.spec, span: days.span, parameters: [], rules: [], written: [] };
  const toTell = (all: readonly Problem[]) => ({
    problems: all,
    text: all.length === 0 ? "" : formatProblems(all, spec.spec.texts),
    faulty: all.some((problem) => problem.severity === "error"),
  });
  if (toTell(problems).faulty) return { ...empty, ...toTell(problems) } satisfies LearnedSpec;

  const wanted = (rule: string): number => request.rates.get(rule) ?? request.rate;
  const targets = learnTargets(spec.spec, site, days.training, wanted);
  problems.push(...targets.problems);
  if (toTell(problems).faulty) return { ...empty, ...toTell(problems) } satisfies LearnedSpec;
  if (targets.parameters.length === 0) return yield* nothingToLearn(request.spec);
  yield* refuseOutput(
    request,
    targets.parameters.map((parameter) => parameter.written.source),
  );

  const groups = groupsOf(targets.parameters, targets.rules);
  const heldOut =
    days.heldOut === undefined ? undefined : learnTargets(spec.spec, site, days.heldOut, wanted);
  const parameters: LearnedParameter[] = [];
  const rules: LearnedRule[] = [];
  const edits: { readonly place: Place; readonly text: string }[] = [];
  for (const group of groups) {
    progress.stage(`fitting ${group.parameters.map(({ name }) => name).join(", ")}`);
    // Lets a signal of the keyboard through between two fits.
    yield* Effect.yieldNow;
    const fit = fitParameters(group.parameters, group.rules);
    problems.push(...fit.faults.map((fault) => fitFaultProblem(fault, fit)));
    if (fit.faults.length > 0) continue;
    const uniform = random(SEED);
    const intervals = parameterIntervals(fit, {
      uniform: () => uniform.uniform(),
      resamples: RESAMPLES,
      confidence: CONFIDENCE,
      blockDays: (_rule, spanSteps) => blockDaysOf(spanSteps, panel.stepMs),
    });
    for (const parameter of fit.parameters) {
      const after = parameter.text(fit.values.get(parameter.name)!);
      edits.push({ place: parameter.written, text: after });
      parameters.push({
        name: parameter.name,
        source: parameter.written.source,
        line: parameter.written.line,
        before: parameter.present,
        after,
        ...endsOf(parameter, intervals.get(parameter.name)!),
      });
    }
    for (const rule of fit.rules) {
      const held = heldOut?.rules.find(({ name }) => name === rule.name);
      rules.push(describeRule(rule, held, fit, panel.stepMs));
    }
  }
  progress.end();
  const told = toTell(problems);
  const written = told.faulty ? [] : yield* writeFitted(request, spec.spec, edits);
  return { path: request.spec, span: days.span, parameters, rules, written, ...told } satisfies LearnedSpec;
});

const readSpec = Effect.fn("readSpec")(function* (file: string) {
  const files = yield* FileSystem.FileSystem;
  const text = yield* files
    .readFileString(file)
    .pipe(
      Effect.mapError(
        (cause) =>
          new LearningRefused({ reason: `${file}: the rule file cannot be read (${fileTrouble(cause)})` }),
      ),
    );
  // The paths of imports are relative to what the path of the file is relative to.
  return parseSpec(text, { source: file, read: (path) => readFileSync(path, "utf8") });
});

const refused = (reason: string) => Effect.fail(new LearningRefused({ reason }));

const nothingToLearn = (path: string) =>
  refused(
    `${path} has no learnable parameter. Declare one and use it in a rule: param ramp : real in ug/m3 = 60 range [10, 300] learnable;`,
  );

const refuseRates = ({ rates, spec: path }: LearningRequest, spec: Spec) => {
  const names = spec.rules.map((rule) => rule.name);
  const unknown = [...rates.keys()].filter((name) => !names.includes(name));
  if (unknown.length === 0) return Effect.void;
  const each = unknown.map((name) => {
    const parameter = spec.parameters.some((candidate) => candidate.name === name);
    const what = parameter ? "is a parameter; rates are of rules" : "is no rule";
    return `${name} ${what}. ${suggestName(name, names, `Rules of ${path}: ${names.join(", ")}.`)}`;
  });
  return refused(`--rate: ${each.join(" ")}`);
};

const refuseOutput = ({ spec, write }: LearningRequest, sources: readonly string[]) => {
  if (typeof write === "string") return Effect.void;
  const elsewhere = Array.from(new Set(sources.filter((source) => source !== spec)));
  if (elsewhere.length === 0) return Effect.void;
  return refused(
    `parameters to learn stand in ${elsewhere.join(", ")}, which ${write.file} cannot hold. Write them back to where they stand with --write`,
  );
};

const ROUGH_DIGITS = 4;

const endsOf = (
  parameter: ParameterDomain,
  { loose, tight }: ParameterInterval,
): Pick<LearnedParameter, "tighter" | "lower" | "upper"> => {
  const end = (value: number | undefined): string | undefined =>
    value === undefined
      ? undefined
      : parameter.text(parameter.whole ? value : Number(value.toPrecision(ROUGH_DIGITS)));
  return parameter.direction === 1
    ? { tighter: "smaller", lower: end(tight), upper: end(loose) }
    : { tighter: "larger", lower: end(loose), upper: end(tight) };
};

/** As many days as the windows of a rule span, and the day of the instant itself. */
const blockDaysOf = (spanSteps: number, stepMs: number): number =>
  1 + Math.ceil((spanSteps * stepMs) / DAY_MS);

const shareOf = (counts: DayCounts): RuleShare => ({
  rate: rateOf(counts),
  judged: judgedIn(counts),
  unknown: counts.unknown,
  doubtful: counts.doubtful,
});

const describeRule = (
  rule: RuleTarget,
  heldOut: RuleTarget | undefined,
  fit: GroupFit,
  stepMs: number,
): LearnedRule => {
  const terms = termsOf(fit.parameters, fit.values);
  const blockDays = blockDaysOf(rule.judge.span(terms), stepMs);
  const counts = heldOut?.judge.judge(terms);
  return {
    name: rule.name,
    wanted: rule.rate,
    training: shareOf(rule.judge.judge(terms)!),
    heldOut: counts && { ...shareOf(counts), ...rateInterval(inBlocks(counts, blockDays)) },
    blockDays,
  };
};

/** Writes the files that the fitted parameters stand in, only the values changed; gives their paths. */
const writeFitted = Effect.fn("writeFitted")(function* (
  { write }: LearningRequest,
  spec: Spec,
  edits: readonly { readonly place: Place; readonly text: string }[],
) {
  if (write === "nowhere") return [];
  const written: string[] = [];
  for (const source of new Set(edits.map(({ place }) => place.source))) {
    const text = rewriteText(
      spec.texts[source]!,
      edits.filter(({ place }) => place.source === source),
    );
    const file = write === "over" ? source : write.file;
    yield* writeFileAtomically(file, text).pipe(
      Effect.catch(({ reason }) =>
        refused(`${file}: cannot be written (${reason}). Nothing in it was changed`),
      ),
    );
    written.push(file);
  }
  return written;
});
