import type { Operand, PlanNode, Reduction } from "./Plan.ts";

/** The operands that a node reads row by row. */
export const operandsOf = (node: PlanNode): readonly Operand[] => {
  if ("operand" in node) return [node.operand];
  if ("left" in node) return [node.left, node.right];
  return "operands" in node ? node.operands : [];
};

/** What a node reduces over a larger scope, if it does. */
export const reductionOf = (node: PlanNode): Reduction | undefined =>
  "over" in node ? node.over : undefined;

/** The nodes that a node reads. */
export const childrenOf = (node: PlanNode): readonly number[] => {
  const reduction = reductionOf(node);
  return reduction === undefined ? operandsOf(node).map((operand) => operand.node) : [reduction.node];
};

/** The node reading other nodes: `renumber` gives their new index, `rows` the new index of a row map. */
export const withOperands = (
  node: PlanNode,
  renumber: (node: number) => number,
  rows: (map: number) => number,
): PlanNode => {
  const moved = (operand: Operand): Operand => ({ node: renumber(operand.node), rows: rows(operand.rows) });
  if ("over" in node) return { ...node, over: { ...node.over, node: renumber(node.over.node) } };
  if ("operand" in node) return { ...node, operand: moved(node.operand) };
  if ("left" in node) return { ...node, left: moved(node.left), right: moved(node.right) };
  if ("operands" in node) return { ...node, operands: node.operands.map(moved) };
  return node;
};
