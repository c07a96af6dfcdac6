/** Reads a rule file and binds it to the panel of a run; all its problems at once. */
import { Effect, Schema } from "effect";
import {
  bindSpec,
  type BoundRule,
  type Problem,
  type Site,
  type Spec,
  unrollRule,
  type UnrolledRule,
} from "../stl/index.ts";
import { problemText, readSpecFile } from "./check/SpecFile.ts";

/** The rule file cannot be read. */
export class RulesUnreadable extends Schema.TaggedError<RulesUnreadable>()("RulesUnreadable", {
  path: Schema.String,
  reason: Schema.String,
}) {
  override get message(): string {
    return `${this.reason}. The key \`rules\` of the pipeline names it, relative to the pipeline file`;
  }
}

/** The rule file has errors; `text` shows each with its place and remedy. */
export class RulesFaulty extends Schema.TaggedError<RulesFaulty>()("RulesFaulty", {
  path: Schema.String,
  text: Schema.String,
}) {
  override get message(): string {
    return this.text;
  }
}

export interface LoadedRules {
  readonly path: string;
  /** The rule file's own text. */
  readonly text: string;
  /** The texts of the rule file and of all it imports. */
  readonly texts: readonly string[];
  readonly rules: readonly RunRule[];
  readonly spec: Spec;
  /** Warnings, formatted for people; empty where there are none. */
  readonly warnings: string;
}

export interface RunRule {
  readonly bound: BoundRule;
  readonly unrolled: UnrolledRule;
}

/**
 * Loads the rules of a run.
 *
 * @param forecastChannels how many of the site's channels, from the first, are forecast: a rule may read the
 *   others up to the origin only
 */
export const loadRules = Effect.fn("loadRules")(function* (
  file: string,
  site: Site,
  forecastChannels: number,
) {
  const {
    text,
    problems: syntaxProblems,
    spec,
  } = yield* Effect.try({
    try: () => readSpecFile(file),
    catch: (cause) => new RulesUnreadable({ path: file, reason: (cause as Error).message }),
  });
  const faults = (problems: readonly Problem[]) => problems.filter((problem) => problem.severity === "error");
  const faulty = (problems: readonly Problem[]) =>
    new RulesFaulty({ path: file, text: problemText(spec, problems) });
  if (faults(syntaxProblems).length > 0) return yield* faulty(syntaxProblems);

  const { problems, rules } = bindSpec(spec, site);
  const unrolled = rules.map((bound) => unrollOrProblem(bound));
  const all = [
    ...syntaxProblems,
    ...problems,
    ...unrolled.flatMap((result) => (result.problem === undefined ? [] : [result.problem])),
    ...unrolled.flatMap(({ bound, unrolled: rule }) =>
      rule === undefined ? [] : unforecastChannels(bound, rule, site, forecastChannels),
    ),
  ];
  if (faults(all).length > 0) return yield* faulty(all);
  return {
    path: file,
    text,
    texts: Object.values(spec.texts),
    spec,
    rules: unrolled.map(({ bound, unrolled: rule }) => ({ bound, unrolled: rule! })),
    warnings: problemText(spec, all),
  } satisfies LoadedRules;
});

const unrollOrProblem = (
  bound: BoundRule,
): { readonly bound: BoundRule; readonly unrolled?: UnrolledRule; readonly problem?: Problem } => {
  try {
    return { bound, unrolled: unrollRule(bound) };
  } catch (cause) {
    return {
      bound,
      problem: {
        ...bound.position,
        severity: "error",
        code: "not-affine",
        message: (cause as Error).message,
        remedy: "state the rule with sums, differences and multiples of readings, which a device can enforce",
      },
    };
  }
};

const unforecastChannels = (
  bound: BoundRule,
  rule: UnrolledRule,
  site: Site,
  forecastChannels: number,
): Problem[] => {
  const channels = new Set<number>();
  rule.step.forEach((step, term) => {
    if (step > 0 && rule.channel[term]! >= forecastChannels) channels.add(rule.channel[term]!);
  });
  return Array.from(channels, (channel) => ({
    ...bound.position,
    severity: "error" as const,
    code: "not-forecast",
    message: `rule ${bound.name} reads ${site.channels[channel]!.name} past the origin, but the pipeline does not forecast it`,
    remedy: `add ${site.channels[channel]!.name} to forecast.targets, or judge it with past operators only`,
  }));
};
