import { multiplyBlocked } from "./matrixProducts";
import { unpackColumns } from "./packing";

/**
 * dh [blocks][rows][8] += gradient, row-major [rows][units]; lanes beyond `units` take harmless neighbours.
 */
export function addStateGradient(dh: usize, gradient: usize, rows: i32, units: i32, blockBytes: usize): void {
  const rowBytes = (<usize>units) << 2;
  for (let first = 0; first < units; first += 8) {
    let target = dh, source = gradient + ((<usize>first) << 2);
    for (let row = 0; row < rows; row++) {
      v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
      v128.store(target, f32x4.add(v128.load(target, 16), v128.load(source, 16)), 16);
      target += 32;
      source += rowBytes;
    }
    dh += blockBytes;
  }
}

/** dx [rows][inputs] of one step from dp of `gates` gates, by way of the block `dxBlock`. */
export function inputGradient(
  dp: usize, transposedW: usize, dxBlock: usize, dx: usize, blockBytes: usize,
  rows: i32, inputs: i32, units: i32, gates: i32,
): void {
  const paddedRows = (rows + 3) & ~3, inputBlocks = (inputs + 7) >> 3;
  multiplyBlocked(dp, transposedW, dxBlock, blockBytes, paddedRows, inputBlocks, gates, units, false);
  unpackColumns(dxBlock, blockBytes, rows, inputs, dx, inputs);
}
