import { NodeKind } from "../stl/unroll/UnrolledRule.ts";
import type { RuleSystem } from "./RuleSystem.ts";

/**
 * Clauses that share no forecast entry with those of another component, so that each can be repaired by itself. A
 * clause is a node that must hold whenever its rule does and is no conjunction itself; rules that are only watched
 * have none. All lists ascend, the variables by lead.
 */
export interface RuleComponent {
  readonly clauses: Int32Array;
  readonly clauseRule: Int32Array;
  /** The clauses again, those with the most nodes first: what binds many entries is best decided first. */
  readonly widestFirst: Int32Array;
  /** Clauses and all nodes under them. */
  readonly nodes: Int32Array;
  readonly leaves: Int32Array;
  readonly variables: Int32Array;
}

/** Groups the clauses of the enforced rules by the variables that they share (union and find). */
export const componentsOf = (system: Omit<RuleSystem, "components">): RuleComponent[] => {
  const { kind, childOffsets, children, argument, freeOffsets, freeVariable, firstNode } = system;
  const parent = Int32Array.from({ length: system.variables }, (_, variable) => variable);
  const find = (variable: number): number => {
    let root = variable;
    while (parent[root] !== root) root = parent[root]!;
    parent[variable] = root;
    return root;
  };
  const childrenOf = (node: number): Int32Array =>
    children.subarray(childOffsets[node], childOffsets[node + 1]);

  const clauses: { node: number; rule: number; nodes: Set<number>; variable: number }[] = [];
  const clauseAt = (node: number, rule: number): void => {
    const nodes = new Set<number>();
    let variable = -1;
    const visit = (inner: number): void => {
      if (nodes.has(inner)) return;
      nodes.add(inner);
      childrenOf(inner).forEach(visit);
      if (kind[inner] !== NodeKind.leaf) return;
      const leaf = argument[inner]!;
      for (let term = freeOffsets[leaf]!; term < freeOffsets[leaf + 1]!; term++) {
        const root = find(freeVariable[term]!);
        if (variable >= 0) parent[root] = find(variable);
        variable = root;
      }
    };
    visit(node);
    clauses.push({ node, rule, nodes, variable });
  };
  const seen = new Set<number>();
  const descend = (node: number, rule: number): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (kind[node] === NodeKind.all) childrenOf(node).forEach((child) => descend(child, rule));
    else clauseAt(node, rule);
  };
  system.rules.forEach((rule, index) => {
    if (rule.enforced) descend(firstNode[index + 1]! - 1, index);
  });

  const groups = new Map<number, typeof clauses>();
  for (const clause of clauses) {
    const key = clause.variable < 0 ? -1 : find(clause.variable);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [clause]);
    else group.push(clause);
  }
  return Array.from(groups.values(), (group): RuleComponent => {
    const nodes = [...new Set(group.flatMap((clause) => [...clause.nodes]))].sort((a, b) => a - b);
    const leaves = nodes.filter((node) => kind[node] === NodeKind.leaf).map((node) => argument[node]!);
    const variables = new Set(
      leaves.flatMap((leaf) => [...freeVariable.subarray(freeOffsets[leaf], freeOffsets[leaf + 1])]),
    );
    const leadOf = (variable: number): number => variable % system.horizonSteps;
    return {
      clauses: Int32Array.from(group, (clause) => clause.node),
      clauseRule: Int32Array.from(group, (clause) => clause.rule),
      widestFirst: Int32Array.from(
        group.toSorted((a, b) => b.nodes.size - a.nodes.size),
        (clause) => clause.node,
      ),
      nodes: Int32Array.from(nodes),
      leaves: Int32Array.from(new Set(leaves)),
      variables: Int32Array.from([...variables].sort((a, b) => leadOf(a) - leadOf(b) || a - b)),
    };
  });
};
