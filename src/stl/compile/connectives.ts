import { type Compilation, type Compiled, type LexicalScope, unionOf } from "./Compilation.ts";
import { operandOf } from "./compileExpression.ts";
import type { FormulaNode, Operand } from "../plan/Plan.ts";

/** The n-ary conjunction or disjunction; chains of one operator become one node. */
export const combine = (
  compilation: Compilation,
  kind: "and" | "or",
  parts: readonly Compiled[],
  scope: LexicalScope,
): Compiled => {
  const { builder } = compilation;
  const free = unionOf(...parts.map((part) => part.free));
  const own = scope.tuples.project(free).scope;
  const operands: Operand[] = [];
  const add = (operand: Operand): void => {
    if (!operands.some((known) => known.node === operand.node && known.rows === operand.rows))
      operands.push(operand);
  };
  for (const part of parts) {
    const node = builder.nodes[part.node];
    const sameScope = part.free.length === free.length;
    if (node?.kind === kind && sameScope) node.operands.forEach(add);
    else add(operandOf(part, free, scope));
  }
  const [only] = operands;
  if (operands.length === 1 && only?.rows === -1) return { type: "formula", node: only.node, free };
  return { type: "formula", node: builder.node({ kind, scope: own, operands }), free };
};

/** The negation; two of them cancel, and that of a comparison is the opposite one. */
export const negate = (compilation: Compilation, part: Compiled, scope: LexicalScope): Compiled => {
  const { builder, origins } = compilation;
  const inner = builder.nodes[part.node];
  if (inner?.kind === "not") return { ...part, node: inner.operand.node };
  const opposite = (node: FormulaNode): Compiled => {
    const turned = builder.node(node);
    const place = origins.get(part.node);
    if (place !== undefined && !origins.has(turned)) origins.set(turned, place);
    return { ...part, node: turned };
  };
  if (inner?.kind === "truth") return opposite({ ...inner, value: !inner.value });
  if (inner?.kind === "above") {
    return opposite({ ...inner, left: inner.right, right: inner.left, strict: !inner.strict });
  }
  const own = scope.tuples.project(part.free).scope;
  return opposite({ kind: "not", scope: own, operand: { node: part.node, rows: -1 } });
};
