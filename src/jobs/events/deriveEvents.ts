/** Finds the events of a pipeline in a panel: where rules or conditions become true or false at a sensor. */
import type { YamlConflict } from "../../ingest/decodeYaml.ts";
import { crossingEvents, type Edge } from "../../series/events/crossingEvents.ts";
import type { EventStream } from "../../series/events/EventStream.ts";
import { type KindStream, mergeStreams } from "../../series/events/mergeStreams.ts";
import { localClock } from "../../series/LocalClock.ts";
import type { Panel } from "../../series/Panel.ts";
import { bindSpec, type Problem, type RuleDeclaration, type Spec } from "../../stl/index.ts";
import { tupleRobustness } from "../../stl/evaluate/tupleRobustness.ts";
import { nearestName } from "../../stl/language/nearestName.ts";
import { parseTerm } from "../../stl/language/parseTerm.ts";
import { printTerm } from "../../stl/language/printTerm.ts";
import type { NameTerm, Term } from "../../stl/language/Syntax.ts";
import { ruleInstances } from "../../stl/learn/ruleInstances.ts";
import { siteOfPanel } from "../siteOfPanel.ts";
import type { EventPipeline } from "./EventPipeline.ts";

/** One kind of event. */
export interface EventKind {
  readonly name: string;
  /** What is watched at one sensor, as the rule language writes it, and which way it turns. */
  readonly condition: string;
  readonly edge: Edge;
  /** Steps by which an event is known later than it is dated in the recording, because the rule looks ahead. */
  readonly delay: number;
}

export interface DerivedEvents {
  readonly kinds: readonly EventKind[];
  readonly stream: EventStream;
  readonly conflicts: readonly YamlConflict[];
}

type Entry = EventPipeline["events"][number];

/** A condition over `s`, in a spec that knows the names it uses. */
interface Watched {
  readonly spec: Spec;
  readonly formula: Term;
  readonly condition: string;
  readonly edge: Edge;
}

/** What is said of one sensor by a formula in which its signals may stand without an index. */
const BODY = "event body";
const VARIABLE = "s";

const nameOf = ({ becomes, name, rule, when }: Entry): string =>
  name ?? (rule === undefined ? (when ?? "") : `${rule} ${becomes ?? "broken"}`);

/** A problem in one line: what, where in its text, and the remedy. */
const told = ({ column, line, message, remedy, source }: Problem, own: string): string =>
  `${source === own ? `column ${column}` : `${source}:${line}:${column}`}: ${message}. ${remedy}`;

const watchRule = (spec: Spec, { becomes, rule = "" }: Entry): Watched | string => {
  const found = spec.rules.find(({ name }) => name === rule);
  if (found === undefined) {
    const names = spec.rules.map(({ name }) => name);
    const nearest = nearestName(rule, names);
    const known = names.length === 0 ? "the pipeline names no rule file" : `there are ${names.join(", ")}`;
    return `there is no rule ${rule}; ${nearest === undefined ? known : `did you mean ${nearest}?`}`;
  }
  const { body, spec: own } = ruleInstances(spec, found.formula);
  return {
    spec: own,
    formula: body,
    condition: printTerm(body),
    edge: becomes === "kept" ? "rise" : "fall",
  };
};

const watchCondition = (spec: Spec, panel: Panel, text: string, source: string): Watched | string => {
  const { problems, term } = parseTerm(text, source);
  if (term === undefined) return problems.map((problem) => told(problem, source)).join("; ");
  const edge = term.kind === "call" ? term.callee.name : "";
  const operand = term.kind === "call" ? term.args[0] : undefined;
  if ((edge !== "rise" && edge !== "fall") || operand === undefined) {
    return `${text} is a condition, not a moment; write rise(${text}) for when it becomes true, or fall(${text})`;
  }
  const { place } = term;
  const named = (name: string): NameTerm => ({ kind: "name", name, place });
  const sensor = named(VARIABLE);
  const signals = panel.channels.map(({ name }) => named(name));
  return {
    spec: {
      ...spec,
      lets: [...spec.lets, { name: BODY, parameters: [sensor, ...signals], value: operand, place }],
    },
    formula: {
      kind: "quantifier",
      quantifier: "forall",
      variable: sensor,
      domain: named("sensors"),
      body: {
        kind: "call",
        callee: named(BODY),
        args: [sensor, ...signals.map((signal): Term => ({ kind: "index", signal, sensor, place }))],
        place,
      },
      place,
    },
    condition: printTerm(operand),
    edge,
  };
};

