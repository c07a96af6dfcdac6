import { sigmoid, tanh } from "./activations";
import { integrate, MI_BLOCK_BYTES, sigmoidGate } from "./integration";
import { multiplyBlocked, multiplyRowMajor } from "./matrixProducts";
import { unpackColumns } from "./packing";
import { quantise } from "./quantise";

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

/**
 * `steps` steps of the GRU over a chunk of `rows` batch rows, gates in the order z, r, candidate.
 *
 * x [steps][rows][inputs] row-major, readable three rows beyond its end; states [steps][rows][units]
 * row-major. A record is [state before the step | p | q | gates], 10 x stateBlocks blocks; records lie
 * `recordBytes` apart, and each step writes the state into the next one. With `recordBytes` 0 one record is
 * used over and over. `first` counts the rows of the batch before this chunk and of all steps before these, `stride`
 * those of a step: what the random numbers of the quantiser go by.
 */
export function gruForward(
  x: usize, w: usize, u: usize, mi: usize, record: usize, recordBytes: usize, resetState: usize, states: usize,
  rows: i32, steps: i32, inputs: i32, units: i32,
  quantiser: i32, levels: f32, noise: f32, seed: i32, first: i32, stride: i32, _slope: f32,
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
      sigmoidGate(p + z, q + z, gates + z, mi + <usize>block * MI_BLOCK_BYTES, blockBytes);
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
    quantise(next, blockBytes, blocks, quantiser, levels, noise, seed, first + step * stride, blocks << 3);
    unpackColumns(next, blockBytes, rows, units, states, units);
    x += (<usize>(rows * inputs)) << 2;
    states += (<usize>(rows * units)) << 2;
    record = next;
  }
}
