import type { GroupExpression } from "./Spec.ts";
import type { NameTerm, Term } from "./Syntax.ts";

type Rename = (name: string) => string;

const renamed = (term: NameTerm, rename: Rename): NameTerm => ({ ...term, name: rename(term.name) });

/** The term with every name replaced, except the variables that its quantifiers and aggregates bind. */
export const renameTerm = (term: Term, rename: Rename): Term => {
  const inner = (child: Term): Term => renameTerm(child, rename);
  switch (term.kind) {
    case "quantity":
    case "duration":
    case "boolean":
    case "text":
      return term;
    case "name":
      return renamed(term, rename);
    case "index":
      return { ...term, signal: renamed(term.signal, rename), sensor: renamed(term.sensor, rename) };
    case "call": {
      const call = { ...term, callee: renamed(term.callee, rename), args: term.args.map(inner) };
      return term.over === undefined ? call : { ...call, over: inner(term.over) };
    }
    case "member":
      return { ...term, element: renamed(term.element, rename), domain: inner(term.domain) };
    case "negate":
    case "not":
      return { ...term, operand: inner(term.operand) };
    case "arithmetic":
    case "connective":
      return { ...term, left: inner(term.left), right: inner(term.right) };
    case "comparison":
      return { ...term, operands: term.operands.map(inner) };
    case "temporal":
    case "binaryTemporal": {
      const interval =
        term.interval === undefined
          ? {}
          : {
              interval: {
                ...term.interval,
                lower: inner(term.interval.lower),
                ...(term.interval.upper === undefined ? {} : { upper: inner(term.interval.upper) }),
              },
            };
      return term.kind === "temporal"
        ? { ...term, operand: inner(term.operand), ...interval }
        : { ...term, left: inner(term.left), right: inner(term.right), ...interval };
    }
    case "quantifier":
    case "aggregate": {
      const own: Rename = (name) => (name === term.variable.name ? name : rename(name));
      const body = {
        domain: inner(term.domain),
        body: renameTerm(term.body, own),
        ...(term.where === undefined ? {} : { where: renameTerm(term.where, own) }),
      };
      return { ...term, ...body };
    }
  }
};

/** The group expression with the names of groups replaced. */
export const renameGroup = (group: GroupExpression, rename: Rename): GroupExpression => {
  switch (group.kind) {
    case "list":
    case "tag":
      return group;
    case "near":
      return { ...group, distance: renameTerm(group.distance, rename) };
    case "name":
      return { ...group, name: rename(group.name) };
    case "union":
    case "intersection":
    case "difference":
      return { ...group, left: renameGroup(group.left, rename), right: renameGroup(group.right, rename) };
  }
};
