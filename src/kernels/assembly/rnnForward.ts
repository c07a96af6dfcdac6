import { MI_BLOCK_BYTES, tanhGate } from "./integration";
import { multiplyBlocked, multiplyRowMajor } from "./matrixProducts";
import { unpackColumns } from "./packing";
import { quantise } from "./quantise";

/**
 * `steps` steps of h' = tanh(a) over a chunk of `rows` batch rows; memory as in `gruForward`. A record is
 * [state before the step | p | q | tanh a], 4 x stateBlocks blocks.
 */
export function rnnForward(
  x: usize, w: usize, u: usize, mi: usize, record: usize, recordBytes: usize, _resetState: usize, states: usize,
  rows: i32, steps: i32, inputs: i32, units: i32,
  quantiser: i32, levels: f32, noise: f32, seed: i32, first: i32, stride: i32, _slope: f32,
): void {
  const paddedRows = (rows + 3) & ~3, blocks = (units + 7) >> 3;
  const blockBytes = (<usize>paddedRows) << 5, stateBytes = blockBytes * <usize>blocks;
  for (let step = 0; step < steps; step++) {
    const h = record, p = h + stateBytes, q = p + stateBytes, activation = q + stateBytes, next = h + recordBytes;
    multiplyRowMajor(x, w, p, blockBytes, paddedRows, blocks, inputs);
    multiplyBlocked(h, u, q, blockBytes, paddedRows, blocks, 1, units, false);
    for (let block = 0; block < blocks; block++) {
      const o = <usize>block * blockBytes;
      tanhGate(p + o, q + o, activation + o, mi + <usize>block * MI_BLOCK_BYTES, blockBytes);
    }
    memory.copy(next, activation, stateBytes);
    quantise(next, blockBytes, blocks, quantiser, levels, noise, seed, first + step * stride, blocks << 3);
    unpackColumns(next, blockBytes, rows, units, states, units);
    x += (<usize>(rows * inputs)) << 2;
    states += (<usize>(rows * units)) << 2;
    record = next;
  }
}
