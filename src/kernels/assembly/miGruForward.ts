import { sigmoid, tanh } from "./activations";
import { multiplyBlocked, multiplyRowMajor } from "./matrixProducts";
import { unpackColumns } from "./packing";

/** Bytes of the MI block of eight gate units: alpha, beta1, beta2, bias, eight floats each. */
export const MI_BLOCK_BYTES: usize = 128;

const QUANTISE_INT8: i32 = 1;
const QUANTISE_TERNARY: i32 = 2;

/** alpha p q + beta1 q + beta2 p + bias, in two multiply-add pairs that do not wait for one another. */
// @ts-ignore: decorator
@inline
function integrate(p: v128, q: v128, alpha: v128, beta1: v128, beta2: v128, bias: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(alpha, p), beta1), q), f32x4.add(f32x4.mul(beta2, p), bias));
}

function updateGate(p: usize, q: usize, z: usize, mi: usize, blockBytes: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const m = mi + half;
    const alpha = v128.load(m), beta1 = v128.load(m, 32), beta2 = v128.load(m, 64), bias = v128.load(m, 96);
    for (let o = half; o < blockBytes; o += 32) {
      v128.store(z + o, sigmoid(integrate(v128.load(p + o), v128.load(q + o), alpha, beta1, beta2, bias)));
    }
  }
}

function resetGate(
  p: usize, q: usize, r: usize, h: usize, resetState: usize, mi: usize, blockBytes: usize,
): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const m = mi + half;
    const alpha = v128.load(m), beta1 = v128.load(m, 32), beta2 = v128.load(m, 64), bias = v128.load(m, 96);
    for (let o = half; o < blockBytes; o += 32) {
      const gate = sigmoid(integrate(v128.load(p + o), v128.load(q + o), alpha, beta1, beta2, bias));
      v128.store(r + o, gate);
      v128.store(resetState + o, f32x4.mul(gate, v128.load(h + o)));
    }
  }
}

function candidateAndState(
  p: usize, q: usize, c: usize, z: usize, h: usize, next: usize, mi: usize, blockBytes: usize,
): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const m = mi + half;
    const alpha = v128.load(m), beta1 = v128.load(m, 32), beta2 = v128.load(m, 64), bias = v128.load(m, 96);
    for (let o = half; o < blockBytes; o += 32) {
      const candidate = tanh(integrate(v128.load(p + o), v128.load(q + o), alpha, beta1, beta2, bias));
      v128.store(c + o, candidate);
      const state = v128.load(h + o);
      v128.store(next + o, f32x4.add(state, f32x4.mul(v128.load(z + o), f32x4.sub(candidate, state))));
    }
  }
}

/** Rounds half to even; a NaN state stays NaN. */
function quantise(state: usize, bytes: usize, quantiser: i32): void {
  const end = state + bytes;
  if (quantiser == QUANTISE_INT8) {
    const levels = f32x4.splat(127);
    for (; state < end; state += 16) {
      v128.store(state, f32x4.div(f32x4.nearest(f32x4.mul(v128.load(state), levels)), levels));
    }
  } else if (quantiser == QUANTISE_TERNARY) {
    // Within [-1, 1] rounding to the nearest integer, ties to even, is exactly |h| > 1/2 ? sign(h) : 0.
    const one = f32x4.splat(1), minusOne = f32x4.splat(-1);
    for (; state < end; state += 16) {
      v128.store(state, f32x4.nearest(f32x4.pmax(f32x4.pmin(v128.load(state), one), minusOne)));
    }
  }
}

/**
 * `steps` steps over a chunk of `rows` batch rows.
 *
 * x [steps][rows][inputs] row-major, readable three rows beyond its end; states [steps][rows][units]
 * row-major. A record is [state before the step | p | q | gates], 10 x stateBlocks blocks; records lie
 * `recordBytes` apart, and each step writes the state into the next one. With `recordBytes` 0 one record is
 * used over and over.
 */
export function forward(
  x: usize, w: usize, u: usize, mi: usize, record: usize, recordBytes: usize, resetState: usize,
  states: usize,
  rows: i32, steps: i32, inputs: i32, units: i32, quantiser: i32,
): void {
  const paddedRows = (rows + 3) & ~3;
  const blocks = (units + 7) >> 3;
  const blockBytes = (<usize>paddedRows) << 5, stateBytes = blockBytes * <usize>blocks;
  const gateBytes = <usize>3 * stateBytes;
  const candidateU = u + (<usize>(2 * blocks * units) << 5);
  for (let step = 0; step < steps; step++) {
    const h = record, p = h + stateBytes, q = p + gateBytes, gates = q + gateBytes, next = h + recordBytes;
    multiplyRowMajor(x, w, p, blockBytes, paddedRows, 3 * blocks, inputs);
    multiplyBlocked(h, u, q, blockBytes, paddedRows, 2 * blocks, 1, units, false);
    for (let block = 0; block < blocks; block++) {
      const z = <usize>block * blockBytes, r = z + stateBytes;
      updateGate(p + z, q + z, gates + z, mi + <usize>block * MI_BLOCK_BYTES, blockBytes);
      resetGate(
        p + r, q + r, gates + r, h + z, resetState + z,
        mi + <usize>(blocks + block) * MI_BLOCK_BYTES, blockBytes,
      );
    }
    multiplyBlocked(
      resetState, candidateU, q + <usize>2 * stateBytes, blockBytes, paddedRows, blocks, 1, units, false,
    );
    for (let block = 0; block < blocks; block++) {
      const z = <usize>block * blockBytes, c = z + <usize>2 * stateBytes;
      candidateAndState(
        p + c, q + c, gates + c, gates + z, h + z, next + z,
        mi + <usize>(2 * blocks + block) * MI_BLOCK_BYTES, blockBytes,
      );
    }
    quantise(next, stateBytes, quantiser);
    unpackColumns(next, blockBytes, rows, units, states, units);
    x += (<usize>(rows * inputs)) << 2;
    states += (<usize>(rows * units)) << 2;
    record = next;
  }
}
