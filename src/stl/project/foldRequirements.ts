import type { ChoiceGraph } from "./ChoiceGraph.ts";
import { NodeKind, type UnrolledRule } from "../unroll/UnrolledRule.ts";

/** What a leaf reads: a variable, or bounds of a reading that cannot move. */
export interface Located {
  /** Index of the variable, or -1. */
  variable: number;
  lower: number;
  upper: number;
}

/** An unrolled rule that must hold by a margin, and where its readings are found. */
export interface Requirement {
  readonly unrolled: UnrolledRule;
  /** In the unit of the rule's robustness. */
  readonly margin: number;
  readonly locate: (channel: number, sensor: number, step: number, into: Located) => void;
  readonly clockHolds: (test: UnrolledRule["clockTests"][number]) => boolean;
}

/** The variables of a graph. */
export type Variables = Pick<ChoiceGraph, "given" | "lower" | "upper">;

/**
 * How far past its need a row is asked to go, as a share of the magnitudes that are added up in it: rounding must not
 * leave a row short, and a strict row must really be above.
 */
export interface Room {
  readonly rows: number;
  /** Rows that hold strictly above their need only. */
  readonly strict: number;
}

/** What counts as rounding: less than every room but none. */
const tolerance = 2 ** -46;

const always = -1;
const never = -2;

interface Row {
  readonly variables: number[];
  readonly coefficients: number[];
  readonly need: number;
  /** Of the constant part. */
  readonly magnitude: number;
  readonly strict: boolean;
}

/**
 * Joins requirements to one graph over common variables: what cannot move is folded into the needs, and a leaf
 * that reads the unknown is broken unless the bounds of the reading settle it.
 */
export const foldRequirements = (
  requirements: readonly Requirement[],
  variables: Variables,
  room: Room,
): ChoiceGraph => {
  const { given, lower, upper } = variables;
  const rows: Row[] = [];
  const nodes: { row: number; count: number; children: readonly number[] }[] = [];
  const place = new Int32Array(given.length).fill(-1);
  const located: Located = { variable: -1, lower: 0, upper: 0 };

  /** Terms of one variable are added up; the constant is the least that the rest can be. */
  const readLeaf = ({ unrolled, margin, locate }: Requirement, leaf: number): Row => {
    const found: number[] = [];
    const coefficients: number[] = [];
    let constant = unrolled.constant[leaf] as number;
    let magnitude = Math.abs(constant);
    const end = unrolled.termOffsets[leaf + 1] as number;
    for (let k = unrolled.termOffsets[leaf] as number; k < end; k++) {
      const coefficient = unrolled.coefficient[k] as number;
      locate(
        unrolled.channel[k] as number,
        unrolled.sensor[k] as number,
        unrolled.step[k] as number,
        located,
      );
      const { variable } = located;
      if (variable < 0) {
        const least = coefficient * (coefficient > 0 ? located.lower : located.upper);
        constant += least;
        magnitude += Math.abs(least);
      } else if ((place[variable] as number) < 0) {
        place[variable] = found.push(variable) - 1;
        coefficients.push(coefficient);
      } else {
        const at = place[variable] as number;
        coefficients[at] = (coefficients[at] as number) + coefficient;
      }
    }
    for (const variable of found) place[variable] = -1;
    // A difference of one held reading and itself.
    const kept = found.filter((_, k) => coefficients[k] !== 0);
    const keptCoefficients = coefficients.filter((coefficient) => coefficient !== 0);
    const strict = unrolled.strict[leaf] === 1 && margin === 0;
    return {
      variables: kept,
      coefficients: keptCoefficients,
      need: margin - constant,
      magnitude,
      strict,
    };
  };

  const extreme = (row: Row, greatest: boolean): number => {
    let sum = 0;
    row.variables.forEach((variable, k) => {
      const coefficient = row.coefficients[k] as number;
      sum += coefficient * ((coefficient > 0 === greatest ? upper : lower)[variable] as number);
    });
    return sum;
  };

  const leafNode = (requirement: Requirement, leaf: number): number => {
    const row = readLeaf(requirement, leaf);
    const reaches = (value: number): boolean => (row.strict ? value > row.need : value >= row.need);
    // An undefined constant, such as inf - inf, is reached by nothing.
    if (!reaches(extreme(row, true))) return never;
    if (reaches(extreme(row, false))) return always;
    return nodes.push({ row: rows.push(row) - 1, count: 1, children: [] }) - 1;
  };

  const choiceNode = (children: readonly number[], count: number): number => {
    const open = children.filter((child) => child >= 0);
    const missing = count - children.filter((child) => child === always).length;
    if (missing <= 0) return always;
    if (missing > open.length) return never;
    if (open.length === 1) return open[0] as number;
    return nodes.push({ row: -1, count: missing, children: open }) - 1;
  };

  const foldNode = (
    requirement: Requirement,
    kind: NodeKind,
    argument: number,
    children: readonly number[],
  ): number => {
    switch (kind) {
      case NodeKind.all:
        return choiceNode(children, children.length);
      case NodeKind.any:
        return choiceNode(children, 1);
      case NodeKind.atLeast:
        return choiceNode(children, argument);
      case NodeKind.leaf:
        return leafNode(requirement, argument);
      case NodeKind.clock: {
        const test = requirement.unrolled.clockTests[argument] as UnrolledRule["clockTests"][number];
        return requirement.clockHolds(test) ? always : never;
      }
      case NodeKind.constantTrue:
        return always;
      case NodeKind.constantFalse:
        return never;
    }
  };

  const clauses: number[] = [];
  const clauseOwner: number[] = [];
  const hopeless: number[] = [];
  const demand = (node: number, owner: number): void => {
    const { count, children } = nodes[node] as (typeof nodes)[number];
    if (children.length > 0 && count === children.length) for (const child of children) demand(child, owner);
    else {
      clauses.push(node);
      clauseOwner.push(owner);
    }
  };

  requirements.forEach((requirement, owner) => {
    const { unrolled } = requirement;
    const moved: number[] = [];
    for (let n = 0; n < unrolled.kind.length; n++) {
      const own = unrolled.children.subarray(unrolled.childOffsets[n], unrolled.childOffsets[n + 1]);
      const children = Array.from(own, (child) => moved[child] as number);
      moved.push(
        foldNode(requirement, unrolled.kind[n] as NodeKind, unrolled.argument[n] as number, children),
      );
    }
    const root = moved.at(-1) as number;
    if (root === never) hopeless.push(owner);
    else if (root >= 0) demand(root, owner);
  });

  return {
    ...variables,
    ...normalisedRows(rows, given, room),
    row: Int32Array.from(nodes, (node) => node.row),
    count: Int32Array.from(nodes, (node) => node.count),
    childOffsets: offsetsOf(nodes.map((node) => node.children.length)),
    children: Int32Array.from(nodes.flatMap((node) => node.children)),
    clauses,
    clauseOwner,
    hopeless,
  };
};

