import { addStateGradient, inputGradient } from "./gradients";
import { addTo, MI_BLOCK_BYTES } from "./integration";
import { multiplyBlocked, multiplyTransposed } from "./matrixProducts";
import { unpackColumns } from "./packing";

// With d = dL/da of a gate: dL/dp = d (alpha q + beta2), dL/dq = d (alpha p + beta1), and the MI gradients
// are the sums over the batch of d p q, d q, d p, d. Each step is summed in registers from zero and then
// added, so the rounding error grows with rows + steps rather than with rows * steps.

function updateGateGradient(
  dh: usize, z: usize, c: usize, h: usize, p: usize, q: usize, dp: usize, dq: usize, mi: usize,
  dmi: usize, bytes: usize,
): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const alpha = v128.load(mi + half), beta1 = v128.load(mi + half, 32), beta2 = v128.load(mi + half, 64);
    let dAlpha = f32x4.splat(0), dBeta1 = dAlpha, dBeta2 = dAlpha, dBias = dAlpha;
    for (let o = half; o < bytes; o += 32) {
      const gate = v128.load(z + o), input = v128.load(p + o), recurrent = v128.load(q + o);
      const d = f32x4.mul(
        f32x4.mul(v128.load(dh + o), f32x4.sub(v128.load(c + o), v128.load(h + o))),
        f32x4.sub(gate, f32x4.mul(gate, gate)),
      );
      const dInput = f32x4.mul(d, input);
      dAlpha = f32x4.add(dAlpha, f32x4.mul(dInput, recurrent));
      dBeta1 = f32x4.add(dBeta1, f32x4.mul(d, recurrent));
      dBeta2 = f32x4.add(dBeta2, dInput);
      dBias = f32x4.add(dBias, d);
      v128.store(dq + o, f32x4.mul(d, f32x4.add(f32x4.mul(alpha, input), beta1)));
      v128.store(dp + o, f32x4.mul(d, f32x4.add(f32x4.mul(alpha, recurrent), beta2)));
    }
    addTo(dmi + half, 0, dAlpha);
    addTo(dmi + half, 32, dBeta1);
    addTo(dmi + half, 64, dBeta2);
    addTo(dmi + half, 96, dBias);
  }
}

/** Also leaves dh (1 - z), the direct path to the earlier state, in dh. */
function candidateGradient(
  dh: usize, z: usize, c: usize, p: usize, q: usize, dp: usize, dq: usize, mi: usize, dmi: usize,
  bytes: usize,
): void {
  const one = f32x4.splat(1);
  for (let half: usize = 0; half < 32; half += 16) {
    const alpha = v128.load(mi + half), beta1 = v128.load(mi + half, 32), beta2 = v128.load(mi + half, 64);
    let dAlpha = f32x4.splat(0), dBeta1 = dAlpha, dBeta2 = dAlpha, dBias = dAlpha;
    for (let o = half; o < bytes; o += 32) {
      const candidate = v128.load(c + o), input = v128.load(p + o), recurrent = v128.load(q + o);
      const state = v128.load(dh + o), through = f32x4.mul(state, v128.load(z + o));
      v128.store(dh + o, f32x4.sub(state, through));
      const d = f32x4.mul(through, f32x4.sub(one, f32x4.mul(candidate, candidate)));
      const dInput = f32x4.mul(d, input);
      dAlpha = f32x4.add(dAlpha, f32x4.mul(dInput, recurrent));
      dBeta1 = f32x4.add(dBeta1, f32x4.mul(d, recurrent));
      dBeta2 = f32x4.add(dBeta2, dInput);
      dBias = f32x4.add(dBias, d);
      v128.store(dq + o, f32x4.mul(d, f32x4.add(f32x4.mul(alpha, input), beta1)));
      v128.store(dp + o, f32x4.mul(d, f32x4.add(f32x4.mul(alpha, recurrent), beta2)));
    }
    addTo(dmi + half, 0, dAlpha);
    addTo(dmi + half, 32, dBeta1);
    addTo(dmi + half, 64, dBeta2);
    addTo(dmi + half, 96, dBias);
  }
}

/** Also recomputes r h and adds the path through it to dh. */
function resetGateGradient(
  dResetState: usize, r: usize, h: usize, dh: usize, resetState: usize,
  p: usize, q: usize, dp: usize, dq: usize, mi: usize, dmi: usize, bytes: usize,
): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const alpha = v128.load(mi + half), beta1 = v128.load(mi + half, 32), beta2 = v128.load(mi + half, 64);
    let dAlpha = f32x4.splat(0), dBeta1 = dAlpha, dBeta2 = dAlpha, dBias = dAlpha;
    for (let o = half; o < bytes; o += 32) {
      const gate = v128.load(r + o), input = v128.load(p + o), recurrent = v128.load(q + o);
      const through = v128.load(dResetState + o), product = f32x4.mul(gate, v128.load(h + o));
      v128.store(resetState + o, product);
      v128.store(dh + o, f32x4.add(v128.load(dh + o), f32x4.mul(through, gate)));
      const d = f32x4.mul(through, f32x4.sub(product, f32x4.mul(product, gate)));
      const dInput = f32x4.mul(d, input);
      dAlpha = f32x4.add(dAlpha, f32x4.mul(dInput, recurrent));
      dBeta1 = f32x4.add(dBeta1, f32x4.mul(d, recurrent));
      dBeta2 = f32x4.add(dBeta2, dInput);
      dBias = f32x4.add(dBias, d);
      v128.store(dq + o, f32x4.mul(d, f32x4.add(f32x4.mul(alpha, input), beta1)));
      v128.store(dp + o, f32x4.mul(d, f32x4.add(f32x4.mul(alpha, recurrent), beta2)));
    }
    addTo(dmi + half, 0, dAlpha);
    addTo(dmi + half, 32, dBeta1);
    addTo(dmi + half, 64, dBeta2);
    addTo(dmi + half, 96, dBias);
  }
}

