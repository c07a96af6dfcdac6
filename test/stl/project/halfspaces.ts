import * as fc from "fast-check";
import type { ChoiceGraph } from "../../../src/stl/project/ChoiceGraph.ts";

export interface Halfspaces {
  readonly given: readonly number[];
  readonly rows: readonly { readonly coefficients: readonly number[]; readonly need: number }[];
}

export const dimensions = 3;

const whole = (size: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: -size, max: size }), { minLength: dimensions, maxLength: dimensions });

/** Small whole numbers: parallel, opposite, repeated and redundant rows are common. */
export const halfspaces = (most: number): fc.Arbitrary<Halfspaces> =>
  fc.record({
    given: whole(4),
    rows: fc.array(
      fc
        .record({ coefficients: whole(2), need: fc.integer({ min: -5, max: 5 }) })
        .filter(({ coefficients }) => coefficients.some((coefficient) => coefficient !== 0)),
      { minLength: 1, maxLength: most },
    ),
  });

/** A graph in which every row is a clause. */
export const graphOf = ({ given, rows }: Halfspaces, bound = Infinity): ChoiceGraph => {
  const walls = given.flatMap((_, j) =>
    [1, -1].map((sign) => ({ coefficients: given.map((__, i) => (i === j ? sign : 0)), need: -bound })),
  );
  const all = [...rows, ...walls];
  const lengths = all.map((row) => Math.hypot(...row.coefficients));
  // The bounds must have one term each; the other rows may keep their zeros.
  const terms = all.map(({ coefficients }, r) =>
    coefficients.map((value, j) => ({ value, j, r })).filter(({ value }) => r < rows.length || value !== 0),
  );
  const offsets = terms.reduce<number[]>((ends, own) => [...ends, ends.at(-1)! + own.length], [0]);
  return {
    given: Float64Array.from(given),
    lower: new Float64Array(dimensions).fill(-bound),
    upper: new Float64Array(dimensions).fill(bound),
    firstBound: rows.length,
    rowOffsets: Int32Array.from(offsets),
    rowVariable: Int32Array.from(terms.flat(), ({ j }) => j),
    rowCoefficient: Float64Array.from(terms.flat(), ({ value, r }) => value / lengths[r]!),
    rowNeed: Float64Array.from(all, ({ need }, r) => need / lengths[r]!),
    rowTolerance: new Float64Array(all.length).fill(1e-12),
    writtenCoefficient: Float64Array.from(terms.flat(), ({ value }) => value),
    writtenNeed: Float64Array.from(all, ({ need }) => need),
    row: Int32Array.from(rows, (_, r) => r),
    count: new Int32Array(rows.length).fill(1),
    childOffsets: new Int32Array(rows.length + 1),
    children: new Int32Array(0),
    clauses: rows.map((_, r) => r),
    clauseOwner: rows.map(() => 0),
    hopeless: [],
  };
};
