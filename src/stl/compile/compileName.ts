import { unknownName } from "../checks/unknownName.ts";
import { type Compilation, type Compiled, findSensor, type LexicalScope } from "./Compilation.ts";
import { durationSteps } from "../language/Duration.ts";
import type { ParameterDeclaration } from "../language/Spec.ts";
import type { IndexTerm, NameTerm } from "../language/Syntax.ts";
import { convertUnit, parseUnit, plainNumber, type Unit, unitsAgree } from "../language/Unit.ts";

/** A unit text that was checked where it was declared. */
export const declaredUnit = (text: string | undefined): Unit | undefined => {
  const unit = text === undefined ? undefined : parseUnit(text);
  return typeof unit === "string" ? undefined : unit;
};

export const compileConstant = (compilation: Compilation, value: number, unit?: Unit): Compiled => ({
  type: "number",
  node: compilation.builder.node({ kind: "constant", scope: 0, value }),
  free: [],
  constant: value,
  ...(unit === undefined ? {} : { unit }),
});

/** A name: a parameter of a let, a param, a let without parameters, or a signal of a single sensor. */
export const compileName = (
  compilation: Compilation,
  term: NameTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const { spec, site } = compilation;
  const binding = scope.bindings.get(term.name);
  if (binding?.kind === "term") return compilation.compile(binding.term, innerScope(binding.scope, scope));
  if (binding !== undefined) {
    const message = `${term.name} is a sensor, not a number or a formula`;
    return compilation.report(
      term.place,
      "kind",
      message,
      `Write a signal of it, such as speed[${term.name}].`,
    );
  }
  const parameter = spec.parameters.find((candidate) => candidate.name === term.name);
  if (parameter !== undefined) return compileParameter(compilation, parameter);
  const definition = spec.lets.find((candidate) => candidate.name === term.name);
  if (definition !== undefined) return compilation.expand(definition, [], term, scope);
  if (findChannel(compilation, term.name) >= 0 || spec.signals.some((signal) => signal.name === term.name)) {
    if (site.sensors.length === 1) return compileSignal(compilation, term, 0, []);
    const message = `${term.name} is a signal of ${site.sensors.length} sensors`;
    return compilation.report(term.place, "kind", message, `Say of which sensor: ${term.name}[s].`);
  }
  return unknownName(compilation, term.place, "name", term.name, [
    ...scope.bindings.keys(),
    ...site.channels.map((channel) => channel.name),
    ...spec.parameters.map((known) => known.name),
    ...spec.lets.map((known) => known.name),
  ]);
};

/** The names of one scope over the tuples of another. */
const innerScope = (names: LexicalScope, tuples: LexicalScope): LexicalScope => ({
  bindings: names.bindings,
  tuples: tuples.tuples,
});

const findChannel = (compilation: Compilation, name: string): number =>
  compilation.site.channels.findIndex((channel) => channel.name === name);

/** `no2[s]`. */
export const compileIndex = (
  compilation: Compilation,
  term: IndexTerm,
  scope: LexicalScope,
): Compiled | undefined => {
  const binding = findSensor(compilation, term.sensor, scope);
  if (binding === undefined) {
    const names = [...scope.bindings.keys(), ...compilation.site.sensors];
    unknownName(compilation, term.sensor.place, "sensor", term.sensor.name, names);
  }
  if (binding?.kind === "variable")
    return compileSignal(compilation, term.signal, -1, [binding.position], scope);
  return compileSignal(compilation, term.signal, binding?.sensor ?? 0, []);
};

