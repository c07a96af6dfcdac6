import { addStateGradient, inputGradient } from "./gradients";
import { integrationGradient, MI_BLOCK_BYTES } from "./integration";
import { multiplyBlocked, multiplyTransposed } from "./matrixProducts";
import { unpackColumns } from "./packing";

/**
 * dL/da of the four gates at `d`, and dL/dc of the cell before the step in place of that after it:
 * dc += dh o slope (1 - tanh^2); d_o = dh tanh o (1 - o); d_i = dc g i (1 - i); d_f = dc c f (1 - f);
 * d_g = dc i (1 - g^2); dc f goes on.
 */
function gateGradients(
  dh: usize, dc: usize, gates: usize, squashed: usize, c: usize, d: usize, stateBytes: usize, slope: v128, bytes: usize,
): void {
  const one = f32x4.splat(1);
  const twice = stateBytes + stateBytes, thrice = twice + stateBytes;
  for (let o: usize = 0; o < bytes; o += 16) {
    const i = v128.load(gates + o), f = v128.load(gates + stateBytes + o);
    const out = v128.load(gates + twice + o), g = v128.load(gates + thrice + o);
    const value = v128.load(squashed + o), state = v128.load(dh + o);
    const throughOutput = f32x4.mul(state, out);
    const cell = f32x4.add(
      v128.load(dc + o),
      f32x4.mul(f32x4.mul(throughOutput, slope), f32x4.sub(one, f32x4.mul(value, value))),
    );
    v128.store(d + o, f32x4.mul(f32x4.mul(cell, g), f32x4.sub(i, f32x4.mul(i, i))));
    v128.store(
      d + stateBytes + o, f32x4.mul(f32x4.mul(cell, v128.load(c + o)), f32x4.sub(f, f32x4.mul(f, f))),
    );
    v128.store(d + twice + o, f32x4.mul(f32x4.mul(state, value), f32x4.sub(out, f32x4.mul(out, out))));
    v128.store(d + thrice + o, f32x4.mul(f32x4.mul(cell, i), f32x4.sub(one, f32x4.mul(g, g))));
    v128.store(dc + o, f32x4.mul(cell, f));
  }
}

/**
 * The reverse of `lstmForward` over the records it left; memory as in `gruBackward`, with four gates. transposedU
 * is the transpose [stateBlocks][4 units][8]; scratch holds dh | dc | dq | dp | dx block.
 */
export function lstmBackward(
  x: usize, mi: usize, transposedU: usize, transposedW: usize,
  record: usize, recordBytes: usize, scratch: usize, gradient: usize,
  dw: usize, du: usize, dmi: usize, dx: usize, initial: usize,
  rows: i32, steps: i32, inputs: i32, units: i32, slope: f32,
): void {
  const paddedRows = (rows + 3) & ~3, blocks = (units + 7) >> 3;
  const blockBytes = (<usize>paddedRows) << 5, stateBytes = blockBytes * <usize>blocks;
  const gateBytes = <usize>4 * stateBytes, realBytes = (<usize>rows) << 5;
  const stepInputBytes = (<usize>(rows * inputs)) << 2, stepStateBytes = (<usize>(rows * units)) << 2;
  const dh = scratch, dc = dh + stateBytes, dq = dc + stateBytes, dp = dq + gateBytes, dxBlock = dp + gateBytes;
  memory.fill(scratch, 0, <usize>2 * stateBytes + <usize>2 * gateBytes);
  for (let step = steps - 1; step >= 0; step--) {
    const h = record + <usize>step * recordBytes, c = h + stateBytes;
    const p = c + stateBytes, q = p + gateBytes, gates = q + gateBytes, squashed = gates + gateBytes;
    const xs = x + <usize>step * stepInputBytes;
    addStateGradient(dh, gradient + <usize>step * stepStateBytes, rows, units, blockBytes);
    for (let block = 0; block < blocks; block++) {
      const o = <usize>block * blockBytes;
      gateGradients(
        dh + o, dc + o, gates + o, squashed + o, c + o, dq + o, stateBytes, f32x4.splat(slope), realBytes,
      );
    }
    for (let block = 0; block < 4 * blocks; block++) {
      const o = <usize>block * blockBytes, m = <usize>block * MI_BLOCK_BYTES;
      integrationGradient(p + o, q + o, dp + o, dq + o, mi + m, dmi + m, realBytes);
    }
    multiplyBlocked(dq, transposedU, dh, blockBytes, paddedRows, blocks, 4, units, false);
    multiplyTransposed(h, blockBytes, 32, dq, du, blockBytes, rows, 4 * blocks, units);
    multiplyTransposed(xs, 32, (<usize>inputs) << 2, dp, dw, blockBytes, rows, 4 * blocks, inputs);
    if (dx) {
      inputGradient(
        dp, transposedW, dxBlock, dx + <usize>step * stepInputBytes, blockBytes, rows, inputs, units, 4,
      );
    }
  }
  unpackColumns(dh, blockBytes, rows, units, initial, units);
}
