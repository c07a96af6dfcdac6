import { HIDDEN_MAXIMUM, OUTPUT_MAXIMUM } from "../../edge/fixedPoint.ts";
import { decode } from "../../edge/integerHead.ts";
import type { IntegerModel, IntegerReadout } from "../../edge/IntegerModel.ts";
import { STATE_GAIN } from "../../edge/quantiseModel.ts";
import { type AffineBlock, boxRow, closeRow, createAffineBlock, SLACK } from "./AffineBlock.ts";
import type { StepInput } from "./intervalStep.ts";
import { multiplyLayer } from "./layerRows.ts";

/**
 * Forms of the forecast in quanta, [target][lead], from those of the state, the origin's features and the baseline
 * integers [target][lead].
 */
export type IntervalHead = (
  state: AffineBlock,
  x: StepInput,
  baselines: AffineBlock,
  symbols: number,
  quanta: AffineBlock,
) => void;

const ROUNDING = 0.5;
const ONE_EXPONENT = 2 ** 20;
/** integerPowerOfTwo is off 2^8 2^e by at most this share (table, interpolation and its curve), and by half a unit. */
export const POWER_SHARE = 2e-6;

/**
 * Makes {@link createIntegerHead} and {@link decode} for sets, the median's rows alone. A hidden unit that may be cut off
 * at 0 lies between 0 and the secant of its range (Singh et al., "Fast and effective robustness certification", NeurIPS
 * 2018); a power of two lies under its secant and above the tangent of that slope; what may be cut off otherwise is its
 * box. Boxes are exact: every function here is monotone.
 */
