import { ACTIVATION_MAXIMUM, clamp, GATED_STATE_ONE, STATE_ONE } from "../../edge/fixedPoint.ts";
import type { IntegerWeights } from "../../edge/IntegerModel.ts";
import { type ActivationBand, activationBand } from "./activationBand.ts";
import {
  type AffineBlock,
  closeRow,
  createAffineBlock,
  isPoint,
  nameRemainder,
  radiusOf,
  SLACK,
} from "./AffineBlock.ts";
import { type ProductBand, productBand } from "./productBand.ts";
import type { SymbolTable } from "./SymbolTable.ts";
import { multiplyRows, ternaryRows } from "./ternaryRows.ts";

/** The x of a step: its block, and the column of the state's blocks that each of its own columns is. */
export interface StepInput {
  readonly block: AffineBlock;
  readonly columns: Int32Array;
  readonly symbols: number;
}

export interface IntervalStep {
  /** Moves the forms of a state on by one step; what is newly unknown of it is left in its remainders. */
  readonly advance: (x: StepInput, state: AffineBlock, table: SymbolTable) => void;
  /** What the last step computed on its way: W x, z, the gated state, and U times it. */
  readonly inside: Readonly<Record<"p" | "update" | "gated" | "candidateSums", AffineBlock>>;
}

const ROUNDING = 0.5;
const UPDATE_UNIT = 2 ** -31;
const GATED_UNIT = 2 ** -12;

/**
 * Makes {@link createIntegerStep} for sets of inputs and states: every integer that it computes for members of the sets
 * lies within the forms and the boxes here. Each rounding of the device is an unknown of its own within +-1/2; a product
 * p q of two forms with centres p0, q0 is p0 q + q0 p - p0 q0 within +-(radius of p)(radius of q); boxes of products take
 * the corners, as each is linear in each factor. The new state h + roundShift(z (127 c - 2^15 h), 31) is
 * floor((h (2^31 - 2^15 z) + 127 z c) / 2^31 + 1/2), which rises with h and c and is linear in z before the floor, so
 * the corners of its box are exact.
 *
 * Gates of recurrent cells as forms: Ko et al., "POPQORN", ICML 2019, bounds sigmoid times tanh by planes; here factors
 * keep their common symbols.
 */