const ruleOf = (formula: Term): RuleDeclaration => ({
  name: BODY,
  severity: "major",
  weight: 1,
  tags: [],
  at: "every",
  formula,
  place: formula.place,
});

/** The events of one kind, or why there can be none. */
const streamOf = (
  { edge, formula, spec }: Watched,
  panel: Panel,
  clock: ReturnType<typeof localClock>,
  source: string,
): KindStream | string => {
  const { problems, rules } = bindSpec({ ...spec, rules: [ruleOf(formula)] }, siteOfPanel(panel));
  const faults = problems.filter(({ severity }) => severity === "error");
  const rule = rules[0];
  if (faults.length > 0 || rule === undefined) return faults.map((each) => told(each, source)).join("; ");
  const { steps, values } = panel;
  const found = tupleRobustness(rule, { values, steps, clock });
  if (found === undefined) {
    return "it speaks of all sensors together; name a rule that begins with forall s in sensors";
  }
  if (!Number.isFinite(found.ahead)) {
    return "it looks ahead without end, so it is never known; give its operators an interval";
  }
  const { lower, upper } = found.bounds;
  // Of several tuples of a sensor the worst counts; a robustness whose sign is not known is none.
  const lowest = new Float64Array(panel.sensors.length * steps).fill(NaN);
  const highest = lowest.slice();
  found.sensors.forEach((sensor, row) => {
    for (let step = 0; step < steps; step++) {
      const [at, from] = [sensor * steps + step, row * steps + step];
      if (!(lower[from]! >= lowest[at]!)) lowest[at] = lower[from]!;
      if (!(upper[from]! >= highest[at]!)) highest[at] = upper[from]!;
    }
  });
  const known = lowest.map((low, at) => (low >= 0 ? low : highest[at]! < 0 ? highest[at]! : NaN));
  return { stream: crossingEvents(known, steps, edge), delay: found.ahead };
};

/**
 * Derives the stream of a pipeline's events, with everything that keeps an entry from being one. Tokens are kind x
 * sensors + sensor.
 *
 * @param spec the rules of the pipeline; one without rules where it names no file
 */
export const deriveEvents = (entries: readonly Entry[], spec: Spec, panel: Panel): DerivedEvents => {
  const conflicts: YamlConflict[] = [];
  const kinds: EventKind[] = [];
  const streams: KindStream[] = [];
  const names = new Set<string>();
  const clock = localClock(panel.zone, panel.startMs, panel.stepMs, panel.steps);
  entries.forEach((entry, index) => {
    const path = ["events", index];
    const refuse = (key: string, message: string) => conflicts.push({ path: [...path, key], message });
    if ((entry.rule === undefined) === (entry.when === undefined)) {
      conflicts.push({
        path,
        message: "an event has either a rule or a condition `when`; give one of the two",
      });
      return;
    }
    if (entry.when !== undefined && entry.becomes !== undefined) {
      refuse("becomes", "`becomes` goes with a rule; a condition says it by rise(...) or fall(...)");
    }
    const name = nameOf(entry);
    if (names.has(name)) refuse("name", `there are two events named ${name}; name them apart`);
    names.add(name);
    const key = entry.rule === undefined ? "when" : "rule";
    const source = `events[${index}].when`;
    const watched =
      entry.when === undefined ? watchRule(spec, entry) : watchCondition(spec, panel, entry.when, source);
    if (typeof watched === "string") {
      refuse(key, `event ${name}: ${watched}`);
      return;
    }
    const found = streamOf(watched, panel, clock, source);
    if (typeof found === "string") {
      refuse(key, `event ${name}: ${found}`);
      return;
    }
    kinds.push({ name, condition: watched.condition, edge: watched.edge, delay: found.delay });
    streams.push(found);
  });
  return { kinds, stream: mergeStreams(streams, panel.sensors.length), conflicts };
};
