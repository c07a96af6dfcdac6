import type { BoundRule } from "./BoundRule.ts";
import { deadPartCheck } from "../checks/deadPartCheck.ts";
import { declaredRanges } from "../checks/declaredRanges.ts";
import { historyCheck } from "../checks/historyCheck.ts";
import { horizonCheck } from "../checks/horizonCheck.ts";
import { mixedOperatorsCheck } from "../checks/mixedOperatorsCheck.ts";
import { rangeCheck } from "../checks/rangeCheck.ts";
import { samplingCheck } from "../checks/samplingCheck.ts";
import type { Compilation } from "./Compilation.ts";
import { createCompilation } from "./compileTerm.ts";
import { type Problem } from "../language/Problem.ts";
import { printTerm } from "../language/printTerm.ts";
import { reachOf } from "../plan/reachOf.ts";
import type { Site } from "./Site.ts";
import type { RuleDeclaration, Spec } from "../language/Spec.ts";
import { convertUnit, plainNumber, type Unit, unitsAgree } from "../language/Unit.ts";

export interface BoundSpec {
  /** The rules without an error. */
  readonly rules: readonly BoundRule[];
  readonly problems: readonly Problem[];
}

const hundredth = 0.01;

/** The largest of the magnitudes that can be converted to the unit. */
const largestIn = (unit: Unit, magnitudes: Compilation["usage"]["thresholds"]): number =>
  magnitudes.reduce((largest, magnitude) => {
    const own = magnitude.unit ?? unit;
    return unitsAgree(own, unit)
      ? Math.max(largest, Math.abs(convertUnit(magnitude.value, own, unit)))
      : largest;
  }, 0);

const scaleOf = (compilation: Compilation, rule: RuleDeclaration, unit: Unit): number | undefined => {
  if (rule.scale !== undefined) {
    const scale = compilation.number(rule.scale, compilation.topScope);
    if (scale === undefined) return undefined;
    const { place } = rule.scale;
    if (scale.constant === undefined || !(scale.constant > 0)) {
      return compilation.report(
        place,
        "bad-scale",
        "the scale is no number above zero",
        "Write scale=5 km/h.",
      );
    }
    if (scale.unit === undefined) return scale.constant;
    if (!unitsAgree(scale.unit, unit)) {
      const message = `the scale is in ${scale.unit.text}, the rule measures ${unit.text}`;
      return compilation.report(place, "unit-mismatch", message, `Write the scale in ${unit.text}.`);
    }
    return convertUnit(scale.constant, scale.unit, unit);
  }
  const { rangeWidths, thresholds } = compilation.usage;
  const full = largestIn(unit, rangeWidths) || largestIn(unit, thresholds);
  return full > 0 ? hundredth * full : 1;
};

const bindRule = (
  rule: RuleDeclaration,
  spec: Spec,
  site: Site,
  problems: Problem[],
): BoundRule | undefined => {
  const own: Problem[] = [];
  const compilation = createCompilation({ spec, site, stepMs: site.stepMs }, own);
  const root = compilation.formula(rule.formula, compilation.topScope);
  const { usage } = compilation;
  const unit = usage.units[0] ?? plainNumber;
  const scale = scaleOf(compilation, rule, unit);
  const other = usage.units.find((each) => !unitsAgree(each, unit));
  if (other !== undefined) {
    const message = `${rule.name} measures ${unit.text} and ${other.text}: the larger numbers hide the smaller`;
    const remedy =
      "Divide each signal by a quantity of its unit, such as speed[s] / 1 km/h < 50, or write two rules.";
    compilation.report(rule.place, "mixed-units", message, remedy, "warning");
  }
  own.push(...mixedOperatorsCheck(rule.formula));
  let bound: BoundRule | undefined;
  if (root !== undefined && scale !== undefined) {
    const plan = compilation.builder.plan(root.node);
    const { first, last } = reachOf(plan);
    const top = plan.nodes.length - 1;
    bound = {
      name: rule.name,
      text: printTerm(rule.formula),
      because: rule.because ?? "",
      owner: rule.owner ?? "",
      severity: rule.severity,
      weight: rule.weight,
      tags: rule.tags,
      goal: rule.tags.includes("goal"),
      at: rule.at,
      scale,
      unit: unit.text,
      historySteps: Math.max(0, -(first[top] ?? 0)),
      horizonSteps: Math.max(0, last[top] ?? 0),
      channels: Array.from(usage.channels).sort((a, b) => a - b),
      sensorCount: site.sensors.length,
      channelCount: site.channels.length,
      readsClock: usage.readsClock,
      plan,
      places: compilation.builder.reads(root.node).map((node) => compilation.origins.get(node)),
      position: rule.place,
    };
    const ranges = declaredRanges(bound);
    const whole = [horizonCheck(bound, site), historyCheck(bound, site), rangeCheck(bound, ranges)];
    for (const problem of whole) if (problem !== undefined) own.push(problem);
    own.push(...deadPartCheck(bound, site, ranges));
  }
  problems.push(...own);
  return own.some((problem) => problem.severity === "error") ? undefined : bound;
};

/**
 * Resolves the names, groups, units and durations of a spec against a site and compiles its rules.
 *
 * A signal that the spec does not declare is taken as the site has it. Rules with an error are left out and
 * told in `problems`; a rule that looks past the site's forecast is one of them.
 *
 * @example
 * const site = { sensors: ["a", "b"], channels: [{ name: "speed", unit: "km/h" }], stepMs: 300_000, zone: "UTC" };
 * const { spec } = parseSpec("require calm: forall s in sensors: always[0, 1h] speed[s] < 30 mph;");
 * bindSpec(spec, site).rules[0]?.horizonSteps; // => 12
 */
export const bindSpec = (spec: Spec, site: Site): BoundSpec => {
  const problems: Problem[] = [];
  const sampling = samplingCheck(spec, site);
  if (sampling !== undefined) problems.push(sampling);
  const rules = spec.rules.map((rule) => bindRule(rule, spec, site, problems));
  const told = new Set<string>();
  const once = problems.filter((problem) => {
    const key = JSON.stringify(problem);
    return !told.has(key) && told.add(key);
  });
  return { rules: rules.filter((rule) => rule !== undefined), problems: once };
};