export const createIntervalStep = (
  { gates, inputCodes, stateCodes }: IntegerWeights,
  tanh: Uint16Array,
  inputs: number,
  units: number,
  stride: number,
  inputStride: number,
): IntervalStep => {
  const inputRows = ternaryRows(inputCodes, inputs, 0, 3 * units);
  const gateRows = ternaryRows(stateCodes, units, 0, 2 * units);
  const candidateRows = ternaryRows(stateCodes, units, 2 * units, 3 * units);
  const p = createAffineBlock(3 * units, inputStride);
  const q = createAffineBlock(2 * units, stride);
  const gated = createAffineBlock(units, stride);
  const activation = createAffineBlock(1, stride);
  const update = createAffineBlock(units, stride);
  const factor = createAffineBlock(1, stride);
  const gaps = new Float64Array(stride);
  const product: ProductBand = { middle: 0, spread: 0 };
  const band: ActivationBand = { slope: 0, middle: 0, spread: 0, lower: 0, upper: 0 };
  const alphaUnit = 2 ** -gates.alphaShift;
  const beta2Unit = 2 ** -gates.beta2Shift;
  const productUnit = 2 ** -gates.productShift;
  const gateUnit = productUnit * (GATED_STATE_ONE / STATE_ONE);

  /** Sets `activation` to the pre-activation of gate row `row` from row `place` of q; `unit` as in the device's step. */
  const activate = (x: StepInput, row: number, place: number, unit: number, symbols: number): void => {
    const alpha = gates.alpha[row]! * alphaUnit;
    const beta1 = gates.beta1[row]!;
    const beta2 = gates.beta2[row]! * beta2Unit;
    const bias = gates.bias[row]!;
    const pMiddle = p.centre[row]!;
    const qMiddle = q.centre[place]!;
    const slope = alpha * pMiddle + beta1;
    const ofQ = unit * slope;
    const ofP = unit * alpha * qMiddle + beta2;
    const { coefficients } = activation;
    const from = place * q.stride;
    for (let s = 0; s < symbols; s++) coefficients[s] = ofQ * q.coefficients[from + s]!;
    const own = row * p.stride;
    for (let k = 0; k < x.symbols; k++) coefficients[x.columns[k]!]! += ofP * p.coefficients[own + k]!;
    const pRadius = radiusOf(p, row);
    let exactLower = -Infinity;
    let exactUpper = Infinity;
    const qRadius = radiusOf(q, place);
    if (pRadius === 0) {
      // The slope is one whole number: the device's own rounding of its product is monotone in q.
      const whole = Math.floor(alpha * pMiddle + ROUNDING) + beta1;
      const offset = Math.floor(beta2 * pMiddle + ROUNDING) + bias;
      const ends = [q.lower[place]!, q.upper[place]!].map(
        (end) => Math.floor(whole * end * unit + ROUNDING) + offset,
      );
      exactLower = Math.min(...ends);
      exactUpper = Math.max(...ends);
    }
    const qLargest = Math.abs(qMiddle) + qRadius;
    const middle = ofQ * qMiddle + beta2 * pMiddle + bias;
    // The rounding of the slope counts as often as q does; that of the offset and of the product once.
    const roundings = ROUNDING * unit * qLargest + 2 * ROUNDING;
    const magnitude =
      (Math.abs(alpha) * p.reach[row]! + Math.abs(beta1)) * unit * q.reach[place]! +
      Math.abs(beta2) * p.reach[row]! +
      Math.abs(bias);
    const slack = SLACK * 4 * magnitude;
    activation.centre[0] = middle;
    activation.remainder[0] =
      Math.abs(ofQ) * q.remainder[place]! +
      Math.abs(ofP) * p.remainder[row]! +
      unit * Math.abs(alpha) * pRadius * qRadius +
      roundings +
      slack;
    let lower = Infinity;
    let upper = -Infinity;
    for (const pEnd of [p.lower[row]!, p.upper[row]!]) {
      for (const qEnd of [q.lower[place]!, q.upper[place]!]) {
        const corner = (alpha * pEnd + beta1) * unit * qEnd + beta2 * pEnd + bias;
        lower = Math.min(lower, corner);
        upper = Math.max(upper, corner);
      }
    }
    closeRow(
      activation,
      0,
      symbols,
      Math.max(exactLower, lower - roundings - slack),
      Math.min(exactUpper, upper + roundings + slack),
    );
    bandOf(row);
  };

  /** The band of the activation; where the pre-activation was cut off, table and clamp are constant together. */
  const bandOf = (row: number): void => {
    const kept = (value: number): number => clamp(value, -ACTIVATION_MAXIMUM, ACTIVATION_MAXIMUM);
    const lower = kept(activation.lower[0]!);
    const upper = kept(activation.upper[0]!);
    activationBand(row < 2 * units ? "sigmoid" : "tanh", tanh, lower, upper, band);
    if (lower === activation.lower[0] && upper === activation.upper[0]) return;
    band.slope = 0;
    band.middle = (band.lower + band.upper) / 2;
    band.spread = (band.upper - band.lower) / 2;
  };

  /** Sets a row of a block to the band over the activation's form. */
  const applyBand = (to: AffineBlock, row: number, symbols: number): void => {
    const at = row * to.stride;
    for (let s = 0; s < symbols; s++) to.coefficients[at + s] = band.slope * activation.coefficients[s]!;
    const slack = SLACK * (band.slope * activation.reach[0]! + 65_536);
    to.centre[row] = band.slope * activation.centre[0]! + band.middle;
    to.remainder[row] = band.slope * activation.remainder[0]! + band.spread + slack;
    closeRow(to, row, symbols, band.lower, band.upper);
  };

  /** Row `unit` of `gated` from the reset gate in `factor` and the state. */
  const gate = (state: AffineBlock, unit: number, symbols: number): void => {
    const reset = factor.centre[0]!;
    const held = state.centre[unit]!;
    const at = unit * stride;
    for (let s = 0; s < symbols; s++) {
      gated.coefficients[at + s] =
        GATED_UNIT * (reset * state.coefficients[at + s]! + held * factor.coefficients[s]!);
    }
    const slack = SLACK * 4 * GATED_UNIT * factor.reach[0]! * state.reach[unit]!;
    productBand(
      factor.coefficients,
      0,
      factor.remainder[0]!,
      radiusOf(factor, 0),
      state.coefficients,
      at,
      state.remainder[unit]!,
      radiusOf(state, unit),
      symbols,
      product,
    );
    gated.centre[unit] = GATED_UNIT * (reset * held + product.middle);
    gated.remainder[unit] =
      GATED_UNIT *
        (Math.abs(reset) * state.remainder[unit]! + Math.abs(held) * factor.remainder[0]! + product.spread) +
      ROUNDING +
      slack;
    let lower = Infinity;
    let upper = -Infinity;
    for (const r of [factor.lower[0]!, factor.upper[0]!]) {
      for (const h of [state.lower[unit]!, state.upper[unit]!]) {
        const corner = Math.floor(GATED_UNIT * r * h + ROUNDING);
        lower = Math.min(lower, corner);
        upper = Math.max(upper, corner);
      }
    }
    closeRow(gated, unit, symbols, lower, upper);
  };

  /** Row `unit` of the state from the update gate and the candidate in `factor`. */
  const move = (state: AffineBlock, unit: number, symbols: number): void => {
    const at = unit * stride;
    const z = update.centre[unit]!;
    const candidate = factor.centre[0]!;
    const held = state.centre[unit]!;
    const gap = STATE_ONE * candidate - 32_768 * held;
    const ofState = 1 - z * 2 ** -16;
    const ofCandidate = UPDATE_UNIT * z * STATE_ONE;
    const ofUpdate = UPDATE_UNIT * gap;
    const gapOther = STATE_ONE * factor.remainder[0]! + 32_768 * state.remainder[unit]!;
    let gapRadius = gapOther;
    for (let s = 0; s < symbols; s++) {
      const h = state.coefficients[at + s]!;
      const c = factor.coefficients[s]!;
      const between = STATE_ONE * c - 32_768 * h;
      gapRadius += Math.abs(between);
      gaps[s] = between;
      state.coefficients[at + s] = ofState * h + ofCandidate * c + ofUpdate * update.coefficients[at + s]!;
    }
    gapRadius = Math.min(gapRadius, STATE_ONE * radiusOf(factor, 0) + 32_768 * radiusOf(state, unit));
    productBand(
      update.coefficients,
      at,
      update.remainder[unit]!,
      radiusOf(update, unit),
      gaps,
      0,
      gapOther,
      gapRadius,
      symbols,
      product,
    );
    let lower = Infinity;
    let upper = -Infinity;
    for (const zEnd of [update.lower[unit]!, update.upper[unit]!]) {
      lower = Math.min(lower, moved(state.lower[unit]!, factor.lower[0]!, zEnd));
      upper = Math.max(upper, moved(state.upper[unit]!, factor.upper[0]!, zEnd));
    }
    const slack =
      SLACK *
      4 *
      (state.reach[unit]! +
        UPDATE_UNIT * update.reach[unit]! * (STATE_ONE * factor.reach[0]! + 32_768 * state.reach[unit]!));
    state.centre[unit] = held + ofUpdate * z + UPDATE_UNIT * product.middle;
    state.remainder[unit] =
      Math.abs(ofState) * state.remainder[unit]! +
      Math.abs(ofCandidate) * factor.remainder[0]! +
      Math.abs(ofUpdate) * update.remainder[unit]! +
      UPDATE_UNIT * product.spread +
      ROUNDING +
      slack;
    closeRow(state, unit, symbols, lower, upper);
  };

  const advance: IntervalStep["advance"] = (x, state, table) => {
    // Columns that are still zero everywhere, for what the gated state adds of its own.
    const spare = isPoint(x.block) && isPoint(state) ? -1 : table.reserve(units);
    const symbols = table.count();
    multiplyRows(inputRows, x.block, x.symbols, p);
    multiplyRows(gateRows, state, symbols, q);
    for (let unit = 0; unit < units; unit++) {
      activate(x, unit, unit, gateUnit, symbols);
      applyBand(update, unit, symbols);
      activate(x, units + unit, units + unit, gateUnit, symbols);
      applyBand(factor, 0, symbols);
      gate(state, unit, symbols);
      if (spare >= 0) nameRemainder(gated, unit, spare + unit);
    }
    multiplyRows(candidateRows, gated, symbols, q);
    for (let unit = 0; unit < units; unit++) {
      activate(x, 2 * units + unit, unit, productUnit, symbols);
      applyBand(factor, 0, symbols);
      move(state, unit, symbols);
    }
  };
  return { advance, inside: { p, update, gated, candidateSums: q } };
};

const moved = (held: number, candidate: number, z: number): number =>
  held + Math.floor(z * (candidate * STATE_ONE - held * 32_768) * UPDATE_UNIT + ROUNDING);