/**
 * The reverse of `gruForward` over the records it left.
 *
 * gradient [steps][rows][units] row-major, readable eight floats beyond its end. transposedU is the
 * transpose of the z and r columns [stateBlocks][2 units][8] followed by that of the candidate columns
 * [stateBlocks][units][8]. scratch holds dh | d(r h) | r h | dq | dp | dx block (2 x 3 + 3 state sizes and
 * one padded input size). Adds to dw, du, dmi, which the caller zeroes; writes dx [steps][rows][inputs]
 * unless dx is 0, and initial [rows][units].
 */
export function gruBackward(
  x: usize, mi: usize, transposedU: usize, transposedW: usize,
  record: usize, recordBytes: usize, scratch: usize, gradient: usize,
  dw: usize, du: usize, dmi: usize, dx: usize, initial: usize,
  rows: i32, steps: i32, inputs: i32, units: i32, _slope: f32,
): void {
  const paddedRows = (rows + 3) & ~3;
  const blocks = (units + 7) >> 3;
  const blockBytes = (<usize>paddedRows) << 5, stateBytes = blockBytes * <usize>blocks;
  const gateBytes = <usize>3 * stateBytes;
  const realBytes = (<usize>rows) << 5;
  const stepInputBytes = (<usize>(rows * inputs)) << 2, stepStateBytes = (<usize>(rows * units)) << 2;
  const candidateTransposedU = transposedU + (<usize>(2 * blocks * units) << 5);
  const candidateDu = du + <usize>(2 * blocks * ((units + 3) & ~3)) * 32;
  const dh = scratch, dResetState = dh + stateBytes, resetState = dResetState + stateBytes;
  const dq = resetState + stateBytes, dp = dq + gateBytes, dxBlock = dp + gateBytes;
  memory.fill(scratch, 0, <usize>3 * stateBytes + <usize>2 * gateBytes);
  for (let step = steps - 1; step >= 0; step--) {
    const h = record + <usize>step * recordBytes;
    const p = h + stateBytes, q = p + gateBytes, gates = q + gateBytes;
    const xs = x + <usize>step * stepInputBytes;
    addStateGradient(dh, gradient + <usize>step * stepStateBytes, rows, units, blockBytes);
    for (let block = 0; block < blocks; block++) {
      const z = <usize>block * blockBytes, c = z + <usize>2 * stateBytes;
      const zMi = <usize>block * MI_BLOCK_BYTES, cMi = <usize>(2 * blocks + block) * MI_BLOCK_BYTES;
      updateGateGradient(
        dh + z, gates + z, gates + c, h + z, p + z, q + z, dp + z, dq + z, mi + zMi, dmi + zMi, realBytes,
      );
      candidateGradient(
        dh + z, gates + z, gates + c, p + c, q + c, dp + c, dq + c, mi + cMi, dmi + cMi, realBytes,
      );
    }
    multiplyBlocked(
      dq + <usize>2 * stateBytes, candidateTransposedU, dResetState, blockBytes, paddedRows,
      blocks, 1, units, false,
    );
    for (let block = 0; block < blocks; block++) {
      const z = <usize>block * blockBytes, r = z + stateBytes, rMi = <usize>(blocks + block) * MI_BLOCK_BYTES;
      resetGateGradient(
        dResetState + z, gates + r, h + z, dh + z, resetState + z,
        p + r, q + r, dp + r, dq + r, mi + rMi, dmi + rMi, realBytes,
      );
    }
    multiplyBlocked(dq, transposedU, dh, blockBytes, paddedRows, blocks, 2, units, true);
    multiplyTransposed(h, blockBytes, 32, dq, du, blockBytes, rows, 2 * blocks, units);
    multiplyTransposed(
      resetState, blockBytes, 32, dq + <usize>2 * stateBytes, candidateDu, blockBytes, rows, blocks, units,
    );
    multiplyTransposed(xs, 32, (<usize>inputs) << 2, dp, dw, blockBytes, rows, 3 * blocks, inputs);
    if (dx) {
      inputGradient(
        dp, transposedW, dxBlock, dx + <usize>step * stepInputBytes, blockBytes, rows, inputs, units, 3,
      );
    }
  }
  unpackColumns(dh, blockBytes, rows, units, initial, units);
}
