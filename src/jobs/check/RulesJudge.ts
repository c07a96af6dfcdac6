import { localClock } from "../../series/LocalClock.ts";
import type { BoundRule, PanelTrace, RuleDeclaration, Site } from "../../stl/index.ts";
import { type AntecedentRule, antecedentRules } from "./antecedentRules.ts";
import { type JudgedWindow, type Judgement, RuleJudge } from "./RuleJudge.ts";

/** How often the condition of a rule was met. */
export interface Trigger {
  /** The condition `p` of `p implies q`, printed. */
  readonly condition: string;
  /** Instants at which it was met for some sensor, and at which that is not known. */
  readonly met: number;
  readonly unknown: number;
}

/** What a trace says of a rule. */
export interface RuleFinding extends Judgement {
  /** Undefined where the rule is no implication. */
  readonly trigger: Trigger | undefined;
  /** Why the rule was not judged at all; undefined where it was. */
  readonly notJudged: string | undefined;
}

/** What judging some rules reads around every step, so that a trace can be cut into windows. */
export interface RulesReach {
  readonly historySteps: number;
  readonly horizonSteps: number;
  /** Rules that only the whole trace settles. */
  readonly endless: readonly string[];
  /** Channels whose last reading is held without limit. */
  readonly heldChannels: readonly number[];
}

export interface JudgeOptions {
  /** The rules as they were declared, and how declarations are bound. */
  readonly declarations: readonly RuleDeclaration[];
  readonly bind: (rules: readonly RuleDeclaration[]) => readonly BoundRule[];
  readonly site: Site;
  readonly rules: readonly BoundRule[];
  readonly startMs: number;
  readonly steps: number;
  /** Whether the instants have a time of day. */
  readonly clocked: boolean;
  readonly explain: boolean;
  /** What lies before the trace. */
  readonly before: "unknown" | "nothing";
}

/** Judges all rules of a spec, and the conditions of its implications, on windows of one trace. */
export class RulesJudge {
  readonly #options: JudgeOptions;
  readonly #judges: readonly RuleJudge[];
  readonly #conditions: readonly { readonly of: AntecedentRule; readonly judge: RuleJudge }[];
  readonly #readsClock: boolean;

  constructor(options: JudgeOptions) {
    const { before, bind, clocked, declarations, explain, rules, site, steps } = options;
    this.#options = options;
    const judged = rules.filter((rule) => clocked || !rule.readsClock);
    this.#judges = judged.map((rule) => new RuleJudge(rule, { site, steps, explain, before }));
    const names = new Set(judged.map(({ name }) => name));
    const antecedents = antecedentRules(declarations.filter(({ name }) => names.has(name)));
    const bound = bind(antecedents.map(({ declaration }) => declaration));
    this.#conditions = antecedents.flatMap((of) => {
      const rule = bound.find(({ name }) => name === of.of);
      return rule === undefined
        ? []
        : [{ of, judge: new RuleJudge(rule, { site, steps, explain: false, before }) }];
    });
    this.#readsClock = [...this.#all()].some(({ rule }) => rule.readsClock);
  }

  *#all(): Generator<RuleJudge> {
    yield* this.#judges;
    for (const { judge } of this.#conditions) yield judge;
  }

  reach(): RulesReach {
    let [historySteps, horizonSteps] = [0, 0];
    const endless = new Set<string>();
    const held = new Set<number>();
    for (const judge of this.#all()) {
      let { back } = judge.reach;
      for (const node of judge.rule.plan.nodes) {
        if (node.kind !== "signal") continue;
        if (node.holdSteps === null) held.add(node.channel);
      }
      const holds = judge.rule.plan.nodes.map((node) => (node.kind === "signal" ? (node.holdSteps ?? 0) : 0));
      back += Math.max(0, ...holds);
      if (back === Infinity || judge.reach.ahead === Infinity) endless.add(judge.rule.name);
      historySteps = Math.max(historySteps, back);
      horizonSteps = Math.max(horizonSteps, judge.reach.ahead);
    }
    // The step that carries a held reading must stay in the window.
    if (held.size > 0) historySteps = Math.max(1, historySteps);
    return { historySteps, horizonSteps, endless: Array.from(endless), heldChannels: Array.from(held) };
  }

  judge(window: Omit<JudgedWindow, "clock">): void {
    const { site, startMs } = this.#options;
    const clock: PanelTrace["clock"] = this.#readsClock
      ? localClock(site.zone, startMs + window.first * site.stepMs, site.stepMs, window.steps)
      : undefined;
    for (const judge of this.#all()) judge.judge({ ...window, clock });
  }

  /** One finding a rule, in their order. */
  findings(): RuleFinding[] {
    const { before, rules, site, steps } = this.#options;
    const conditions = this.#conditions.map(({ judge, of }) => ({ of, found: judge.judgement() }));
    return rules.map((rule) => {
      const judge = this.#judges.find((each) => each.rule === rule);
      const judgement = (judge ?? new RuleJudge(rule, { site, steps, explain: false, before })).judgement();
      const met = conditions.find(({ of }) => of.of === rule.name);
      return {
        ...judgement,
        trigger: met && {
          condition: met.of.condition,
          met: met.found.all.broken,
          unknown: met.found.all.unknown - met.found.cut,
        },
        notJudged: judge === undefined ? "it reads the clock, and the trace has no time of day" : undefined,
      };
    });
  }
}