type RowArrays = Pick<
  ChoiceGraph,
  | "rowOffsets"
  | "rowVariable"
  | "rowCoefficient"
  | "rowNeed"
  | "rowTolerance"
  | "writtenCoefficient"
  | "writtenNeed"
>;

/** Rows of length 1, with their room and their tolerance. */
const normalisedRows = (rows: readonly Row[], given: Float64Array, room: Room): RowArrays => {
  // A variable may have to move as far as the constants of its rows.
  const reach = given.map(Math.abs);
  for (const row of rows) {
    const sum = row.coefficients.reduce((total, coefficient) => total + Math.abs(coefficient), 0);
    for (const variable of row.variables) {
      reach[variable] = Math.max(reach[variable] as number, row.magnitude / sum);
    }
  }
  const rowOffsets = offsetsOf(rows.map((row) => row.variables.length));
  const terms = rowOffsets[rows.length] as number;
  const arrays = {
    rowOffsets,
    rowVariable: new Int32Array(terms),
    rowCoefficient: new Float64Array(terms),
    writtenCoefficient: new Float64Array(terms),
    rowNeed: new Float64Array(rows.length),
    writtenNeed: Float64Array.from(rows, (row) => row.need),
    rowTolerance: new Float64Array(rows.length),
  };
  rows.forEach((row, r) => {
    const start = rowOffsets[r] as number;
    const length = Math.hypot(...row.coefficients);
    arrays.rowVariable.set(row.variables, start);
    arrays.writtenCoefficient.set(row.coefficients, start);
    let { magnitude } = row;
    row.coefficients.forEach((coefficient, k) => {
      arrays.rowCoefficient[start + k] = coefficient / length;
      magnitude += Math.abs(coefficient) * (reach[row.variables[k] as number] as number);
    });
    const share = row.strict ? room.strict : room.rows;
    arrays.rowNeed[r] = (row.need + share * magnitude) / length;
    arrays.rowTolerance[r] = (tolerance * magnitude) / length;
  });
  return arrays;
};

const offsetsOf = (lengths: readonly number[]): Int32Array => {
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => (offsets[i + 1] = (offsets[i] as number) + length));
  return offsets;
};
