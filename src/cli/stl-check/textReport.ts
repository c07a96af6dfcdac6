import { styleText } from "node:util";
import type { CheckedTrace } from "../../jobs/check/checkTrace.ts";
import { judgedInstants } from "../../jobs/check/judgedInstants.ts";
import type { RuleFinding } from "../../jobs/check/RulesJudge.ts";
import { formatDuration } from "../../stl/language/Duration.ts";
import type { RuleFacts } from "../../stl/index.ts";
import { formatProblems } from "../../stl/language/formatProblems.ts";
import type { Satisfiability } from "../../stl/satisfy/satisfySpec.ts";
import { alignedColumns, percent } from "../alignedColumns.ts";
import { isFaulty, type SpecReport } from "./CheckReport.ts";
import { explainText } from "./explainText.ts";
import { instantText, type StepClock } from "./instantText.ts";
import { witnessText } from "./witnessText.ts";

export interface TextOptions {
  readonly colour: boolean;
  readonly quiet: boolean;
  readonly facts: boolean;
  readonly explain: boolean;
}

const SENSORS_SHOWN = 3;

/** What was found, for people. Quiet leaves out what is in order. */
export const textReport = (reports: readonly SpecReport[], options: TextOptions): string =>
  reports
    .map((report) => specLines(report, options).join("\n"))
    .filter((text) => text !== "")
    .join("\n");

const specLines = (report: SpecReport, options: TextOptions): string[] => {
  const { path, problems, ruleCount, satisfiability, texts } = report;
  const faulty = isFaulty(report);
  const lines: string[] = [];
  if (problems.length > 0) lines.push(formatProblems(problems, texts));
  const rules = ruleCount === 0 ? "no rule" : ruleCount === 1 ? "1 rule" : `${ruleCount} rules`;
  const together = faulty || satisfiability === undefined ? "" : togetherText(ruleCount, satisfiability);
  if (!options.quiet) lines.push(`${path}: ${faulty ? "faulty" : `ok, ${rules}${together}`}`);
  if (options.explain && report.witness.length > 0) lines.push(...witnessText(report.witness, report.stepMs));
  if (options.facts && report.facts.length > 0) lines.push(...factLines(report));
  if (report.past !== undefined && report.past.rules.length > 0) {
    lines.push(...pastLines(report.past.rules));
    const clock = { ...report.past, clocked: true, timed: true };
    // The past is measured, not judged: what it leaves open needs no reason.
    const broken = report.past.rules.filter(({ verdict }) => verdict === "false");
    if (options.explain) lines.push(...explanations(broken, clock));
  }
  for (const trace of report.traces) lines.push(...traceLines(trace, options));
  return lines;
};

const togetherText = (ruleCount: number, satisfiability: Satisfiability): string => {
  if (satisfiability.verdict === "satisfiable")
    return ruleCount === 1 ? ", it can hold" : ", they can hold together";
  return satisfiability.verdict === "unknown"
    ? `; whether they can hold together is not known: ${satisfiability.reason}`
    : "";
};

const steps = (count: number, stepMs: number): string =>
  count === Infinity ? "without end" : formatDuration(count * stepMs);

const factLines = ({ facts, stepMs }: SpecReport): string[] =>
  alignedColumns([
    ["rule", "looks back", "looks ahead", "online memory", "withstands errors of"],
    ...facts.map(({ memory, rule, tolerance }: RuleFacts) => [
      rule.name,
      steps(rule.historySteps, stepMs),
      steps(rule.horizonSteps, stepMs),
      memory === undefined ? "without bound" : `${memory} numbers`,
      `${Number(tolerance.toPrecision(3))}${rule.unit === "1" ? "" : ` ${rule.unit}`}`,
    ]),
  ]);

const share = ({ broken, held }: { readonly held: number; readonly broken: number }): string =>
  percent(held / (held + broken));

const nameOf = ({ rule }: RuleFinding): string =>
  rule.goal ? `${rule.name} (goal)` : rule.severity === "info" ? `${rule.name} (info)` : rule.name;

const marginOf = ({ all, rule, verdict }: RuleFinding): string => {
  const margin = all.smallestMargin;
  // A rule that is broken by a clock alone is broken by no amount.
  if (Number.isNaN(margin) || (verdict === "false" && margin > 0)) return "-";
  return `${Number(margin.toPrecision(4))}${rule.unit === "1" ? "" : ` ${rule.unit}`}`;
};

const pastLines = (rules: readonly RuleFinding[]): string[] =>
  alignedColumns([
    ["rule", "one sensor", "all at once", "not judged", "smallest margin", "reaches"],
    ...rules.map((finding) => {
      const { all, each, rule } = finding;
      return [
        nameOf(finding),
        each.length === 0 ? "-" : share(judgedInstants(finding)),
        share(all),
        percent(all.unknown / (all.held + all.broken + all.unknown)),
        marginOf(finding),
        `${rule.horizonSteps} steps`,
      ];
    }),
  ]);

/** The sensors of the worst tuple; empty where the rule is not one for all sensors. */
const worstSensors = ({ each, verdict }: RuleFinding): readonly string[] => {
  let worst: (typeof each)[number] | undefined;
  for (const candidate of each) {
    const broken = candidate.tally.broken > 0;
    if ((verdict === "false" && !broken) || candidate.tally.worstStep < 0) continue;
    if (worst === undefined || candidate.tally.smallestMargin < worst.tally.smallestMargin) worst = candidate;
  }
  return worst?.sensors ?? [];
};