export const createIntervalHead = (model: IntegerModel, stride: number): IntervalHead => {
  const { head, horizonSteps, inputs, powers, readouts, units } = model;
  const outputs = readouts.length * horizonSteps;
  const mixed = createAffineBlock(units + inputs, stride);
  const hidden = createAffineBlock(model.hiddenUnits, stride);
  const direct = createAffineBlock(outputs, stride);
  const indirect = createAffineBlock(outputs, stride);

  const mix = (state: AffineBlock, x: StepInput, symbols: number): void => {
    for (let unit = 0; unit < units; unit++) {
      copyRow(state, unit, STATE_GAIN, mixed, unit, symbols);
    }
    for (let feature = 0; feature < inputs; feature++) {
      const row = units + feature;
      const at = row * stride;
      mixed.coefficients.fill(0, at, at + symbols);
      const own = feature * x.block.stride;
      for (let k = 0; k < x.symbols; k++) {
        mixed.coefficients[at + x.columns[k]!]! += x.block.coefficients[own + k]!;
      }
      mixed.centre[row] = x.block.centre[feature]!;
      mixed.remainder[row] = x.block.remainder[feature]!;
      mixed.reach[row] = x.block.reach[feature]!;
      mixed.lower[row] = x.block.lower[feature]!;
      mixed.upper[row] = x.block.upper[feature]!;
    }
  };

  const rectify = (row: number, symbols: number): void => {
    const bias = head.hiddenBias[row]!;
    hidden.centre[row]! += bias;
    const lower = hidden.lower[row]! + bias;
    const upper = hidden.upper[row]! + bias;
    if (upper <= 0 || upper > HIDDEN_MAXIMUM) {
      boxRow(hidden, row, symbols, cut(lower, 0, HIDDEN_MAXIMUM), cut(upper, 0, HIDDEN_MAXIMUM));
    } else if (lower < 0) {
      const slope = upper / (upper - lower);
      const spread = (-slope * lower) / 2;
      const at = row * stride;
      for (let s = 0; s < symbols; s++) hidden.coefficients[at + s]! *= slope;
      const slack = SLACK * (hidden.reach[row]! + Math.abs(bias) + upper);
      hidden.centre[row] = slope * hidden.centre[row]! + spread;
      hidden.remainder[row] = slope * hidden.remainder[row]! + spread + slack;
      closeRow(hidden, row, symbols, 0, upper);
    } else {
      hidden.reach[row]! += Math.abs(bias);
      hidden.lower[row] = lower;
      hidden.upper[row] = upper;
    }
  };

  /** Row `row` of `direct` becomes the output y. */
  const add = (row: number, symbols: number): void => {
    const at = row * stride;
    const bias = head.outputBias[row]!;
    for (let s = 0; s < symbols; s++) direct.coefficients[at + s]! += indirect.coefficients[at + s]!;
    direct.centre[row]! += indirect.centre[row]! + bias;
    const reach = direct.reach[row]! + indirect.reach[row]! + Math.abs(bias);
    direct.remainder[row]! += indirect.remainder[row]! + SLACK * reach;
    const lower = direct.lower[row]! + indirect.lower[row]! + bias;
    const upper = direct.upper[row]! + indirect.upper[row]! + bias;
    closeRow(direct, row, symbols, lower, upper);
    const [low, high] = [direct.lower[row]!, direct.upper[row]!];
    if (low < -OUTPUT_MAXIMUM || high > OUTPUT_MAXIMUM) {
      const end = OUTPUT_MAXIMUM;
      boxRow(direct, row, symbols, cut(low, -end, end), cut(high, -end, end));
    }
  };

  const read = (row: number, baselines: AffineBlock, symbols: number, quanta: AffineBlock): void => {
    const readout = readouts[Math.floor(row / horizonSteps)]!;
    const at = row * stride;
    const gain = readout.gain * 2 ** -readout.gainShift;
    for (let s = 0; s < symbols; s++) {
      quanta.coefficients[at + s] = baselines.coefficients[at + s]! + gain * direct.coefficients[at + s]!;
    }
    quanta.centre[row] = baselines.centre[row]! + gain * direct.centre[row]!;
    const reach = baselines.reach[row]! + Math.abs(gain) * direct.reach[row]!;
    quanta.remainder[row] =
      baselines.remainder[row]! + Math.abs(gain) * direct.remainder[row]! + ROUNDING + SLACK * 2 * reach;
    const ends = [gain * direct.lower[row]!, gain * direct.upper[row]!].map((end) =>
      Math.floor(end + ROUNDING),
    );
    closeRow(
      quanta,
      row,
      symbols,
      baselines.lower[row]! + Math.min(...ends),
      baselines.upper[row]! + Math.max(...ends),
    );
    toQuanta(readout, row, symbols, quanta);
  };

  const toQuanta = (readout: IntegerReadout, row: number, symbols: number, quanta: AffineBlock): void => {
    const [from, to] = [quanta.lower[row]!, quanta.upper[row]!];
    const lower = decode(readout, powers, from, 0);
    const upper = decode(readout, powers, to, 0);
    const isCut =
      lower === readout.minimum ||
      upper === readout.maximum ||
      Math.abs(from) > 2 ** 29 ||
      Math.abs(to) > 2 ** 29;
    if (isCut || lower === upper) return boxRow(quanta, row, symbols, lower, upper);
    let [slope, middle, spread] = [2 ** -8, 0, ROUNDING];
    if (readout.transform === "log1p") {
      const power = (exponent: number): number => 2 ** (exponent / ONE_EXPONENT);
      const [left, right] = [power(from), power(to)];
      slope = (right - left) / (to - from);
      const tangent = (slope * ONE_EXPONENT) / Math.LN2;
      const touch = ONE_EXPONENT * Math.log2(tangent);
      const most = Math.max(left - slope * from, right - slope * to);
      const least = Math.min(most, tangent - slope * touch);
      middle = (most + least) / 2 - readout.inverseQuantum * 2 ** -8;
      spread +=
        (most - least) / 2 +
        POWER_SHARE * right +
        2 ** -8 +
        SLACK * 4 * (right + Math.abs(slope * from) + Math.abs(slope * to));
    }
    const at = row * stride;
    for (let s = 0; s < symbols; s++) quanta.coefficients[at + s]! *= slope;
    const slack = SLACK * slope * quanta.reach[row]!;
    quanta.centre[row] = slope * quanta.centre[row]! + middle;
    quanta.remainder[row] = slope * quanta.remainder[row]! + spread + slack;
    closeRow(quanta, row, symbols, lower, upper);
  };

  return (state, x, baselines, symbols, quanta) => {
    mix(state, x, symbols);
    multiplyLayer(head.hidden, mixed, symbols, hidden);
    for (let row = 0; row < hidden.rows; row++) rectify(row, symbols);
    multiplyLayer(head.skip, mixed, symbols, direct);
    multiplyLayer(head.output, hidden, symbols, indirect);
    for (let row = 0; row < outputs; row++) {
      add(row, symbols);
      read(row, baselines, symbols, quanta);
    }
  };
};

const cut = (value: number, minimum: number, maximum: number): number =>
  Math.min(maximum, Math.max(minimum, value));

const copyRow = (
  from: AffineBlock,
  row: number,
  factor: number,
  to: AffineBlock,
  place: number,
  symbols: number,
): void => {
  const source = row * from.stride;
  const at = place * to.stride;
  for (let s = 0; s < symbols; s++) to.coefficients[at + s] = factor * from.coefficients[source + s]!;
  to.centre[place] = factor * from.centre[row]!;
  to.remainder[place] = factor * from.remainder[row]!;
  to.reach[place] = factor * from.reach[row]!;
  to.lower[place] = factor * from.lower[row]!;
  to.upper[place] = factor * from.upper[row]!;
};
