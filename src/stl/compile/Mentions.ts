import { childTerms } from "../language/childTerms.ts";
import type { Place } from "../language/Problem.ts";
import type { GroupExpression, LetDeclaration, Spec } from "../language/Spec.ts";
import type { DurationTerm, NameTerm, Term } from "../language/Syntax.ts";

/** What the rules of a spec speak of, collected from its text. */
export class Mentions {
  /** Signals, and where each is first read. */
  readonly signals = new Map<string, Place>();
  readonly sensors = new Set<string>();
  /** Every name that is used: of parameters, lets, groups and signals. */
  readonly names = new Set<string>();
  readonly tags = new Set<string>();
  readonly durations: DurationTerm[] = [];
  /** The largest number of sensors that a quantifier or a comparison counts. */
  counted = 0;
  quantified = false;
  readonly #declared: ReadonlySet<string>;
  readonly #lets: ReadonlyMap<string, LetDeclaration>;

  constructor(spec: Spec) {
    this.#lets = new Map(spec.lets.map((item) => [item.name, item]));
    this.#declared = new Set([...spec.parameters, ...spec.days, ...spec.lets].map((item) => item.name));
    if (spec.sampling?.period !== undefined) this.durations.push(spec.sampling.period);
    for (const group of spec.groups) this.#group(group.value);
    for (const parameter of spec.parameters) {
      const { lower, upper } = parameter.range ?? {};
      for (const term of [parameter.value, lower, upper])
        if (term !== undefined) this.#visit(term, new Set());
    }
    for (const definition of spec.lets) {
      this.#visit(definition.value, new Set(definition.parameters.map((parameter) => parameter.name)));
    }
    for (const rule of spec.rules) this.#visit(rule.formula, new Set());
  }

  #signal(name: NameTerm): void {
    this.names.add(name.name);
    if (!this.signals.has(name.name)) this.signals.set(name.name, name.place);
  }

  #group(group: GroupExpression): void {
    switch (group.kind) {
      case "list":
        for (const sensor of group.sensors) this.sensors.add(sensor.name);
        return;
      case "tag":
        this.tags.add(group.tag);
        return;
      case "near":
        this.sensors.add(group.sensor.name);
        return;
      case "name":
        this.names.add(group.name);
        return;
      case "union":
      case "intersection":
      case "difference":
        this.#group(group.left);
        this.#group(group.right);
    }
  }

  #domain(term: Term, bound: ReadonlySet<string>): void {
    if (term.kind === "name") this.names.add(term.name);
    if (term.kind !== "call") return;
    const [first] = term.args;
    if (term.callee.name === "tag" && first?.kind === "text") this.tags.add(first.value);
    if (first?.kind === "name" && !bound.has(first.name)) this.sensors.add(first.name);
  }

  /** Whether a let reads its argument number `position` as a sensor, itself or through another let. */
  #takesSensor(name: string, position: number, seen: Set<string>): boolean {
    const definition = this.#lets.get(name);
    const parameter = definition?.parameters[position]?.name;
    if (definition === undefined || parameter === undefined || seen.has(name)) return false;
    seen.add(name);
    const reads = (term: Term): boolean => {
      if (term.kind === "index") return term.sensor.name === parameter;
      if (term.kind === "member" && term.element.name === parameter) return true;
      if (term.kind === "call") {
        const passed = term.args.findIndex((arg) => arg.kind === "name" && arg.name === parameter);
        if (passed >= 0 && this.#takesSensor(term.callee.name, passed, seen)) return true;
      }
      const near = term.kind === "quantifier" || term.kind === "aggregate" ? term.domain : undefined;
      if (near?.kind === "call" && near.args.some((arg) => arg.kind === "name" && arg.name === parameter)) {
        return true;
      }
      return childTerms(term).some(reads);
    };
    return reads(definition.value);
  }

  #visit(term: Term, bound: ReadonlySet<string>): void {
    const visit = (inner: Term | undefined): void => {
      if (inner !== undefined) this.#visit(inner, bound);
    };
    switch (term.kind) {
      case "quantity":
      case "boolean":
      case "text":
        return;
      case "duration":
        this.durations.push(term);
        return;
      case "name":
        if (bound.has(term.name)) return;
        this.names.add(term.name);
        if (!this.#declared.has(term.name)) this.#signal(term);
        return;
      case "index":
        this.quantified = true;
        this.#signal(term.signal);
        if (!bound.has(term.sensor.name)) this.sensors.add(term.sensor.name);
        return;
      case "call":
        this.names.add(term.callee.name);
        term.args.forEach((arg, k) => {
          if (arg.kind !== "name" || !this.#takesSensor(term.callee.name, k, new Set())) visit(arg);
          else if (!bound.has(arg.name)) this.sensors.add(arg.name);
        });
        return visit(term.over);
      case "negate":
      case "not":
        return visit(term.operand);
      case "temporal":
        visit(term.interval?.lower);
        visit(term.interval?.upper);
        return visit(term.operand);
      case "binaryTemporal":
        visit(term.interval?.lower);
        visit(term.interval?.upper);
        visit(term.left);
        return visit(term.right);
      case "arithmetic":
      case "connective":
        visit(term.left);
        return visit(term.right);
      case "comparison":
        for (const [k, operand] of term.operands.entries()) {
          visit(operand);
          const other = term.operands[k + 1] ?? term.operands[k - 1];
          if (operand.kind === "aggregate" && operand.operator === "count" && other?.kind === "quantity") {
            this.counted = Math.max(this.counted, Math.ceil(other.value));
          }
        }
        return;
      case "member":
        return this.#domain(term.domain, bound);
      case "quantifier":
      case "aggregate": {
        this.quantified = true;
        this.#domain(term.domain, bound);
        const count = term.kind === "quantifier" ? term.count : undefined;
        if (count?.percent === false) this.counted = Math.max(this.counted, Math.ceil(count.value));
        const inner = new Set(bound).add(term.variable.name);
        if (term.where !== undefined) this.#visit(term.where, inner);
        return this.#visit(term.body, inner);
      }
    }
  }
}
