import type { OnlineNode, Step } from "./OnlineNode.ts";

/**
 * The step of a comparison, a difference, or of two formulas joined, in a plan that judges one stream: while all is known
 * without a row to go through, which for one value takes as long as the value itself. Else it is `row`, the step of many.
 */
export const aloneStep = (online: OnlineNode, row: Step): Step => {
  const { delay, node, operands, ring } = online;
  const [a, b] = operands;
  if (ring.streams !== 1 || a === undefined || b === undefined || operands.length !== 2) return row;
  const { first, lower: target, mask } = ring;
  const { first: leftFirst, lower: left, mask: leftMask } = a;
  const { first: rightFirst, lower: right, mask: rightMask } = b;
  switch (node.kind) {
    case "above":
    case "subtract":
      return (time, exact) => {
        if (!exact) return row(time, exact);
        const own = time - delay;
        if (own < 0) return true;
        const value =
          (left[leftFirst + (own & leftMask)] as number) - (right[rightFirst + (own & rightMask)] as number);
        target[first + (own & mask)] = value;
        return value - value === 0;
      };
    case "and":
    case "or": {
      const minimum = node.kind === "and";
      return (time, exact) => {
        if (!exact) return row(time, exact);
        const own = time - delay;
        if (own < 0) return true;
        const x = left[leftFirst + (own & leftMask)] as number;
        const y = right[rightFirst + (own & rightMask)] as number;
        target[first + (own & mask)] = minimum ? Math.min(x, y) : Math.max(x, y);
        return true;
      };
    }
    default:
      return row;
  }
};
