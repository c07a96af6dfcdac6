import {
  binaryValue,
  leftDerivative,
  rightDerivative,
  unaryDerivative,
  unaryValue,
} from "../plan/elementFunctions.ts";
import type { PlanNode } from "../plan/Plan.ts";
import type { Layout, SmoothWalk } from "./SmoothWalk.ts";

export const forwardElements = (walk: SmoothWalk, node: PlanNode, layout: Layout, row: number): void => {
  const { base, length, first } = layout;
  const values = walk.values;
  const out = base + row * length;
  switch (node.kind) {
    case "add":
    case "subtract":
    case "above":
    case "multiply":
    case "divide":
    case "power":
    case "equal":
    case "differ":
    case "sameDistance":
    case "otherDistance": {
      const left = walk.at(node.left, row, layout);
      const right = walk.at(node.right, row, layout);
      if (node.kind === "above" || node.kind === "subtract") {
        for (let i = 0; i < length; i++) {
          values[out + i] = (values[left + i] as number) - (values[right + i] as number);
        }
        return;
      }
      for (let i = 0; i < length; i++) {
        values[out + i] = binaryValue(node.kind, values[left + i] as number, values[right + i] as number);
      }
      return;
    }
    case "negate":
    case "abs":
    case "sqrt":
    case "exp":
    case "ln": {
      const inner = walk.at(node.operand, row, layout);
      for (let i = 0; i < length; i++) values[out + i] = unaryValue(node.kind, values[inner + i] as number);
      return;
    }
    case "shift":
    case "step": {
      const inner = walk.layouts[node.operand.node] as Layout;
      const at = walk.at(node.operand, row, layout) + node.by;
      const outside = node.kind === "shift" ? NaN : node.weak ? Infinity : -Infinity;
      for (let i = 0; i < length; i++) {
        const step = first + i + node.by;
        const inside = step >= inner.first && step < inner.first + inner.length;
        values[out + i] = inside ? (values[at + i] as number) : outside;
      }
      return;
    }
    case "rollingMean": {
      const inner = walk.layouts[node.operand.node] as Layout;
      const at = walk.at(node.operand, row, layout);
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let back = node.steps - 1; back >= 0; back--) {
          sum += first + i - back >= inner.first ? (values[at + i - back] as number) : NaN;
        }
        values[out + i] = sum / node.steps;
      }
      return;
    }
    default:
  }
};

export const backwardElements = (walk: SmoothWalk, node: PlanNode, layout: Layout, row: number): void => {
  const { base, first, length } = layout;
  const values = walk.values;
  const slopes = walk.slopes;
  const out = base + row * length;
  switch (node.kind) {
    case "add":
    case "subtract":
    case "above":
    case "multiply":
    case "divide":
    case "power":
    case "equal":
    case "differ":
    case "sameDistance":
    case "otherDistance": {
      const left = walk.at(node.left, row, layout);
      const right = walk.at(node.right, row, layout);
      const leftActive = (walk.layouts[node.left.node] as Layout).active;
      const rightActive = (walk.layouts[node.right.node] as Layout).active;
      if (node.kind === "above" || node.kind === "subtract") {
        if (leftActive) {
          for (let i = 0; i < length; i++) walk.add(left + i, slopes[out + i] as number);
        }
        if (rightActive) {
          for (let i = 0; i < length; i++) walk.add(right + i, -(slopes[out + i] as number));
        }
        return;
      }
      for (let i = 0; i < length; i++) {
        const slope = slopes[out + i] as number;
        if (slope === 0) continue;
        const a = values[left + i] as number;
        const b = values[right + i] as number;
        if (leftActive) walk.add(left + i, slope * leftDerivative(node.kind, a, b));
        if (rightActive) walk.add(right + i, slope * rightDerivative(node.kind, a, b));
      }
      return;
    }
    case "negate":
    case "abs":
    case "sqrt":
    case "exp":
    case "ln": {
      const inner = walk.at(node.operand, row, layout);
      for (let i = 0; i < length; i++) {
        const slope = slopes[out + i] as number;
        if (slope === 0) continue;
        walk.add(inner + i, slope * unaryDerivative(node.kind, values[inner + i] as number));
      }
      return;
    }
    case "shift":
    case "step": {
      const at = walk.at(node.operand, row, layout) + node.by;
      // Steps outside are not finite and have no slope.
      for (let i = 0; i < length; i++) {
        const slope = slopes[out + i] as number;
        if (slope !== 0) walk.add(at + i, slope);
      }
      return;
    }
    case "rollingMean": {
      const inner = walk.layouts[node.operand.node] as Layout;
      const at = walk.at(node.operand, row, layout);
      for (let i = 0; i < length; i++) {
        const slope = (slopes[out + i] as number) / node.steps;
        if (slope === 0) continue;
        for (let back = node.steps - 1; back >= 0; back--) {
          if (first + i - back >= inner.first) walk.add(at + i - back, slope);
        }
      }
      return;
    }
    default:
  }
};
