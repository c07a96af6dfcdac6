import { ACTIVATION_MAXIMUM, FEATURE_MAXIMUM, STATE_ONE, TANH_STEPS } from "./fixedPoint.ts";
import type {
  IntegerGates,
  IntegerLayer,
  IntegerModel,
  IntegerReadout,
  IntegerWeights,
} from "./IntegerModel.ts";
import type { MemoryImage } from "./MemoryImage.ts";
import { projectionLift } from "./projectionLift.ts";

/** Units are padded to a multiple of this. */
const UNIT_BLOCK = 16;
/** Rows come in tiles of this many. */
const TILE = 32;
/** Weights of both gates come in parts of this many pairs of columns. */
const PACKED_PAIRS = 32;
/** Bytes of a projected unit, see assembly/cellStep.ts. */
const PROJECTED_BYTES = 28;
/** Columns come in two pairs. */
const COLUMN_BLOCK = 4;
/** Columns of a dense layer come eight at a time. */
const LAYER_BLOCK = 8;
/** A code of the reset gate counts this much in a weight of both gates. */
const RESET_WORTH = 2 ** 14;
/** Hidden units of the head are kept less this, within int16. */
const HIDDEN_MIDDLE = 2 ** 15;
/** Entries of the tanh table are kept less this, within int16. */
const TANH_MIDDLE = 2 ** 14;
const TANH_ONE = 2 ** 15;
const TANH_ENTRIES = (ACTIVATION_MAXIMUM + 1) / 128;
/** 1.5 * 2^52, which leaves no bits for fractions: see assembly/cellStep.ts. */
const MAGIC = 1.5 * 2 ** 52;

/** Addresses of what is read and written between calls. */
export interface IntegerLayout {
  readonly model: number;
  /** int16 [paddedInputs], what a step reads. */
  readonly features: number;
  readonly paddedInputs: number;
  /** Bytes of a projected step. */
  readonly projectedBytes: number;
  /** int16 [paddedUnits] of each cell. */
  readonly states: readonly number[];
  /** int32 [target][lead], and [block][target][lead]. */
  readonly baselines: number;
  readonly quanta: number;
}

const padded = (count: number, block: number): number => Math.ceil(count / block) * block;

/**
 * Lays a model out as the records of assembly/records.ts name it: codes as int16 pairs of columns, multipliers divided
 * by the powers of two of their shifts (exact in float64), everything padded with zeros.
 */
export const layoutModel = (model: IntegerModel, image: MemoryImage): IntegerLayout => {
  const { head, inputs, units } = model;
  const outputs = head.skip.rows;
  const paddedInputs = padded(inputs, COLUMN_BLOCK);
  const paddedUnits = padded(units, UNIT_BLOCK);
  const projectedBytes = PROJECTED_BYTES * paddedUnits;
  image.placeAt(0, tanhPairs(model.tanh));
  const features = image.reserve(2 * paddedInputs);
  const cells: readonly IntegerWeights[] = [model, ...model.upper];
  const states = cells.map(() => image.reserve(2 * paddedUnits));
  const records = cells.map((cell, index) =>
    cellRecord(cell, units, index === 0 ? inputs : units, image, {
      state: states[index]!,
      x: index === 0 ? features : states[index - 1]!,
      paddedColumns: index === 0 ? paddedInputs : paddedUnits,
      maximum: index === 0 ? FEATURE_MAXIMUM : STATE_ONE,
    }),
  );
  const baselines = image.reserve(4 * outputs);
  const quanta = image.reserve(4 * outputs);
  const mixed = padded(units + inputs, LAYER_BLOCK);
  const record = Uint32Array.of(
    cells.length,
    inputs,
    units,
    model.readouts.length,
    model.horizonSteps,
    image.place(joined(records)),
    image.reserve(projectedBytes),
    image.reserve(4 * padded(3 * paddedUnits, TILE)),
    image.reserve(2 * paddedUnits),
    image.reserve(4 * 3 * paddedUnits),
    image.place(model.powers),
    image.place(layerRecord(head.hidden, 0, image)),
    image.place(layerRecord(head.skip, 0, image)),
    image.place(layerRecord(head.output, HIDDEN_MIDDLE, image)),
    image.place(Float64Array.from(head.hiddenBias)),
    image.place(Float64Array.from(head.outputBias)),
    image.reserve(2 * mixed),
    image.reserve(2 * padded(model.hiddenUnits, LAYER_BLOCK)),
    image.reserve(8 * Math.max(outputs, model.hiddenUnits)),
    image.reserve(8 * outputs),
    image.place(joined(model.readouts.map(readoutRecord))),
  );
  return { model: image.place(record), features, paddedInputs, projectedBytes, states, baselines, quanta };
};

