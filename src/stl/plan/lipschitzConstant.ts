import { operandsOf, reductionOf } from "./operandsOf.ts";
import type { Plan } from "./Plan.ts";

/**
 * How far the robustness can move when every reading moves by at most one: |rho(x) - rho(y)| <= L max|x - y|.
 *
 * Minima, maxima, order statistics and temporal operators pass a movement on as it is, sums add, multiples
 * multiply. Infinity where a product of signals, a power, a root, an exponential or a logarithm has no bound.
 *
 * @example
 * lipschitzConstant(parseFormula("always[0, 5] 2 * x - y > 0").plan); // => 3
 */
export const lipschitzConstant = (plan: Plan): number => {
  const bounds: number[] = [];
  plan.nodes.forEach((node, n) => {
    const reduction = reductionOf(node);
    const inner = (reduction === undefined ? operandsOf(node) : [reduction]).map(
      (operand) => bounds[operand.node] as number,
    );
    const sum = inner.reduce((total, bound) => total + bound, 0);
    const constant = (operand: number): number | undefined => {
      const child = plan.nodes[operand];
      return child?.kind === "constant" ? child.value : undefined;
    };
    const nonlinear = sum === 0 ? 0 : Infinity;
    switch (node.kind) {
      case "signal":
        bounds[n] = 1;
        break;
      case "multiply": {
        const [left, right] = [constant(node.left.node), constant(node.right.node)];
        const factor = left ?? right;
        bounds[n] = factor === undefined ? nonlinear : Math.abs(factor) * sum;
        break;
      }
      case "divide": {
        const divisor = constant(node.right.node);
        bounds[n] = divisor === undefined || divisor === 0 ? nonlinear : sum / Math.abs(divisor);
        break;
      }
      case "power":
      case "sqrt":
      case "exp":
      case "ln":
        bounds[n] = nonlinear;
        break;
      case "add":
      case "subtract":
      case "above":
      case "equal":
      case "differ":
      case "sameDistance":
      case "otherDistance":
        bounds[n] = sum;
        break;
      case "sumOver": {
        const { offsets } = node.over;
        const sizes = offsets.slice(1).map((end, row) => end - (offsets[row] as number));
        bounds[n] = sum * Math.max(0, ...sizes);
        break;
      }
      default:
        bounds[n] = Math.max(0, ...inner);
    }
  });
  return bounds.at(-1) ?? 0;
};
