import type { BoundRule } from "../compile/BoundRule.ts";
import { unrollRule } from "../unroll/unrollRule.ts";

const NUMBER = 8;
/** A row as it is written and as it is normalised, what is demanded of it, and its end. */
const OF_ROW = 6 * NUMBER;
/** A term as it is unrolled, in units of the scale, written and normalised. */
const OF_TERM = 6 * NUMBER;
/** A node as it is unrolled and folded, its gap, and which nodes are below it. */
const OF_NODE = 8 * NUMBER;
/** What a variable is, where it stands, and what is known of it. */
const OF_VARIABLE = 10 * NUMBER;
/** Points of a search that are there at once; where choices are many there can be more. */
const POINTS = 32;

/**
 * Bytes that a {@link createPanelTeacher} holds during a lesson, about as many as at most, for traces of `values` numbers
 * of which `variables` may move.
 */
export const teacherBytes = (rules: readonly BoundRule[], values: number, variables: number): number => {
  let rows = 2 * variables;
  let terms = 2 * variables;
  let nodes = 0;
  for (const rule of rules) {
    const { children, coefficient, constant, kind } = unrollRule(rule);
    rows += constant.length;
    terms += coefficient.length;
    nodes += kind.length + children.length;
  }
  return (
    3 * NUMBER * values +
    OF_ROW * rows +
    OF_TERM * terms +
    OF_NODE * nodes +
    OF_VARIABLE * variables +
    POINTS * (NUMBER * variables + rows)
  );
};