const joined = (records: readonly Uint8Array[]): Uint8Array => {
  const size = records[0]?.length ?? 0;
  const all = new Uint8Array(size * records.length);
  records.forEach((record, index) => all.set(record, index * size));
  return all;
};

/** Index of the candidate among the gates. */
const CANDIDATE = 2;

const inOrder = (unit: number): number => unit;

interface CellPlaces {
  readonly state: number;
  readonly x: number;
  readonly paddedColumns: number;
  /** Largest magnitude of a number of x. */
  readonly maximum: number;
}

const cellRecord = (
  cell: IntegerWeights,
  units: number,
  columns: number,
  image: MemoryImage,
  { maximum, paddedColumns, state, x }: CellPlaces,
): Uint8Array => {
  const { gates, inputCodes, stateCodes } = cell;
  const rows = padded(units, UNIT_BLOCK);
  const gate = (codes: Int8Array, index: number, width: number): Int8Array =>
    codes.subarray(index * units * width, (index + 1) * units * width);
  const stateGate = (index: number): Int8Array => gate(stateCodes, index, units);
  const input = createWeights(3 * rows, paddedColumns);
  for (const index of [0, 1, 2]) {
    addCodes(input, gate(inputCodes, index, columns), columns, 1, (unit) => interleaved(index, unit));
  }
  const bothGates = createWeights(rows, rows, PACKED_PAIRS);
  addCodes(bothGates, stateGate(0), units, 1, inOrder);
  addCodes(bothGates, stateGate(1), units, RESET_WORTH, inOrder);
  const candidate = createWeights(rows, rows);
  addCodes(candidate, stateGate(2), units, 1, inOrder);

  const lift = projectionLift(cell, columns, maximum);
  const record = new ArrayBuffer(56);
  new Uint32Array(record).set([
    rows,
    paddedColumns / 2,
    rows / 2,
    image.place(input.weights),
    image.place(candidate.weights),
    image.place(bothGates.weights),
    image.place(coefficientsOf(gates, units, rows, lift)),
    state,
    x,
    lift,
  ]);
  const { productShift } = gates;
  new Float64Array(record, 40).set([
    MAGIC * 2 ** -productShift,
    productShift === 0 ? 0 : 2 ** -(productShift + 1),
  ]);
  return new Uint8Array(record);
};

/** Row of a unit's gate in the order [four units][gate][unit]. */
const interleaved = (gate: number, unit: number): number => ((unit >> 2) * 3 + gate) * 4 + (unit & 3);

/**
 * [four units][gate]: float64 alpha, beta1, beta2, bias of four rows for sums that are `lift` too large. alpha and beta2
 * are a little too large, so that a product of integers is by 1/8 to 3/8; what `lift` adds is taken off beta1 and bias,
 * whose fractions would be lost beside the magic. Of a gate, beta1 has half of 2^16 more, so that shifting a slope rounds.
 */
