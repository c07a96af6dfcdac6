import { pathToFileURL } from "node:url";
import type { RuleFinding } from "../../jobs/check/RulesJudge.ts";
import type { Place, Severity } from "../../stl/index.ts";
import type { SpecReport } from "./CheckReport.ts";
import { explainText } from "./explainText.ts";
import { instantText, type StepClock } from "./instantText.ts";

type Level = "error" | "warning" | "note";

const levelOf: Readonly<Record<Severity, Level>> = {
  critical: "error",
  major: "error",
  minor: "warning",
  info: "note",
};

interface Result {
  readonly ruleId: string;
  readonly level: Level;
  readonly kind?: "fail" | "open";
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
}

/**
 * What was found as a SARIF 2.1.0 log: a result for every problem of a text and for every rule that a trace breaks
 * or leaves open, at its place in the rule file.
 */
export const sarifReport = (reports: readonly SpecReport[], version: string): string => {
  const results = reports.flatMap(resultsOf);
  const described = new Map<string, string>();
  for (const { ruleId, message } of results) {
    const known = reports.flatMap(({ traces }) => traces.flatMap(({ rules }) => rules));
    const rule = known.find((finding) => finding.rule.name === ruleId)?.rule;
    if (!described.has(ruleId)) described.set(ruleId, rule?.because || rule?.text || message.text);
  }
  const ids = Array.from(described.keys());
  const refused = reports.flatMap((report) => report.refused);
  return JSON.stringify(
    {
      $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "stl-check",
              version,
              rules: ids.map((id) => ({ id, shortDescription: { text: described.get(id)! } })),
            },
          },
          columnKind: "utf16CodeUnits",
          invocations: [
            {
              executionSuccessful: refused.length === 0,
              toolExecutionNotifications: refused.map(({ message }) => ({
                level: "error",
                message: { text: message },
              })),
            },
          ],
          results: results.map((result) => ({ ...result, ruleIndex: ids.indexOf(result.ruleId) })),
        },
      ],
    },
    undefined,
    2,
  );
};

const resultsOf = (report: SpecReport): Result[] => [
  ...report.problems.map((problem) => ({
    ruleId: problem.code,
    level: problem.severity,
    message: { text: `${problem.message}. ${problem.remedy}` },
    locations: [locationOf(problem)],
  })),
  ...report.traces.flatMap((trace) =>
    trace.rules
      .filter(({ verdict }) => verdict !== "true")
      .map((finding) => ({
        ruleId: finding.rule.name,
        level:
          finding.verdict === "false"
            ? finding.rule.goal
              ? "note"
              : levelOf[finding.rule.severity]
            : "note",
        // By the standard, a result that is not a failure has the level none.
        ...(finding.verdict === "unknown" && { kind: "open" as const, level: "none" as Level }),
        message: { text: messageOf(finding, trace.path, trace) },
        locations: [locationOf(finding.rule.position)],
      })),
  ),
];

const messageOf = (finding: RuleFinding, path: string, clock: StepClock): string => {
  const { all, notJudged, rule, verdict } = finding;
  const because = rule.because === "" ? "" : ` (${rule.because})`;
  const reason = explainText(finding, clock).slice(1);
  const why = reason.length === 0 ? "" : `\n${reason.join("\n")}`;
  if (notJudged !== undefined) return `${rule.name} is not judged on ${path}: ${notJudged}.`;
  if (verdict === "unknown") return `${path} leaves ${rule.name} open${because}.${why}`;
  const margin = Number.isNaN(all.smallestMargin)
    ? ""
    : ` by ${Number((-all.smallestMargin).toPrecision(4))} ${rule.unit}`;
  return `${path} breaks ${rule.name}${margin} at ${instantText(all.worstStep, clock)}, at ${all.broken} instants in all${because}.${why}`;
};

const uriOf = (path: string): string =>
  path.startsWith("/") ? pathToFileURL(path).href : path.split("/").map(encodeURIComponent).join("/");

const locationOf = (place: Place): object => ({
  physicalLocation: {
    artifactLocation: { uri: uriOf(place.source) },
    region: {
      startLine: place.line,
      startColumn: place.column,
      endLine: place.endLine,
      endColumn: place.endColumn,
    },
  },
});
