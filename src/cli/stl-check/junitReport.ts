import type { CheckedTrace } from "../../jobs/check/checkTrace.ts";
import type { RuleFinding } from "../../jobs/check/RulesJudge.ts";
import { formatProblems } from "../../stl/language/formatProblems.ts";
import { isBinding, isFaulty, type SpecReport } from "./CheckReport.ts";
import { explainText } from "./explainText.ts";
import { instantText } from "./instantText.ts";

interface Case {
  readonly name: string;
  readonly className: string;
  readonly outcome?: "failure" | "error" | "skipped";
  readonly message?: string;
  readonly detail?: string;
}

/** Characters that XML 1.0 does not allow are left out; the rest is escaped. */
const escape = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- these are what is to be left out
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");

const content = (text: string): string => escape(text).replaceAll("&#10;", "\n").replaceAll("&quot;", '"');

/**
 * What was found as JUnit XML: a suite for every rule file and one for every trace of it; a case for the text of
 * the file and one for every rule on a trace. A broken rule is a failure, an open one is skipped, a trace that
 * cannot be judged is an error.
 */
export const junitReport = (reports: readonly SpecReport[]): string => {
  const suites = reports.flatMap(suitesOf);
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="stl-check" ${countsOf(cases)} time="0">`,
    ...suites.flatMap(({ cases: own, name }) => [
      `  <testsuite name="${escape(name)}" ${countsOf(own)} skipped="${own.filter(({ outcome }) => outcome === "skipped").length}" time="0">`,
      ...own.flatMap(caseLines),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ].join("\n");
};

const countsOf = (cases: readonly Case[]): string => {
  const count = (wanted: Case["outcome"]): number => cases.filter(({ outcome }) => outcome === wanted).length;
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}"`;
};

const caseLines = ({ className, detail, message, name, outcome }: Case): string[] => {
  const open = `    <testcase name="${escape(name)}" classname="${escape(className)}" time="0"`;
  if (outcome === undefined) return [`${open}/>`];
  const said = `message="${escape(message ?? "")}"`;
  const inner =
    outcome === "skipped"
      ? `<skipped ${said}/>`
      : `<${outcome} ${said} type="${outcome === "failure" ? "broken" : "not judged"}">${content(detail ?? "")}</${outcome}>`;
  return [`${open}>`, `      ${inner}`, "    </testcase>"];
};

const suitesOf = (report: SpecReport): { readonly name: string; readonly cases: readonly Case[] }[] => {
  const { path, problems, refused, texts, traces } = report;
  const text: Case = isFaulty(report)
    ? {
        name: "text",
        className: path,
        outcome: "failure",
        message: problems.find(({ severity }) => severity === "error")?.message ?? "",
        detail: formatProblems(problems, texts),
      }
    : { name: "text", className: path };
  return [
    { name: path, cases: [text] },
    ...traces
      .filter(({ rules }) => rules.length > 0)
      .map((trace) => ({
        name: `${path} on ${trace.path}`,
        cases: trace.rules.map((finding) => ruleCase(path, finding, trace)),
      })),
    ...refused.map(({ message, path: trace }) => ({
      name: `${path} on ${trace}`,
      cases: [{ name: "trace", className: path, outcome: "error" as const, message, detail: message }],
    })),
  ];
};

const ruleCase = (className: string, finding: RuleFinding, trace: CheckedTrace): Case => {
  const { all, notJudged, rule, verdict } = finding;
  const base = { name: rule.name, className };
  if (verdict === "true") return base;
  if (verdict === "unknown") {
    return { ...base, outcome: "skipped", message: notJudged ?? "left open by this trace" };
  }
  const worst = instantText(all.worstStep, trace);
  const message = `broken at ${all.broken} instants, worst at ${worst}: margin ${Number(all.smallestMargin.toPrecision(4))} ${rule.unit}`;
  if (!isBinding(finding)) return { ...base, outcome: "skipped", message: `${message} (does not fail)` };
  return {
    ...base,
    outcome: "failure",
    message,
    detail: [rule.because, ...explainText(finding, trace)].filter((line) => line !== "").join("\n"),
  };
};
