/** Two independent computations of a forecast: the documented integers in BigInt, and the ternary model in float64. */
import type {
  IntegerLayer,
  IntegerModel,
  IntegerReadout,
  IntegerWeights,
} from "../../src/edge/IntegerModel.ts";
import type { TernaryCell, TernaryModel } from "../../src/edge/TernaryModel.ts";

/** floor(value / 2^bits + 1/2) */
const rounded = (value: bigint, bits: number): bigint =>
  bits === 0 ? value : (value + (1n << BigInt(bits - 1))) >> BigInt(bits);

const clampBig = (value: bigint, low: bigint, high: bigint): bigint =>
  value < low ? low : value > high ? high : value;

const dotBig = (codes: ArrayLike<number>, row: number, vector: readonly bigint[]): bigint =>
  vector.reduce((sum, value, column) => sum + BigInt(codes[row * vector.length + column]!) * value, 0n);

/**
 * A baseline reading as the integer that `decode` takes, computed in float64: quanta at one = 2^8, or for log1p the
 * exponent of two of (1 + reading) / quantum at one = 2^20.
 */
export const baselineInteger = (readout: IntegerReadout, quantum: number, reading: number): number => {
  const value =
    readout.transform === "identity"
      ? (reading / quantum) * 2 ** 8
      : ((Math.sign(reading) * Math.log1p(Math.abs(reading))) / Math.LN2 - Math.log2(quantum)) * 2 ** 20;
  return Math.min(Math.max(Math.floor(value + 0.5), -(2 ** 28)), 2 ** 28);
};

/** Watches how wide the exact intermediates get. */
export class Widths {
  largest = 0n;
  see(value: bigint): bigint {
    const size = value < 0n ? -value : value;
    if (size > this.largest) this.largest = size;
    return value;
  }
}

const tableValue = (table: Uint16Array, magnitude: number, bits: number): number => {
  const index = Math.floor(magnitude / 2 ** bits);
  if (index >= 768) return 32_768;
  const low = table[index]!;
  const rest = magnitude - index * 2 ** bits;
  return low + Number(rounded(BigInt((table[index + 1]! - low) * rest), bits));
};

/** The state of a cell after a step. */
const bigIntegerStep = (
  { gates, inputCodes, stateCodes }: IntegerWeights,
  tanh: Uint16Array,
  x: readonly bigint[],
  state: readonly bigint[],
  widths: Widths,
): bigint[] => {
  const units = state.length;
  const activation = (row: number, vector: readonly bigint[]): number => {
    const p = dotBig(inputCodes, row, x);
    const q = dotBig(stateCodes, row, vector);
    const alphaProduct = widths.see(BigInt(gates.alpha[row]!) * p);
    const slope = rounded(alphaProduct, gates.alphaShift) + BigInt(gates.beta1[row]!);
    const offset =
      rounded(widths.see(BigInt(gates.beta2[row]!) * p), gates.beta2Shift) + BigInt(gates.bias[row]!);
    if (slope !== BigInt.asIntN(32, slope) || offset !== BigInt.asIntN(32, offset))
      throw new Error("wider than 32 bits");
    const a = rounded(widths.see(slope * q), gates.productShift) + offset;
    return Number(clampBig(a, -262_143n, 262_143n));
  };
  const sigmoid = (a: number): bigint => {
    const half = tableValue(tanh, Math.abs(a), 8);
    return BigInt(a < 0 ? 32_768 - half : 32_768 + half);
  };
  const whole = state.map((value) => 16n * value);
  const z = state.map((_, unit) => sigmoid(activation(unit, whole)));
  const r = state.map((_, unit) => sigmoid(activation(units + unit, whole)));
  const gated = state.map((value, unit) => rounded(r[unit]! * value, 12));
  return state.map((held, unit) => {
    const a = activation(2 * units + unit, gated);
    const c = BigInt(Math.sign(a) * tableValue(tanh, Math.abs(a), 7));
    return held + rounded(widths.see(z[unit]! * (127n * c - 32_768n * held)), 31);
  });
};

