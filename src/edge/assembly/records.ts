// Where the numbers of a model lie in memory; written by integerLayout.ts, field by field.

/** A recurrent cell. Vectors of units are padded with zero rows to a multiple of 16. */
@unmanaged
export class CellRecord {
  /** Padded units. */
  units: i32;
  /** Pairs of columns of W and of U, both even. */
  inputPairs: i32;
  statePairs: i32;
  /** W, int16 [tile of 32 rows][pair][32 rows][2 columns], rows in the order [four units][gate][unit]. */
  inputWeights: usize;
  /** The candidate's U, the same with rows in the order of the units. */
  candidateWeights: usize;
  /** Codes of update + 2^14 reset, int16, [part of 32 pairs] of the same. */
  gateWeights: usize;
  /** [four units][gate]: see cellStep.ts. */
  coefficients: usize;
  /** int16 [units], one = 127. */
  state: usize;
  /** What the cell reads: int16, the features of a step or the state of the cell below. */
  x: usize;
  /** What is added to sums of x before they are multiplied: see cellStep.ts. */
  lift: i32;
  /** The magic of cellStep.ts times 2^-productShift, as the candidate's slopes are kept. */
  slopeMagic: f64;
  /** Half of what the candidate's products are multiples of; 0 where they are whole. */
  productHalf: f64;
}

/** A dense layer: floor((sum + start) scale + 1/2) a row. */
@unmanaged
export class LayerRecord {
  rows: i32;
  /** Blocks of eight columns. */
  blocks: i32;
  /** int16 [rows][8 blocks] */
  codes: usize;
  /** float64 [rows] each; scale is the multiplier divided by the power of two of its shift. */
  start: usize;
  scale: usize;
}

/** From outputs of one target to quanta. */
@unmanaged
export class ReadoutRecord {
  /** Divided by the power of two of its shift. */
  gain: f64;
  log1p: i32;
  minimum: i32;
  maximum: i32;
  inverseQuantum: i32;
}

@unmanaged
export class ModelRecord {
  cells: i32;
  inputs: i32;
  /** Units that are not padding. */
  units: i32;
  targets: i32;
  horizon: i32;
  /** CellRecord [cells] */
  cell: usize;
  /** A projected step of the cell in work. */
  projected: usize;
  /** int32 [rows], the sums of the product in work: those of 3 units of x, or of the units. */
  sums: usize;
  /** int16 [units], r h at one = 2032. */
  gated: usize;
  /** int32 [gate][units]: pre-activations, then activations. */
  update: usize;
  /** uint32 [257] */
  powers: usize;
  hidden: LayerRecord;
  skip: LayerRecord;
  output: LayerRecord;
  hiddenBias: usize;
  outputBias: usize;
  /** What the head reads: int16 [8 h, x]; its hidden units less 2^15, int16; results of a layer, float64. */
  mixed: usize;
  passed: usize;
  direct: usize;
  indirect: usize;
  /** ReadoutRecord [targets] */
  readouts: usize;
}