const coefficientsOf = (gates: IntegerGates, units: number, rows: number, lift: number): Uint8Array => {
  const record = 4 * 4 * 8;
  const all = new DataView(new ArrayBuffer((record * 3 * rows) / 4));
  const [alphaUnit, beta2Unit] = [2 ** -gates.alphaShift, 2 ** -gates.beta2Shift];
  const little = 1 / (4 * lift);
  for (let gate = 0; gate < 3; gate++) {
    const slopeUnit = gate === CANDIDATE ? 2 ** -gates.productShift : 1;
    const slopeStart = gate === CANDIDATE ? -MAGIC : MAGIC + 2 ** 15;
    for (let unit = 0; unit < rows; unit++) {
      const own = unit < units ? gate * units + unit : -1;
      const row = interleaved(gate, unit);
      const at = (row >> 2) * record + (row & 3) * 8;
      const [alpha, beta2] = [gates.alpha[own] ?? 0, gates.beta2[own] ?? 0];
      const beta1 = (gates.beta1[own] ?? 0) - alpha * lift * alphaUnit + slopeStart;
      const bias = (gates.bias[own] ?? 0) - beta2 * lift * beta2Unit + MAGIC;
      all.setFloat64(at, (alpha + little) * alphaUnit * slopeUnit, true);
      all.setFloat64(at + 32, beta1 * slopeUnit, true);
      all.setFloat64(at + 64, (beta2 + little) * beta2Unit, true);
      all.setFloat64(at + 96, bias, true);
    }
  }
  return new Uint8Array(all.buffer);
};

/** Weights [part of so many pairs of columns][tile of 32 rows][pair][32 rows][2 columns]. */
interface Weights {
  readonly rows: number;
  readonly pairs: number;
  readonly partPairs: number;
  readonly weights: Int16Array;
}

const createWeights = (rows: number, paddedColumns: number, partPairs = paddedColumns / 2): Weights => {
  const whole = padded(rows, TILE);
  return { rows: whole, pairs: paddedColumns / 2, partPairs, weights: new Int16Array(whole * paddedColumns) };
};

/** Adds codes [row][columns], `worth` each. */
const addCodes = (
  { pairs, partPairs, rows, weights }: Weights,
  codes: Int8Array,
  columns: number,
  worth: number,
  rowOf: (row: number) => number,
): void => {
  for (let at = 0; at < codes.length; at++) {
    const row = rowOf(Math.floor(at / columns));
    const column = at % columns;
    const first = (column >> 1) - ((column >> 1) % partPairs);
    const width = Math.min(partPairs, pairs - first);
    const tile = 2 * (first * rows + Math.floor(row / TILE) * TILE * width);
    const pair = 2 * TILE * ((column >> 1) - first);
    weights[tile + pair + 2 * (row % TILE) + (column & 1)]! += codes[at]! * worth;
  }
};

/** @param middle what the inputs are less than the numbers that the layer is for */
const layerRecord = (layer: IntegerLayer, middle: number, image: MemoryImage): Uint32Array => {
  const { columns, multiplier, rows, shift } = layer;
  const blocks = Math.ceil(columns / LAYER_BLOCK);
  const codes = new Int16Array(rows * blocks * LAYER_BLOCK);
  const start = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = layer.codes.subarray(row * columns, (row + 1) * columns);
    codes.set(own, row * blocks * LAYER_BLOCK);
    start[row] = middle * own.reduce((sum, code) => sum + code, 0);
  }
  const scale = Float64Array.from(multiplier, (value, row) => value * 2 ** -shift[row]!);
  return Uint32Array.of(rows, blocks, image.place(codes), image.place(start), image.place(scale));
};

const readoutRecord = (readout: IntegerReadout): Uint8Array => {
  const record = new ArrayBuffer(24);
  new Float64Array(record).set([readout.gain * 2 ** -readout.gainShift]);
  new Int32Array(record, 8).set([
    readout.transform === "log1p" ? 1 : 0,
    readout.minimum,
    readout.maximum,
    readout.inverseQuantum,
  ]);
  return new Uint8Array(record);
};

/**
 * Entry k: the step to entry k + 1, then the value less 2^14, so that a multiply-add of pairs interpolates. Beyond the
 * table entries of one go on to the largest pre-activation.
 */
const tanhPairs = (table: Uint16Array): Int16Array => {
  const pairs = new Int16Array(2 * TANH_ENTRIES);
  for (let index = 0; index < TANH_ENTRIES; index++) {
    const value = index < TANH_STEPS ? table[index]! : TANH_ONE;
    pairs[2 * index] = index < TANH_STEPS ? table[index + 1]! - value : 0;
    pairs[2 * index + 1] = value - TANH_MIDDLE;
  }
  return pairs;
};