/** States of all cells and outputs of one window, computed as the documents say, in arbitrary precision. */
export const bigIntegerForecast = (
  model: IntegerModel,
  features: Int16Array,
  widths: Widths,
): { state: number[]; outputs: number[] } => {
  const { units, inputs, tanh } = model;
  const cells = [model, ...model.upper];
  const states = cells.map(() => Array.from({ length: units }, () => 0n));
  const steps = features.length / inputs;
  let x: bigint[] = [];
  for (let step = 0; step < steps; step++) {
    x = Array.from(features.subarray(step * inputs, (step + 1) * inputs), BigInt);
    cells.forEach((cell, index) => {
      states[index] = bigIntegerStep(
        cell,
        tanh,
        index === 0 ? x : states[index - 1]!,
        states[index]!,
        widths,
      );
    });
  }
  const state = states.at(-1)!;
  const { head } = model;
  const layer = (weights: IntegerLayer, row: number, vector: readonly bigint[]): bigint =>
    rounded(
      widths.see(dotBig(weights.codes, row, vector) * BigInt(weights.multiplier[row]!)),
      weights.shift[row]!,
    );
  const mixed = [...state.map((value) => 8n * value), ...x];
  const hidden = Array.from(head.hiddenBias, (bias, row) =>
    clampBig(layer(head.hidden, row, mixed) + BigInt(bias), 0n, 65_535n),
  );
  const outputs = Array.from(head.outputBias, (bias, row) =>
    Number(
      clampBig(
        layer(head.skip, row, mixed) + layer(head.output, row, hidden) + BigInt(bias),
        -(2n ** 23n),
        2n ** 23n,
      ),
    ),
  );
  return { state: states.flat().map(Number), outputs };
};

const dot = (values: ArrayLike<number>, row: number, vector: readonly number[]): number =>
  vector.reduce((sum, value, column) => sum + values[row * vector.length + column]! * value, 0);

const floatStep = (cell: TernaryCell, x: readonly number[], before: readonly number[]): number[] => {
  const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
  const mi = (row: number, s: readonly number[]): number => {
    const p = dot(cell.inputCodes, row, x);
    const q = dot(cell.stateCodes, row, s);
    return cell.alpha[row]! * p * q + cell.beta1[row]! * q + cell.beta2[row]! * p + cell.bias[row]!;
  };
  const units = before.length;
  const z = before.map((_, unit) => sigmoid(mi(unit, before)));
  const gated = before.map((value, unit) => value * sigmoid(mi(units + unit, before)));
  return before.map((value, unit) => {
    const next = (1 - z[unit]!) * value + z[unit]! * Math.tanh(mi(2 * units + unit, gated));
    return Math.round(next * 127) / 127;
  });
};

/** The ternary model in float64 as its documentation states it; quanta before rounding, [block][target][lead], as the head gives them. */
export const floatForecast = (
  model: TernaryModel,
  features: Float32Array,
  baselines: ArrayLike<number>,
): { state: number[]; quanta: number[] } => {
  const { units, inputs, head } = model;
  const cells: readonly TernaryCell[] = [model, ...model.upper];
  const states = cells.map(() => Array.from({ length: units }, () => 0));
  let x: number[] = [];
  for (let step = 0; step < features.length / inputs; step++) {
    x = Array.from(features.subarray(step * inputs, (step + 1) * inputs));
    cells.forEach((cell, index) => {
      states[index] = floatStep(cell, index === 0 ? x : states[index - 1]!, states[index]!);
    });
  }
  const h = states.at(-1)!;
  const mixed = [...h, ...x];
  const hidden = Array.from(head.hiddenBias, (bias, row) => Math.max(0, dot(head.hidden, row, mixed) + bias));
  const quanta = Array.from(head.outputBias, (bias, row) => {
    const y = dot(head.skip, row, mixed) + dot(head.output, row, hidden) + bias;
    const cell = row % (model.targets.length * model.horizonSteps);
    const readout = model.targets[Math.floor(cell / model.horizonSteps)]!;
    const baseline = baselines[cell]!;
    const value =
      readout.transform === "identity"
        ? baseline + readout.gain * y
        : Math.expm1(Math.log1p(baseline) + readout.gain * y);
    return Math.min(Math.max(value, readout.minimum), readout.maximum) / readout.quantum;
  });
  return { state: h.map((value) => Math.round(value * 127)), quanta };
};
