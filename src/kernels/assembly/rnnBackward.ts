import { addStateGradient, inputGradient } from "./gradients";
import { integrationGradient, MI_BLOCK_BYTES } from "./integration";
import { multiplyBlocked, multiplyTransposed } from "./matrixProducts";
import { unpackColumns } from "./packing";

/** dL/da = dh (1 - tanh^2 a). */
function activationGradient(dh: usize, activation: usize, d: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let o: usize = 0; o < bytes; o += 16) {
    const value = v128.load(activation + o);
    v128.store(d + o, f32x4.mul(v128.load(dh + o), f32x4.sub(one, f32x4.mul(value, value))));
  }
}

/**
 * The reverse of `rnnForward` over the records it left; memory as in `gruBackward`, with one gate. transposedU is
 * the transpose [stateBlocks][units][8]; scratch holds dh | dq | dp | dx block.
 */
export function rnnBackward(
  x: usize, mi: usize, transposedU: usize, transposedW: usize,
  record: usize, recordBytes: usize, scratch: usize, gradient: usize,
  dw: usize, du: usize, dmi: usize, dx: usize, initial: usize,
  rows: i32, steps: i32, inputs: i32, units: i32, _slope: f32,
): void {
  const paddedRows = (rows + 3) & ~3, blocks = (units + 7) >> 3;
  const blockBytes = (<usize>paddedRows) << 5, stateBytes = blockBytes * <usize>blocks;
  const realBytes = (<usize>rows) << 5;
  const stepInputBytes = (<usize>(rows * inputs)) << 2, stepStateBytes = (<usize>(rows * units)) << 2;
  const dh = scratch, dq = dh + stateBytes, dp = dq + stateBytes, dxBlock = dp + stateBytes;
  memory.fill(scratch, 0, <usize>3 * stateBytes);
  for (let step = steps - 1; step >= 0; step--) {
    const h = record + <usize>step * recordBytes;
    const p = h + stateBytes, q = p + stateBytes, activation = q + stateBytes;
    const xs = x + <usize>step * stepInputBytes;
    addStateGradient(dh, gradient + <usize>step * stepStateBytes, rows, units, blockBytes);
    for (let block = 0; block < blocks; block++) {
      const o = <usize>block * blockBytes, m = <usize>block * MI_BLOCK_BYTES;
      activationGradient(dh + o, activation + o, dq + o, realBytes);
      integrationGradient(p + o, q + o, dp + o, dq + o, mi + m, dmi + m, realBytes);
    }
    multiplyBlocked(dq, transposedU, dh, blockBytes, paddedRows, blocks, 1, units, false);
    multiplyTransposed(h, blockBytes, 32, dq, du, blockBytes, rows, blocks, units);
    multiplyTransposed(xs, 32, (<usize>inputs) << 2, dp, dw, blockBytes, rows, blocks, inputs);
    if (dx) {
      inputGradient(
        dp, transposedW, dxBlock, dx + <usize>step * stepInputBytes, blockBytes, rows, inputs, units, 1,
      );
    }
  }
  unpackColumns(dh, blockBytes, rows, units, initial, units);
}
