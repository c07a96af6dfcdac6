import { tanh } from "./activations";
import { MI_BLOCK_BYTES, sigmoidGate, tanhGate } from "./integration";
import { multiplyBlocked, multiplyRowMajor } from "./matrixProducts";
import { unpackColumns } from "./packing";
import { quantise } from "./quantise";

/** c' = f c + i g; next = o tanh(slope c'), whose tanh is kept. */
function cellAndState(
  gates: usize, stateBytes: usize, c: usize, nextCell: usize, squashed: usize, next: usize, slope: v128, bytes: usize,
): void {
  const forget = gates + stateBytes, output = forget + stateBytes, candidate = output + stateBytes;
  for (let o: usize = 0; o < bytes; o += 16) {
    const cell = f32x4.add(
      f32x4.mul(v128.load(forget + o), v128.load(c + o)),
      f32x4.mul(v128.load(gates + o), v128.load(candidate + o)),
    );
    v128.store(nextCell + o, cell);
    const value = tanh(f32x4.mul(slope, cell));
    v128.store(squashed + o, value);
    v128.store(next + o, f32x4.mul(v128.load(output + o), value));
  }
}

/**
 * `steps` steps of the LSTM over a chunk of `rows` batch rows, gates in the order i, f, o, g; memory as in
 * `gruForward`. A record is [state before the step | cell before it | p | q | gates | tanh of the new cell],
 * 15 x stateBlocks blocks.
 */
export function lstmForward(
  x: usize, w: usize, u: usize, mi: usize, record: usize, recordBytes: usize, _resetState: usize, states: usize,
  rows: i32, steps: i32, inputs: i32, units: i32,
  quantiser: i32, levels: f32, noise: f32, seed: i32, first: i32, stride: i32, slope: f32,
): void {
  const paddedRows = (rows + 3) & ~3, blocks = (units + 7) >> 3;
  const blockBytes = (<usize>paddedRows) << 5, stateBytes = blockBytes * <usize>blocks;
  const gateBytes = <usize>4 * stateBytes;
  for (let step = 0; step < steps; step++) {
    const h = record, c = h + stateBytes, p = c + stateBytes, q = p + gateBytes, gates = q + gateBytes;
    const squashed = gates + gateBytes, next = h + recordBytes;
    multiplyRowMajor(x, w, p, blockBytes, paddedRows, 4 * blocks, inputs);
    multiplyBlocked(h, u, q, blockBytes, paddedRows, 4 * blocks, 1, units, false);
    for (let block = 0; block < 3 * blocks; block++) {
      const o = <usize>block * blockBytes;
      sigmoidGate(p + o, q + o, gates + o, mi + <usize>block * MI_BLOCK_BYTES, blockBytes);
    }
    for (let block = 3 * blocks; block < 4 * blocks; block++) {
      const o = <usize>block * blockBytes;
      tanhGate(p + o, q + o, gates + o, mi + <usize>block * MI_BLOCK_BYTES, blockBytes);
    }
    cellAndState(gates, stateBytes, c, next + stateBytes, squashed, next, f32x4.splat(slope), stateBytes);
    quantise(next, blockBytes, blocks, quantiser, levels, noise, seed, first + step * stride, blocks << 3);
    unpackColumns(next, blockBytes, rows, units, states, units);
    x += (<usize>(rows * inputs)) << 2;
    states += (<usize>(rows * units)) << 2;
    record = next;
  }
}
