import { affineExtremes, type AffineTree } from "./affineExtremes.ts";
import { normalForm } from "../plan/normalForm.ts";
import type { FormulaNode, Operand, Plan, PlanNode, Reduction } from "../plan/Plan.ts";
import { UnrolledBuilder } from "./UnrolledBuilder.ts";
import { NodeKind, type UnrolledRule } from "./UnrolledRule.ts";

interface UnrollOptions {
  readonly name: string;
  readonly scale: number;
  /** Is told what is not affine, and throws. */
  readonly refuse: (what: string) => never;
  /** First and last step of the trace, where windows are cut; left out, every window has an end of its own. */
  readonly ends?: { readonly first: number; readonly last: number };
}

/**
 * Unrolls a plan, judged at step 0: equal parts at equal steps are one node.
 *
 * Cut at the ends of a trace, an empty `always` is true and an empty `eventually` false; a leaf may still read a
 * step beyond them.
 */
export const unrollPlan = (original: Plan, options: UnrollOptions): UnrolledRule => {
  const { refuse } = options;
  const plan = normalForm(original);
  const { first, last } = options.ends ?? { first: -Infinity, last: Infinity };
  const builder = new UnrolledBuilder();
  const known = new Map<string, number>();
  const numbers = new Map<string, AffineTree>();
  const rowOf = (operand: Operand, row: number): number =>
    operand.rows < 0 ? row : (plan.rowMaps[operand.rows]?.[row] as number);

  const number = (n: number, row: number, step: number): AffineTree => {
    const key = `${n} ${row} ${step}`;
    let tree = numbers.get(key);
    if (tree === undefined) {
      tree = expand(plan.nodes[n] as PlanNode, row, step);
      numbers.set(key, tree);
    }
    return tree;
  };
  const numberAt = (operand: Operand, row: number, step: number): AffineTree =>
    number(operand.node, rowOf(operand, row), step);
  const numbersOver = (over: Reduction, row: number, step: number): AffineTree[] =>
    over.rows.slice(over.offsets[row], over.offsets[row + 1]).map((inner) => number(over.node, inner, step));

  const algebra = affineExtremes(refuse);
  const expand = (node: PlanNode, row: number, step: number): AffineTree => {
    switch (node.kind) {
      case "constant":
        return algebra.constant(node.value);
      case "signal": {
        const sensor = node.sensor >= 0 ? node.sensor : (plan.scopes[node.scope]?.sensors[row] as number);
        return algebra.reading(node.channel, sensor, step);
      }
      case "shift":
        return numberAt(node.operand, row, step + node.by);
      case "add":
        return algebra.add(numberAt(node.left, row, step), numberAt(node.right, row, step));
      case "subtract":
        return algebra.subtract(numberAt(node.left, row, step), numberAt(node.right, row, step));
      case "negate":
        return algebra.scale(numberAt(node.operand, row, step), -1);
      case "multiply":
        return algebra.multiply(numberAt(node.left, row, step), numberAt(node.right, row, step));
      case "divide":
        return algebra.divide(numberAt(node.left, row, step), numberAt(node.right, row, step));
      case "power": {
        const exponent = algebra.constantOf(numberAt(node.right, row, step));
        if (exponent === 1) return numberAt(node.left, row, step);
        return refuse("a power of a signal is not affine");
      }
      case "abs": {
        const inner = numberAt(node.operand, row, step);
        return algebra.greatest([inner, algebra.scale(inner, -1)]);
      }
      case "least":
        return algebra.least(node.operands.map((operand) => numberAt(operand, row, step)));
      case "greatest":
        return algebra.greatest(node.operands.map((operand) => numberAt(operand, row, step)));
      case "leastOver":
        return algebra.least(numbersOver(node.over, row, step));
      case "greatestOver":
        return algebra.greatest(numbersOver(node.over, row, step));
      case "rollingMean": {
        let sum = algebra.constant(0);
        for (let back = node.steps - 1; back >= 0; back--) {
          sum = algebra.add(sum, numberAt(node.operand, row, step - back));
        }
        return algebra.scale(sum, 1 / node.steps);
      }
      case "meanOver":
      case "sumOver": {
        const parts = numbersOver(node.over, row, step);
        const sum = parts.reduce((total, part) => algebra.add(total, part), algebra.constant(0));
        return node.kind === "sumOver" ? sum : algebra.scale(sum, 1 / parts.length);
      }
      default:
        return refuse(`${node.kind} of a signal is not affine`);
    }
  };

  const leaf = (tree: AffineTree, strict: boolean): number => {
    if (tree.kind === "affine") return builder.leaf(tree, strict);
    const children = tree.parts.map((part) => leaf(part, strict));
    return builder.node(tree.kind === "least" ? NodeKind.all : NodeKind.any, children);
  };

  const formula = (n: number, row: number, step: number): number => {
    const key = `${n} ${row} ${step}`;
    let index = known.get(key);
    if (index === undefined) {
      index = unroll(plan.nodes[n] as FormulaNode, row, step);
      known.set(key, index);
    }
    return index;
  };
  const formulaAt = (operand: Operand, row: number, step: number): number =>
    formula(operand.node, rowOf(operand, row), step);
  const formulasOver = (over: Reduction, row: number, step: number): number[] =>
    over.rows.slice(over.offsets[row], over.offsets[row + 1]).map((inner) => formula(over.node, inner, step));

  const truth = (value: boolean): number =>
    builder.node(value ? NodeKind.constantTrue : NodeKind.constantFalse, []);

  /** The greatest distance that a window reaches within the trace. */
  const farthestOf = (upper: number | null, step: number, direction: number): number =>
    Math.min(upper ?? Infinity, direction > 0 ? last - step : step - first);

  /**
   * Until over k = lower..upper, k counted from `step` in `direction`, from its far end:
   * z(k) = outer(q(k), inner(p(k), z(k + 1))), which every step of the window shares.
   */
  const timed = (
    node: Extract<FormulaNode, { kind: "until" | "release" | "since" | "triggers" }>,
    row: number,
    step: number,
  ): number => {
    const direction = node.kind === "until" || node.kind === "release" ? 1 : -1;
    const weak = node.kind === "release" || node.kind === "triggers";
    const [outer, inner] = weak ? [NodeKind.all, NodeKind.any] : [NodeKind.any, NodeKind.all];
    const farthest = farthestOf(node.upper, step, direction);
    if (farthest < node.lower) return truth(weak);
    let result = formulaAt(node.right, row, step + direction * farthest);
    for (let k = farthest - 1; k >= 0; k--) {
      const at = step + direction * k;
      result = builder.node(inner, [formulaAt(node.left, row, at), result]);
      if (k >= node.lower) result = builder.node(outer, [formulaAt(node.right, row, at), result]);
    }
    return result;
  };

  const unroll = (node: FormulaNode, row: number, step: number): number => {
    switch (node.kind) {
      case "truth":
        return truth(node.value);
      case "above":
        return leaf(
          algebra.subtract(numberAt(node.left, row, step), numberAt(node.right, row, step)),
          node.strict,
        );
      case "equal":
      case "differ": {
        const difference = algebra.subtract(numberAt(node.left, row, step), numberAt(node.right, row, step));
        const both = [difference, algebra.scale(difference, -1)];
        return node.kind === "equal" ? leaf(algebra.least(both), false) : leaf(algebra.greatest(both), true);
      }
      case "clock":
        return builder.clock({ field: node.field, step, lower: node.lower, upper: node.upper });
      case "and":
      case "or": {
        const children = node.operands.map((operand) => formulaAt(operand, row, step));
        return builder.node(node.kind === "and" ? NodeKind.all : NodeKind.any, children);
      }
      case "allOver":
        return builder.node(NodeKind.all, formulasOver(node.over, row, step));
      case "anyOver":
        return builder.node(NodeKind.any, formulasOver(node.over, row, step));
      case "atLeastOver":
        return builder.atLeast(formulasOver(node.over, row, step), node.counts[row] as number);
      case "step": {
        const at = step + node.by;
        return at < first || at > last ? truth(node.weak) : formulaAt(node.operand, row, at);
      }
      case "always":
      case "eventually":
      case "historically":
      case "once": {
        const direction = node.kind === "always" || node.kind === "eventually" ? 1 : -1;
        const children: number[] = [];
        const farthest = farthestOf(node.upper, step, direction);
        for (let k = node.lower; k <= farthest; k++) {
          children.push(formulaAt(node.operand, row, step + direction * k));
        }
        const all = node.kind === "always" || node.kind === "historically";
        return builder.node(all ? NodeKind.all : NodeKind.any, children);
      }
      case "until":
      case "release":
      case "since":
      case "triggers":
        return timed(node, row, step);
      case "sameDistance":
      case "otherDistance":
        return refuse("iff and xor of the dialect rtamt are distances of robustness");
      case "not":
        throw new TypeError("a negation is left in the normal form");
    }
  };

  const root = formula(plan.nodes.length - 1, 0, 0);
  return builder.rule(options.name, options.scale, root);
};
