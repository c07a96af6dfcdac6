import { sigmoid, tanh } from "./activations";

/** Bytes of the MI block of eight gate units: alpha, beta1, beta2, bias, eight floats each. */
export const MI_BLOCK_BYTES: usize = 128;

/** alpha p q + beta1 q + beta2 p + bias, in two multiply-add pairs that do not wait for one another. */
// @ts-ignore: decorator
@inline
export function integrate(p: v128, q: v128, alpha: v128, beta1: v128, beta2: v128, bias: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(alpha, p), beta1), q), f32x4.add(f32x4.mul(beta2, p), bias));
}

/** gate = sigmoid of the integrated p and q, one block of eight units. */
export function sigmoidGate(p: usize, q: usize, gate: usize, mi: usize, blockBytes: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const m = mi + half;
    const alpha = v128.load(m), beta1 = v128.load(m, 32), beta2 = v128.load(m, 64), bias = v128.load(m, 96);
    for (let o = half; o < blockBytes; o += 32) {
      v128.store(gate + o, sigmoid(integrate(v128.load(p + o), v128.load(q + o), alpha, beta1, beta2, bias)));
    }
  }
}

/** gate = tanh of the integrated p and q, one block of eight units. */
export function tanhGate(p: usize, q: usize, gate: usize, mi: usize, blockBytes: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const m = mi + half;
    const alpha = v128.load(m), beta1 = v128.load(m, 32), beta2 = v128.load(m, 64), bias = v128.load(m, 96);
    for (let o = half; o < blockBytes; o += 32) {
      v128.store(gate + o, tanh(integrate(v128.load(p + o), v128.load(q + o), alpha, beta1, beta2, bias)));
    }
  }
}

// @ts-ignore: decorator
@inline
export function addTo(address: usize, offset: usize, value: v128): void {
  v128.store(address + offset, f32x4.add(v128.load(address + offset), value));
}

/**
 * The reverse of the integration of one block: reads d = dL/da at `dq` and leaves dL/dq = d (alpha p + beta1)
 * there and dL/dp = d (alpha q + beta2) at `dp`; adds d p q, d q, d p and d, summed over the batch in registers
 * from zero, to `dmi`.
 */
export function integrationGradient(
  p: usize, q: usize, dp: usize, dq: usize, mi: usize, dmi: usize, bytes: usize,
): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const alpha = v128.load(mi + half), beta1 = v128.load(mi + half, 32), beta2 = v128.load(mi + half, 64);
    let dAlpha = f32x4.splat(0), dBeta1 = dAlpha, dBeta2 = dAlpha, dBias = dAlpha;
    for (let o = half; o < bytes; o += 32) {
      const d = v128.load(dq + o), input = v128.load(p + o), recurrent = v128.load(q + o);
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
