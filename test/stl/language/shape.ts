import type { Interval, Term } from "../../../src/stl/language/Syntax.ts";

const bounds = (interval: Interval | undefined): string => {
  if (interval === undefined) return "";
  const upper = interval.upper === undefined ? "inf" : shape(interval.upper);
  return `${interval.lowerOpen ? "(" : "["}${shape(interval.lower)},${upper}${interval.upperOpen ? ")" : "]"}`;
};

const binding = (term: Extract<Term, { kind: "quantifier" | "aggregate" }>): string =>
  `${term.variable.name} ${shape(term.domain)}${term.where ? ` where ${shape(term.where)}` : ""} ${shape(term.body)}`;

/** A term in the notation of `formula.peggy`. */
export const shape = (term: Term): string => {
  switch (term.kind) {
    case "quantity":
      return `${term.value}${term.unit ?? ""}`;
    case "duration":
      return term.parts.map((part) => part.number + part.unit).join("");
    case "boolean":
      return String(term.value);
    case "text":
      return JSON.stringify(term.value);
    case "name":
      return term.name;
    case "index":
      return `(of ${term.signal.name} ${term.sensor.name})`;
    case "call": {
      const over = term.over === undefined ? [] : [`over ${shape(term.over)}`];
      return `(${[`call ${term.callee.name}`, ...term.args.map(shape), ...over].join(" ")})`;
    }
    case "member":
      return `(in ${term.element.name} ${shape(term.domain)})`;
    case "negate":
      return `(- ${shape(term.operand)})`;
    case "not":
      return `(not ${shape(term.operand)})`;
    case "arithmetic":
    case "connective":
      return `(${term.operator} ${shape(term.left)} ${shape(term.right)})`;
    case "comparison": {
      const [first, ...rest] = term.operands.map(shape);
      return `(compare ${first} ${rest.map((operand, i) => `${term.relations[i]} ${operand}`).join(" ")})`;
    }
    case "temporal":
      return `(${term.operator}${bounds(term.interval)} ${shape(term.operand)})`;
    case "binaryTemporal":
      return `(${term.operator}${bounds(term.interval)} ${shape(term.left)} ${shape(term.right)})`;
    case "quantifier": {
      const count = term.count ? ` ${term.count.value}${term.count.percent ? "%" : ""}` : "";
      return `(${term.quantifier}${count} ${binding(term)})`;
    }
    case "aggregate":
      return `(over ${term.operator} ${binding(term)})`;
  }
};