const compileSignal = (
  compilation: Compilation,
  name: NameTerm,
  sensor: number,
  free: readonly number[],
  scope: LexicalScope = compilation.topScope,
): Compiled | undefined => {
  const { site, spec, builder, usage } = compilation;
  const channel = findChannel(compilation, name.name);
  const signal = spec.signals.find((candidate) => candidate.name === name.name);
  if (channel < 0) {
    return unknownName(
      compilation,
      name.place,
      signal === undefined ? "signal" : "channel of the site for the signal",
      name.name,
      site.channels.map((known) => known.name),
    );
  }
  const declared = declaredUnit(signal?.unit);
  const measured = site.channels[channel]?.unit;
  const channelUnit = measured === undefined ? declared : parseUnit(measured);
  if (typeof channelUnit === "string") {
    return compilation.report(
      name.place,
      "unknown-unit",
      channelUnit,
      "Correct the unit of the site's channel.",
    );
  }
  const unit = declared ?? channelUnit;
  const from = unit ?? plainNumber;
  const to = channelUnit ?? plainNumber;
  if (unit !== undefined && channelUnit !== undefined && !unitsAgree(unit, channelUnit)) {
    const message = `${name.name} is declared in ${unit.text}, the site measures it in ${channelUnit.text}`;
    return compilation.report(name.place, "unit-mismatch", message, `Declare it in ${channelUnit.text}.`);
  }
  const bound = (value: number | undefined): number | null =>
    value === undefined ? null : convertUnit(value, from, to);
  const held = signal === undefined ? 0 : holdSteps(compilation, signal.missing);
  const node = builder.node({
    kind: "signal",
    scope: scope.tuples.project(free).scope,
    channel,
    sensor,
    holdSteps: held,
    lower: bound(signal?.range?.lower),
    upper: bound(signal?.range?.upper),
  });
  usage.channels.add(channel);
  if (signal?.range !== undefined) {
    usage.rangeWidths.push({ value: signal.range.upper - signal.range.lower, unit });
  }
  const converted = inUnit(compilation, node, free, scope, to, from);
  return { type: "number", node: converted, free, ...(unit === undefined ? {} : { unit }) };
};

/** Steps that a reading is held; a limit that is no multiple of the step is rounded down: no longer than said. */
const holdSteps = (
  compilation: Compilation,
  policy: Compilation["spec"]["signals"][number]["missing"],
): number | null => {
  if (policy.kind === "unknown") return 0;
  if (policy.limit === undefined) return null;
  const count = durationSteps(policy.limit, compilation.stepMs ?? 1);
  return "steps" in count ? count.steps : Math.floor(count.exact);
};

/** The node with its values converted from one unit to another. */
export const inUnit = (
  compilation: Compilation,
  node: number,
  free: readonly number[],
  scope: LexicalScope,
  from: Unit,
  to: Unit,
): number => {
  const { builder } = compilation;
  const offset = convertUnit(0, from, to);
  const factor = convertUnit(1, from, to) - offset;
  const own = scope.tuples.project(free).scope;
  const constant = (value: number): { node: number; rows: number } => ({
    node: builder.node({ kind: "constant", scope: 0, value }),
    rows: scope.tuples.rowMap(free, []),
  });
  let converted = node;
  if (factor !== 1) {
    const left = { node: converted, rows: -1 };
    converted = builder.node({ kind: "multiply", scope: own, left, right: constant(factor) });
  }
  if (offset !== 0) {
    const left = { node: converted, rows: -1 };
    converted = builder.node({ kind: "add", scope: own, left, right: constant(offset) });
  }
  return converted;
};

const compileParameter = (
  compilation: Compilation,
  parameter: ParameterDeclaration,
): Compiled | undefined => {
  if (compilation.open.includes(parameter.name)) {
    const message = `the parameter ${parameter.name} is defined by itself`;
    return compilation.report(parameter.place, "cycle", message, "Give it a value.");
  }
  compilation.open.push(parameter.name);
  const unit = declaredUnit(parameter.unit) ?? plainNumber;
  const valueOf = (term: ParameterDeclaration["value"]): number | undefined => {
    const value = compilation.number(term, compilation.topScope);
    if (value === undefined) return undefined;
    if (value.constant === undefined) {
      return compilation.report(term.place, "kind", "the value of a param is no constant", "Write a number.");
    }
    if (value.unit === undefined) return value.constant;
    if (!unitsAgree(value.unit, unit)) {
      const message = `${parameter.name} is declared in ${unit.text}, its value is in ${value.unit.text}`;
      return compilation.report(term.place, "unit-mismatch", message, `Write it in ${unit.text}.`);
    }
    return convertUnit(value.constant, value.unit, unit);
  };
  const value = valueOf(parameter.value);
  const lower = parameter.range && valueOf(parameter.range.lower);
  const upper = parameter.range && valueOf(parameter.range.upper);
  compilation.open.pop();
  if (value === undefined) return undefined;
  if ((lower !== undefined && value < lower) || (upper !== undefined && value > upper)) {
    const message = `${parameter.name} = ${value} ${unit.text} is outside its range [${lower}, ${upper}]`;
    compilation.report(parameter.value.place, "out-of-range", message, "Correct the value or the range.");
  }
  return compileConstant(compilation, value, declaredUnit(parameter.unit));
};
