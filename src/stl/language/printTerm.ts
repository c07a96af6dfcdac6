import type { Interval, Term } from "./Syntax.ts";

/** Binding strengths, from loose to tight, as the parser climbs them. */
const strength = {
  quantifier: 0,
  iff: 1,
  implies: 2,
  or: 3,
  and: 4,
  binaryTemporal: 5,
  prefix: 6,
  comparison: 7,
  sum: 8,
  product: 9,
  negation: 10,
  power: 11,
  primary: 12,
} as const;

const strengthOf = (term: Term): number => {
  switch (term.kind) {
    case "quantifier":
      return strength.quantifier;
    case "connective":
      return term.operator === "xor" ? strength.iff : strength[term.operator];
    case "binaryTemporal":
      return strength.binaryTemporal;
    case "not":
    case "temporal":
      return strength.prefix;
    case "comparison":
    case "member":
      return strength.comparison;
    case "arithmetic":
      return term.operator === "^"
        ? strength.power
        : /[*/]/.test(term.operator)
          ? strength.product
          : strength.sum;
    case "negate":
      return strength.negation;
    case "quantity":
    case "duration":
    case "boolean":
    case "text":
    case "name":
    case "index":
    case "call":
    case "aggregate":
      return strength.primary;
  }
};

const plainName = /^[\p{L}_][\p{L}\d_]*(?:\.[\p{L}_][\p{L}\d_]*)*$/u;
const reserved = new Set(
  (
    "always eventually historically once next prev s_next s_prev until release unless since triggers forall " +
    "exists atleast atmost exactly and or implies iff xor not in where over inf true false"
  ).split(" "),
);

/** A name, in quotes where it could be read as something else. */
const printName = (name: string): string =>
  plainName.test(name) && !reserved.has(name) ? name : `'${name}'`;

const printInterval = (interval: Interval | undefined): string => {
  if (interval === undefined) return "";
  const upper = interval.upper === undefined ? "inf" : printTerm(interval.upper);
  const open = interval.lowerOpen ? "(" : "[";
  return `${open}${printTerm(interval.lower)}, ${upper}${interval.upperOpen ? ")" : "]"}`;
};

const within = (term: Term, least: number): string =>
  strengthOf(term) < least ? `(${printTerm(term)})` : printTerm(term);

/**
 * Writes a term so that reading it gives the same term again.
 *
 * @example
 * printTerm(parseFormula("always[0,5](x>1) and y<2").term); // => "always[0, 5] x > 1 and y < 2"
 */
export const printTerm = (term: Term): string => {
  switch (term.kind) {
    case "quantity":
      if (term.unit === undefined) return String(term.value);
      return term.unit === "%" ? `${term.value}%` : `${term.value} ${term.unit}`;
    case "duration":
      return term.parts
        .map((part) => (part.unit === "samples" ? `${part.number} samples` : part.number + part.unit))
        .join("");
    case "boolean":
      return String(term.value);
    case "text":
      return JSON.stringify(term.value);
    case "name":
      return printName(term.name);
    case "index":
      return `${printName(term.signal.name)}[${printName(term.sensor.name)}]`;
    case "call": {
      const over = term.over === undefined ? "" : ` over ${within(term.over, strength.primary)}`;
      return `${printName(term.callee.name)}(${term.args.map(printTerm).join(", ")})${over}`;
    }
    case "negate":
      return `-${within(term.operand, strength.negation)}`;
    case "arithmetic": {
      const own = strengthOf(term);
      if (term.operator === "^") {
        // Beside a unit the power would be that of the unit.
        const isMeasured = term.left.kind === "quantity" && term.left.unit !== undefined;
        const base = isMeasured ? `(${printTerm(term.left)})` : within(term.left, strength.primary);
        return `${base}^${within(term.right, strength.negation)}`;
      }
      return `${within(term.left, own)} ${term.operator} ${within(term.right, own + 1)}`;
    }
    case "comparison":
      return term.operands
        .map((operand, i) => (i === 0 ? "" : ` ${term.relations[i - 1]} `) + within(operand, strength.sum))
        .join("");
    case "member":
      return `${printName(term.element.name)} in ${printTerm(term.domain)}`;
    case "not":
      return `not ${within(term.operand, strength.prefix)}`;
    case "connective": {
      const own = strengthOf(term);
      const right = term.operator === "implies";
      return `${within(term.left, right ? own + 1 : own)} ${term.operator} ${within(term.right, right ? own : own + 1)}`;
    }
    case "temporal":
      return `${term.operator}${printInterval(term.interval)} ${within(term.operand, strength.prefix)}`;
    case "binaryTemporal": {
      const [left, right] = [within(term.left, strength.prefix), within(term.right, strength.prefix)];
      return `${left} ${term.operator}${printInterval(term.interval)} ${right}`;
    }
    case "quantifier": {
      const count = term.count === undefined ? "" : ` ${term.count.value}${term.count.percent ? "%" : ""}`;
      return `${term.quantifier}${count} ${printBinding(term)}`;
    }
    case "aggregate":
      return `${term.operator}(${printBinding(term)})`;
  }
};

const printBinding = (term: Extract<Term, { kind: "quantifier" | "aggregate" }>): string => {
  const where = term.where === undefined ? "" : ` where ${printTerm(term.where)}`;
  return `${printName(term.variable.name)} in ${printTerm(term.domain)}${where}: ${printTerm(term.body)}`;
};
