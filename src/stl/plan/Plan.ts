/**
 * A compiled formula: shared sub-formulas in evaluation order, plain data.
 *
 * Every node stands over a scope, a list of distinct sensor tuples; scope 0 is the single empty tuple. A node
 * has one row (a series over time) a tuple. A node reads an operand of its own scope row by row, an operand
 * of a smaller scope through a row map, and a reduction reads the rows of a larger scope through offsets: no
 * series is copied per sensor. Infinite numbers are written `null`.
 */

export interface PlanScope {
  /** How many sensors a tuple has. */
  readonly arity: number;
  readonly size: number;
  /** Sensor indices, tuple after tuple. */
  readonly sensors: readonly number[];
}

/** An operand: a node, and for every row of the reader the row of the node (no map: the same row). */
export interface Operand {
  readonly node: number;
  /** Index into `Plan.rowMaps`, or -1. */
  readonly rows: number;
}

/** Rows `rows[offsets[r]..offsets[r + 1]]` of a node are reduced to row r. */
export interface Reduction {
  readonly node: number;
  readonly offsets: readonly number[];
  readonly rows: readonly number[];
}

export type NumericNode =
  | { readonly kind: "constant"; readonly scope: number; readonly value: number }
  | {
      readonly kind: "signal";
      readonly scope: number;
      readonly channel: number;
      /** A fixed sensor, or -1: the sensor of the row. */
      readonly sensor: number;
      /** A gap holds the last reading for up to this many steps; null: without limit. */
      readonly holdSteps: number | null;
      /** What a reading can be, in the unit of the panel. */
      readonly lower: number | null;
      readonly upper: number | null;
    }
  /** Value `by` steps later (earlier if negative). */
  | { readonly kind: "shift"; readonly scope: number; readonly operand: Operand; readonly by: number }
  | {
      readonly kind: "add" | "subtract" | "multiply" | "divide" | "power";
      readonly scope: number;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly kind: "negate" | "abs" | "sqrt" | "exp" | "ln";
      readonly scope: number;
      readonly operand: Operand;
    }
  | { readonly kind: "least" | "greatest"; readonly scope: number; readonly operands: readonly Operand[] }
  /** Mean of the last `steps` values, the present one included. */
  | {
      readonly kind: "rollingMean";
      readonly scope: number;
      readonly operand: Operand;
      readonly steps: number;
    }
  | {
      readonly kind: "meanOver" | "sumOver" | "leastOver" | "greatestOver";
      readonly scope: number;
      readonly over: Reduction;
    };

export type FormulaNode =
  | { readonly kind: "truth"; readonly scope: number; readonly value: boolean }
  /** Robustness left - right; holds where > 0, or >= 0 unless strict. */
  | {
      readonly kind: "above";
      readonly scope: number;
      readonly left: Operand;
      readonly right: Operand;
      readonly strict: boolean;
    }
  /** Robustness -|left - right|, and |left - right| for `differ`. */
  | {
      readonly kind: "equal" | "differ";
      readonly scope: number;
      readonly left: Operand;
      readonly right: Operand;
    }
  /** Holds where lower <= field <= upper; robustness +inf or -inf. */
  | {
      readonly kind: "clock";
      readonly scope: number;
      readonly field: "minuteOfDay" | "weekday" | "dayNumber";
      readonly lower: number;
      readonly upper: number;
    }
  | { readonly kind: "not"; readonly scope: number; readonly operand: Operand }
  | { readonly kind: "and" | "or"; readonly scope: number; readonly operands: readonly Operand[] }
  /** Of the dialect `rtamt`: -|left - right| and |left - right| of two robustness values. */
  | {
      readonly kind: "sameDistance" | "otherDistance";
      readonly scope: number;
      readonly left: Operand;
      readonly right: Operand;
    }
  | {
      readonly kind: "always" | "eventually" | "historically" | "once";
      readonly scope: number;
      readonly operand: Operand;
      /** Distances in steps, both >= 0; upper null: without end. */
      readonly lower: number;
      readonly upper: number | null;
    }
  | {
      readonly kind: "until" | "release" | "since" | "triggers";
      readonly scope: number;
      readonly left: Operand;
      readonly right: Operand;
      readonly lower: number;
      readonly upper: number | null;
    }
  /** Formula `by` steps later, by = 1 or -1; true outside the trace if weak, else false. */
  | {
      readonly kind: "step";
      readonly scope: number;
      readonly operand: Operand;
      readonly by: number;
      readonly weak: boolean;
    }
  | { readonly kind: "allOver" | "anyOver"; readonly scope: number; readonly over: Reduction }
  /** The k-th largest, k = counts[row]; k <= 0 is true, k beyond the number of rows is false. */
  | {
      readonly kind: "atLeastOver";
      readonly scope: number;
      readonly over: Reduction;
      readonly counts: readonly number[];
    };

export type PlanNode = NumericNode | FormulaNode;

export interface Plan {
  readonly scopes: readonly PlanScope[];
  readonly rowMaps: readonly (readonly number[])[];
  /** Operands before their readers; the root is the last, over scope 0. */
  readonly nodes: readonly PlanNode[];
}
