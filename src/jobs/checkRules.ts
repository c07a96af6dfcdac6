/** Checks rule files: their text alone, or against recordings, with the share of the past that each rule holds on. */
import { Effect, FileSystem, Path } from "effect";
import { readFileSync } from "node:fs";
import { localClock } from "../series/LocalClock.ts";
import type { Panel } from "../series/Panel.ts";
import {
  bindSpec,
  type BoundRule,
  formatProblems,
  panelRobustness,
  parseSpec,
  type Problem,
  type Site,
} from "../stl/index.ts";
import { RulesUnreadable } from "./loadRules.ts";

/** What a rule did on a recording. */
export interface PastOfRule {
  readonly rule: BoundRule;
  /** Instants at which the rule held, was broken, and could not be judged. */
  readonly held: number;
  readonly broken: number;
  readonly unknown: number;
  /** Smallest robustness among the judged instants, in the rule's unit; NaN where none was judged. */
  readonly smallestMargin: number;
  /**
   * The same for each sensor on its own, where the rule is one for all sensors: pairs of sensor and instant. A rule
   * for twelve stations at once is rarely judged where one of them fails, a rule for one station is.
   */
  readonly eachSensor: { readonly held: number; readonly broken: number } | undefined;
}

export interface CheckedRules {
  readonly path: string;
  readonly problems: readonly Problem[];
  /** The problems for people: place, source line, remedy; empty where there are none. */
  readonly text: string;
  readonly faulty: boolean;
  readonly past: readonly PastOfRule[];
}

export const siteOf = (panel: Panel, forecastSteps?: number): Site => ({
  sensors: panel.sensors,
  channels: panel.channels,
  stepMs: panel.stepMs,
  zone: panel.zone,
  ...(panel.positions !== undefined && { positions: panel.positions }),
  ...(panel.tags !== undefined && { tags: panel.tags }),
  ...(forecastSteps !== undefined && { forecastSteps }),
});

/** Checks one rule file; with a panel it is bound to it and judged at each of its instants. */
export const checkRules = Effect.fn("checkRules")(function* (file: string, panel: Panel | undefined) {
  const files = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const text = yield* files
    .readFileString(file)
    .pipe(Effect.mapError((cause) => new RulesUnreadable({ path: file, reason: cause.message })));
  const read = (name: string): string => readFileSync(path.resolve(path.dirname(file), name), "utf8");
  const { problems: syntaxProblems, spec } = parseSpec(text, { source: file, read });
  const bound = panel === undefined ? undefined : bindSpec(spec, siteOf(panel));
  const problems = [...syntaxProblems, ...(bound?.problems ?? [])];
  const faulty = problems.some((problem) => problem.severity === "error");
  return {
    path: file,
    problems,
    text: problems.length === 0 ? "" : formatProblems(problems, spec.texts),
    faulty,
    past: faulty || bound === undefined || panel === undefined ? [] : judgePast(bound.rules, panel),
  } satisfies CheckedRules;
});

const judgePast = (rules: readonly BoundRule[], panel: Panel): PastOfRule[] => {
  const clock = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps);
  return rules.map((rule) => {
    const { lower, upper } = panelRobustness(rule, { values: panel.values, steps: panel.steps, clock });
    let [held, broken, unknown] = [0, 0, 0];
    let smallestMargin = Number.NaN;
    lower.forEach((low, step) => {
      const high = upper[step]!;
      if (low >= 0) held++;
      else if (high < 0) broken++;
      else {
        unknown++;
        return;
      }
      // Where a rule is broken, the upper bound says by how much at the least.
      const margin = low >= 0 ? low : high;
      if (Number.isFinite(margin) && !(margin >= smallestMargin)) smallestMargin = margin;
    });
    const eachSensor = perTuple(rule)?.reduce(
      (sum, single) => {
        const bounds = panelRobustness(single, { values: panel.values, steps: panel.steps, clock });
        bounds.lower.forEach((low, step) => {
          if (low >= 0) sum.held++;
          else if (bounds.upper[step]! < 0) sum.broken++;
        });
        return sum;
      },
      { held: 0, broken: 0 },
    );
    return { rule, held, broken, unknown, smallestMargin, eachSensor };
  });
};

/** A rule for all sensors as one rule a sensor; undefined where it is none. */
const perTuple = (rule: BoundRule): BoundRule[] | undefined => {
  const root = rule.plan.nodes.at(-1);
  if (root?.kind !== "allOver") return undefined;
  return root.over.rows.map((row) => ({
    ...rule,
    plan: {
      ...rule.plan,
      nodes: [
        ...rule.plan.nodes.slice(0, -1),
        { ...root, over: { node: root.over.node, offsets: [0, 1], rows: [row] } },
      ],
    },
  }));
};
