// Softmax over the columns of a blocked matrix of logits, [blocks][rows][8]: its loss and its gradient, in place. Sums
// over columns are in float64. A row's largest logit and sum lie side by side in `rowFacts`, as rows x 48 bytes: four
// lanes of float32, then two pairs of float64.

import { exponential } from "./activations";
import { multiplyBlocked } from "./matrixProducts";

const FACT_BYTES: usize = 48;
/** Columns whose vectors stay in the nearest cache while the rows pass by. */
const CHUNK: i32 = 512;

// @ts-ignore: decorator
@inline
function logitOf(logits: usize, blockBytes: usize, row: i32, column: i32): usize {
  return (
    logits + <usize>(column >> 3) * blockBytes + ((<usize>row) << 5) + ((<usize>(column & 7)) << 2)
  );
}

/**
 * Adds `biases`, a multiple of 8 of them with -Infinity for absent columns, to the logits; then the largest of each row
 * goes to its place in `rowFacts` and the logit of its target to `targetLogits`.
 */
export function softmaxMaxima(
  logits: usize,
  blockBytes: usize,
  biases: usize,
  targets: usize,
  rows: i32,
  blocks: i32,
  rowFacts: usize,
  targetLogits: usize,
): void {
  const least = f32x4.splat(-Infinity);
  for (let row = 0; row < rows; row++) v128.store(rowFacts + <usize>row * FACT_BYTES, least);
  for (let block = 0; block < blocks; block++) {
    const bias0 = v128.load(biases + ((<usize>block) << 5)),
      bias1 = v128.load(biases + ((<usize>block) << 5), 16);
    let place = logits + <usize>block * blockBytes,
      fact = rowFacts;
    const end = place + ((<usize>rows) << 5);
    while (place < end) {
      const a = f32x4.add(v128.load(place), bias0),
        b = f32x4.add(v128.load(place, 16), bias1);
      v128.store(place, a);
      v128.store(place, b, 16);
      v128.store(fact, f32x4.max(v128.load(fact), f32x4.max(a, b)));
      place += 32;
      fact += FACT_BYTES;
    }
  }
  for (let row = 0; row < rows; row++) {
    const fact = rowFacts + <usize>row * FACT_BYTES;
    const most = v128.load(fact);
    v128.store(
      fact,
      f32x4.splat(
        max(
          max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
          max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
        ),
      ),
    );
    const target = load<i32>(targets + ((<usize>row) << 2));
    f32.store(targetLogits + ((<usize>row) << 2), f32.load(logitOf(logits, blockBytes, row, target)));
  }
}

/** Every logit becomes exp(logit - largest); the sum of each row goes to the two float64 at 16 of its facts. */
export function softmaxSums(logits: usize, blockBytes: usize, rows: i32, blocks: i32, rowFacts: usize): void {
  const zero = f64x2.splat(0);
  for (let row = 0; row < rows; row++) {
    v128.store(rowFacts + <usize>row * FACT_BYTES, zero, 16);
    v128.store(rowFacts + <usize>row * FACT_BYTES, zero, 32);
  }
  for (let block = 0; block < blocks; block++) {
    let place = logits + <usize>block * blockBytes,
      fact = rowFacts;
    const end = place + ((<usize>rows) << 5);
    while (place < end) {
      const most = v128.load(fact);
      const a = exponential(f32x4.sub(v128.load(place), most)),
        b = exponential(f32x4.sub(v128.load(place, 16), most));
      v128.store(place, a);
      v128.store(place, b, 16);
      const sum = f32x4.add(a, b);
      v128.store(fact, f64x2.add(v128.load(fact, 16), f64x2.promote_low_f32x4(sum)), 16);
      v128.store(
        fact,
        f64x2.add(v128.load(fact, 32), f64x2.promote_low_f32x4(i64x2.shuffle(sum, sum, 1, 0))),
        32,
      );
      place += 32;
      fact += FACT_BYTES;
    }
  }
  for (let row = 0; row < rows; row++) {
    const fact = rowFacts + <usize>row * FACT_BYTES;
    const sum = f64x2.add(v128.load(fact, 16), v128.load(fact, 32));
    f64.store(fact, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1), 16);
  }
}

/**
 * What `softmaxSums` left becomes `weight` (probability - 1 at the target); its sums over the rows are added to
 * `biasGradient`.
 */
export function softmaxGradient(
  logits: usize,
  blockBytes: usize,
  targets: usize,
  rows: i32,
  blocks: i32,
  rowFacts: usize,
  weight: f64,
  biasGradient: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const fact = rowFacts + <usize>row * FACT_BYTES;
    v128.store(fact, f32x4.splat(<f32>(weight / f64.load(fact, 16))));
  }
  for (let block = 0; block < blocks; block++) {
    let place = logits + <usize>block * blockBytes,
      fact = rowFacts;
    const end = place + ((<usize>rows) << 5);
    const into = biasGradient + ((<usize>block) << 5);
    let sum0 = v128.load(into),
      sum1 = v128.load(into, 16);
    while (place < end) {
      const share = v128.load(fact);
      const a = f32x4.mul(v128.load(place), share),
        b = f32x4.mul(v128.load(place, 16), share);
      v128.store(place, a);
      v128.store(place, b, 16);
      sum0 = f32x4.add(sum0, a);
      sum1 = f32x4.add(sum1, b);
      place += 32;
      fact += FACT_BYTES;
    }
    v128.store(into, sum0);
    v128.store(into, sum1, 16);
  }
  for (let row = 0; row < rows; row++) {
    const target = load<i32>(targets + ((<usize>row) << 2));
    const place = logitOf(logits, blockBytes, row, target);
    f32.store(place, f32.load(place) - <f32>weight);
    const bias = biasGradient + ((<usize>target) << 2);
    f32.store(bias, f32.load(bias) - <f32>weight);
  }
}

/** states [unitBlocks][rows][8] = gradient [blocks][rows][8] * vectors [unitBlocks][columns][8]. */
export function softmaxStates(
  gradient: usize,
  vectors: usize,
  states: usize,
  blockBytes: usize,
  rows: i32,
  columns: i32,
  unitBlocks: i32,
): void {
  for (let first = 0; first < columns; first += CHUNK) {
    for (let block = 0; block < unitBlocks; block++) {
      multiplyBlocked(
        gradient + <usize>(first >> 3) * blockBytes,
        vectors + ((<usize>(block * columns + first)) << 5),
        states + <usize>block * blockBytes,
        blockBytes,
        rows,
        1,
        1,
        min(CHUNK, columns - first),
        first > 0,
      );
    }
  }
}
