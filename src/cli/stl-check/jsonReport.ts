import type { CheckedTrace } from "../../jobs/check/checkTrace.ts";
import { judgedInstants } from "../../jobs/check/judgedInstants.ts";
import type { RuleFinding } from "../../jobs/check/RulesJudge.ts";
import { isFaulty, type SpecReport } from "./CheckReport.ts";
import { instantIso, type StepClock } from "./instantText.ts";

/** What was found, for programs: an array with one object a rule file. Infinite numbers are null. */
export const jsonReport = (reports: readonly SpecReport[]): string =>
  JSON.stringify(
    reports.map((report) => ({
      path: report.path,
      faulty: isFaulty(report),
      problems: report.problems,
      satisfiability: report.satisfiability && {
        ...report.satisfiability,
        ...(report.satisfiability.verdict === "satisfiable" && { witness: report.witness }),
      },
      facts: report.facts.map(({ delay, lipschitz, memory, rule, tolerance }) => ({
        rule: rule.name,
        historySteps: rule.historySteps,
        horizonSteps: rule.horizonSteps,
        delay,
        memory,
        lipschitz,
        tolerance,
        unit: rule.unit,
      })),
      ...(report.past !== undefined && {
        rules: report.past.rules.map((finding) =>
          ruleObject(finding, { ...report.past!, clocked: true, timed: true }),
        ),
      }),
      traces: report.traces.map(traceObject),
      notJudged: report.refused,
    })),
  );

const traceObject = (trace: CheckedTrace): object => ({
  path: trace.path,
  format: trace.format,
  layout: trace.layout,
  zone: trace.zone,
  start: instantIso(0, trace),
  stepMs: trace.stepMs,
  steps: trace.steps,
  sensors: trace.site.sensors,
  unreadColumns: trace.unread,
  notes: trace.notes,
  findings: trace.findings,
  rules: trace.rules.map((finding) => ruleObject(finding, trace)),
});

const ruleObject = (finding: RuleFinding, clock: StepClock): object => {
  const { all, cut, each, endless, notJudged, reason, rule, trigger, verdict } = finding;
  const place = (step: number): object | undefined =>
    step < 0 ? undefined : { step, instant: instantIso(step, clock) };
  return {
    name: rule.name,
    severity: rule.severity,
    goal: rule.goal,
    verdict,
    endless,
    held: all.held,
    broken: all.broken,
    unknown: all.unknown,
    cut,
    eachSensor: each.length === 0 ? undefined : judgedInstants(finding),
    smallestMargin: all.smallestMargin,
    unit: rule.unit,
    worst: place(all.worstStep),
    firstBroken: place(all.firstBroken),
    lastBroken: place(all.lastBroken),
    sensors: each.map(({ sensors, tally }) => ({
      sensors,
      held: tally.held,
      broken: tally.broken,
      unknown: tally.unknown,
      smallestMargin: tally.smallestMargin,
      worst: place(tally.worstStep),
    })),
    triggered: trigger,
    notJudged,
    explanation:
      reason === undefined
        ? undefined
        : {
            ...reason.explanation,
            step: reason.explanation.step + reason.origin,
            path: reason.explanation.path.map(({ lower, step, text, upper }) => ({
              text,
              step: step + reason.origin,
              lower,
              upper,
            })),
            readings: reason.explanation.readings.map((reading) => ({
              ...reading,
              step: reading.step + reason.origin,
            })),
          },
  };
};
