import type { BoundRule } from "../compile/BoundRule.ts";
import type { Site } from "../compile/Site.ts";
import { type Problem, problemAt } from "../language/Problem.ts";
import { describeNode } from "../plan/describeNode.ts";
import type { FormulaNode, Operand } from "../plan/Plan.ts";
import type { NodeRanges } from "./declaredRanges.ts";

/** A comparison of one expression with a constant: above it, or below. */
interface Limit {
  readonly node: number;
  /** The expression and how its rows are read. */
  readonly subject: string;
  readonly above: boolean;
  readonly threshold: number;
  readonly strict: boolean;
}

const limitOf = (rule: BoundRule, operand: Operand): Limit | undefined => {
  const { nodes } = rule.plan;
  const node = nodes[operand.node];
  if (node?.kind !== "above") return undefined;
  const subject = (side: Operand): string => `${side.node} ${side.rows} ${operand.rows}`;
  const [left, right] = [nodes[node.left.node], nodes[node.right.node]];
  const shared = { node: operand.node, strict: node.strict };
  if (right?.kind === "constant") {
    return { ...shared, subject: subject(node.left), above: true, threshold: right.value };
  }
  if (left?.kind === "constant") {
    return { ...shared, subject: subject(node.right), above: false, threshold: left.value };
  }
  return undefined;
};

/** Whether a holds wherever b does; both limit one subject from one side. */
const weaker = (a: Limit, b: Limit): boolean => {
  if (a.threshold === b.threshold) return b.strict || !a.strict;
  return a.above ? a.threshold < b.threshold : a.threshold > b.threshold;
};

/**
 * Warns of parts of a rule that never decide: comparisons that the declared ranges settle, a limit beside a
 * stricter one of the same expression, and two limits that no value, or every value, fulfils.
 */
export const deadPartCheck = (rule: BoundRule, site: Site, ranges: NodeRanges): Problem[] => {
  const { nodes } = rule.plan;
  const root = nodes.length - 1;
  if ((ranges.lower[root] as number) > 0 || (ranges.upper[root] as number) < 0) return [];
  const names = { channels: site.channels.map(({ name }) => name), sensors: site.sensors };
  const problems: Problem[] = [];
  const told = new Set<string>();
  const describe = (n: number): string => describeNode(rule.plan, n, 0, names);
  const warn = (n: number, message: string, remedy: string): void => {
    const place = rule.places[n] ?? rule.position;
    // One place may stand for many parts: a let is put in wherever it is used.
    const key = `${place.source} ${place.line} ${place.column} ${remedy}`;
    if (told.has(key)) return;
    told.add(key);
    problems.push(problemAt(place, "warning", "dead-part", message, remedy));
  };
  const isPredicate = (node: FormulaNode | (typeof nodes)[number]): boolean =>
    node.kind === "above" || node.kind === "equal" || node.kind === "differ";

  nodes.forEach((node, n) => {
    if (isPredicate(node) && n !== root) {
      const always = (ranges.lower[n] as number) > 0;
      if (!always && !((ranges.upper[n] as number) < 0)) return;
      const message = `${describe(n)} is ${always ? "always" : "never"} true within the declared ranges`;
      warn(n, message, "Correct the threshold or the range, or leave the comparison out.");
    }
    if (node.kind !== "and" && node.kind !== "or") return;
    const limits = node.operands
      .map((operand) => limitOf(rule, operand))
      .filter((limit) => limit !== undefined);
    limits.forEach((a, i) => {
      for (const b of limits.slice(i + 1)) {
        if (a.subject !== b.subject) continue;
        if (a.above === b.above) {
          // Beside `and` the weaker one never decides, beside `or` the stricter one.
          const first = weaker(a, b) === (node.kind === "and");
          const [dead, other] = first ? [a, b] : [b, a];
          const message = `${describe(dead.node)} never decides beside ${describe(other.node)}`;
          warn(dead.node, message, "Leave it out, or correct its threshold.");
          continue;
        }
        const [lowest, highest] = a.above ? [a, b] : [b, a];
        const apart = lowest.threshold - highest.threshold;
        if (node.kind === "and" && (apart > 0 || (apart === 0 && (a.strict || b.strict)))) {
          const message = `no value fulfils both ${describe(a.node)} and ${describe(b.node)}`;
          warn(b.node, message, "Correct one of the thresholds.");
        } else if (node.kind === "or" && (apart < 0 || (apart === 0 && !(a.strict && b.strict)))) {
          const message = `every value fulfils ${describe(a.node)} or ${describe(b.node)}`;
          warn(b.node, message, "Correct one of the thresholds.");
        }
      }
    });
  });
  return problems;
};