const verdictText = ({ all, endless, verdict }: RuleFinding, colour: boolean): string => {
  const paint = (style: "green" | "red" | "yellow", text: string): string =>
    colour ? styleText(style, text) : text;
  if (verdict === "true") return paint("green", "holds");
  if (verdict === "false") return paint("red", "BROKEN");
  return paint("yellow", endless && all.held > 0 ? "open so far" : "unknown");
};

const traceLines = (trace: CheckedTrace, options: TextOptions): string[] => {
  const { findings } = trace;
  const clock: StepClock & { readonly steps: number } = trace;
  const lines: string[] = [];
  if (!options.quiet) {
    lines.push("", `${trace.path} (${trace.format}), ${trace.layout}`);
    const span =
      trace.steps === 1
        ? instantText(0, clock)
        : `${instantText(0, clock)} to ${instantText(trace.steps - 1, clock)}${trace.clocked && trace.timed ? ` ${trace.zone}` : ""}`;
    const sensors = counted(trace.site.sensors.length, "sensor");
    lines.push(
      `  ${sensors}, ${counted(trace.steps, "step")} of ${formatDuration(trace.stepMs)}, ${span}`,
      ...trace.notes.map((note) => `  ${note}`),
    );
    if (trace.unread.length > 0) lines.push(`  columns not read: ${trace.unread.join(", ")}`);
    if (findings.missingCells > 0) {
      lines.push(
        `  ${findings.missingCells.toLocaleString("en-US")} of ${findings.cells.toLocaleString("en-US")} cells are missing (${percent(findings.missingCells / findings.cells)})`,
      );
    }
    if (findings.emptySteps > 0) {
      const { fromMs, steps: longest } = findings.longestGap;
      const from = instantText(Math.round((fromMs - trace.startMs) / trace.stepMs), clock);
      const gaps = findings.gaps === 1 ? "one gap" : `${findings.gaps} gaps`;
      lines.push(
        `  ${counted(findings.emptySteps, "step")} without a row, in ${gaps}, the longest of ${formatDuration(longest * trace.stepMs)} from ${from}`,
      );
    }
  }
  lines.push(...findings.describe().map((text) => `warning: ${text}`));
  if (trace.rules.length === 0) return lines;
  const shown = options.quiet ? trace.rules.filter(({ verdict }) => verdict !== "true") : trace.rules;
  if (shown.length > 0) lines.push(...ruleTable(shown, clock, options.colour));
  lines.push(...groupedRemarks(shown, trace));
  if (options.explain) lines.push(...explanations(trace.rules, clock));
  return lines;
};

const ruleTable = (rules: readonly RuleFinding[], clock: StepClock, colour: boolean): string[] =>
  alignedColumns([
    ["rule", "verdict", "margin", "when", "sensor", "one sensor", "all at once", "open"],
    ...rules.map((finding) => {
      const { all, each } = finding;
      const sensors = worstSensors(finding);
      return [
        nameOf(finding),
        verdictText(finding, false),
        marginOf(finding),
        all.worstStep < 0 ? "-" : instantText(all.worstStep, clock),
        sensors.length === 0 || sensors[0] === "" ? "-" : sensors.slice(0, SENSORS_SHOWN).join(" "),
        each.length === 0 ? "-" : share(judgedInstants(finding)),
        share(all),
        String(all.unknown),
      ];
    }),
  ]).map((line, k) => {
    const finding = k === 0 || !colour ? undefined : rules[k - 1];
    if (finding === undefined) return line;
    const plain = verdictText(finding, false);
    return line.replace(plain, verdictText(finding, true));
  });

const counted = (count: number, what: string): string =>
  `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;

const instants = (count: number): string => counted(count, "instant");

/** What the table does not say; what is true of several rules is said once. */
const groupedRemarks = (rules: readonly RuleFinding[], trace: CheckedTrace): string[] => {
  const names = new Map<string, string[]>();
  for (const finding of rules) {
    for (const text of remarks(finding, trace)) {
      names.set(text, [...(names.get(text) ?? []), finding.rule.name]);
    }
  }
  return Array.from(names, ([text, of]) => `  ${of.join(", ")}: ${text}`);
};

const remarks = (finding: RuleFinding, trace: CheckedTrace): string[] => {
  const { all, cut, endless, notJudged, trigger, verdict } = finding;
  const lines: string[] = [];
  const say = (text: string): void => {
    lines.push(text);
  };
  if (notJudged !== undefined) say(`not judged: ${notJudged}`);
  if (verdict === "false" && all.broken > 1) {
    say(
      `broken at ${instants(all.broken)}, first at ${instantText(all.firstBroken, trace)}, last at ${instantText(all.lastBroken, trace)}`,
    );
  }
  if (endless && verdict === "unknown" && all.held > 0) {
    say("not broken so far; it looks ahead without end, so no trace shows that it holds");
  }
  if (cut > 0) {
    say(
      `${instants(cut)} left open, ${cut === 1 ? "its window reaches" : "their windows reach"} beyond the trace`,
    );
  }
  const open = all.unknown - cut;
  if (open > 0 && notJudged === undefined) say(`${instants(open)} left open by missing readings`);
  if (trigger !== undefined && trigger.met === 0) {
    const known = trigger.unknown === 0 ? "" : `, as far as is known (${instants(trigger.unknown)} open)`;
    say(
      `never triggered: ${trigger.condition} is met at no instant${known}, so the trace says nothing of it`,
    );
  }
  return lines;
};

const explanations = (rules: readonly RuleFinding[], clock: StepClock): string[] =>
  rules
    .filter(({ reason, verdict }) => verdict !== "true" && reason !== undefined)
    .flatMap((finding) => ["", ...explainText(finding, clock)]);
