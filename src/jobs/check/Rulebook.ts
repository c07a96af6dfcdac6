import {
  type BoundRule,
  checkSpec,
  type CheckedSpec,
  factsOf,
  type Formula,
  parseFormula,
  type RuleDeclaration,
  type Site,
  siteOfSpec,
  StlSyntaxError,
} from "../../stl/index.ts";
import type { Dialect } from "../../stl/language/tokenize.ts";
import type { Sampling } from "../../stl/language/Spec.ts";
import { reachOf } from "../../stl/plan/reachOf.ts";
import type { SpecFile } from "./SpecFile.ts";

/** What a trace is judged by: the rules of a file, or one formula. */
export interface Rulebook {
  readonly path: string;
  /** The site made from the rules themselves: the signals and sensors they speak of. */
  readonly own: Site;
  /** Sensors that the rules name; where there are none, the trace says which there are. */
  readonly sensors: readonly string[];
  readonly sampling: Sampling | undefined;
  /** Whether bounds are durations, so that the distance of two rows must be known. */
  readonly needsStep: boolean;
  /** What lies before the trace: unknown readings or, for a formula, nothing. */
  readonly before: "unknown" | "nothing";
  readonly declarations: readonly RuleDeclaration[];
  readonly bind: (site: Site, rules?: readonly RuleDeclaration[]) => CheckedSpec;
}

/** The rules of a file. */
export const specRulebook = ({ path, spec }: SpecFile): Rulebook => {
  const own = siteOfSpec(spec).site;
  return {
    path,
    own,
    sensors:
      spec.groups.some(({ value }) => value.kind === "list") || own.sensors.length === 1 ? own.sensors : [],
    sampling: spec.sampling,
    needsStep: true,
    before: "unknown",
    declarations: spec.rules,
    bind: (site, rules = spec.rules) => checkSpec({ ...spec, rules }, { site }),
  };
};

/**
 * One formula over plain signals, judged at the first sample; bounds without a unit are samples.
 *
 * Throws {@link StlSyntaxError} with every problem found.
 */
export const formulaRulebook = (text: string, dialect: Dialect): Rulebook => {
  const parse = (stepMs: number | undefined): Formula =>
    parseFormula(text, stepMs === undefined ? { dialect } : { dialect, stepMs });
  const signals = signalsIn(parse);
  const own: Site = { sensors: [""], channels: signals.map((name) => ({ name })), stepMs: 1000, zone: "UTC" };
  return {
    path: "formula",
    own,
    sensors: own.sensors,
    sampling: undefined,
    needsStep: false,
    before: "nothing",
    declarations: [],
    bind: (site) => {
      const formula = parse(site.stepMs);
      const order = formula.signals.map((name) =>
        site.channels.findIndex((channel) => channel.name === name),
      );
      const rule = ruleOf(formula, site, order);
      return { site, rules: [rule], problems: [], facts: [factsOf(rule)] };
    },
  };
};

/** The signals of a formula; one whose bounds are durations compiles only with a step, any of them will do. */
const signalsIn = (parse: (stepMs: number | undefined) => Formula): readonly string[] => {
  try {
    return parse(undefined).signals;
  } catch (cause) {
    if (!(cause instanceof StlSyntaxError) || cause.problems.some(({ code }) => code !== "no-sampling"))
      throw cause;
    return parse(1e-6).signals;
  }
};

const ruleOf = (formula: Formula, site: Site, order: readonly number[]): BoundRule => {
  const { plan } = formula;
  const nodes = plan.nodes.map((node) =>
    node.kind === "signal" ? { ...node, channel: order[node.channel] as number } : node,
  );
  const { first, last } = reachOf(plan);
  return {
    name: "formula",
    text: formula.text,
    because: "",
    owner: "",
    severity: "major",
    weight: 1,
    tags: [],
    goal: false,
    at: "start",
    scale: 1,
    unit: "1",
    historySteps: Math.max(0, -(first.at(-1) as number)),
    horizonSteps: Math.max(0, last.at(-1) as number),
    channels: order,
    sensorCount: 1,
    channelCount: site.channels.length,
    readsClock: false,
    plan: { ...plan, nodes },
    places: [],
    position: { source: "formula", line: 1, column: 1, endLine: 1, endColumn: formula.text.length + 1 },
  };
};
