// The head and the readouts of integerHead.ts. Sums of products are exact in float64.

import { LayerRecord, ModelRecord, ReadoutRecord } from "./records";

const HIDDEN_MAXIMUM: f64 = 65535;
/** Hidden units have 16 bits without a sign; less this they are int16. The layer above starts from what that took. */
const HIDDEN_MIDDLE: f64 = 32768;
const OUTPUT_MAXIMUM: f64 = 8388608;
const SUM_MAXIMUM: f64 = 1073741824;

// @ts-ignore: decorator
@inline
function within(value: f64, minimum: f64, maximum: f64): f64 {
  return value < minimum ? minimum : value > maximum ? maximum : value;
}

function applyLayer(layer: LayerRecord, input: usize, result: usize): void {
  let codes = layer.codes;
  for (let row = 0; row < layer.rows; row++) {
    let low = f64x2.splat(0),
      high = low;
    let at = input;
    for (let block = 0; block < layer.blocks; block++) {
      const pairs = i32x4.dot_i16x8_s(v128.load(codes), v128.load(at));
      low = f64x2.add(low, f64x2.convert_low_i32x4_s(pairs));
      high = f64x2.add(high, f64x2.convert_low_i32x4_s(v128.shuffle<i32>(pairs, pairs, 2, 3, 2, 3)));
      codes += 16;
      at += 16;
    }
    const both = f64x2.add(low, high);
    const byte = (<usize>row) << 3;
    const sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1) + load<f64>(layer.start + byte);
    store<f64>(result + byte, Math.floor(sum * load<f64>(layer.scale + byte) + 0.5));
  }
}

/** 2^exponent, one = 2^8, for an exponent with one = 2^20 kept within -8..21. */
function powerOfTwo(powers: usize, exponent: f64): f64 {
  const kept = <i32>within(exponent, -8388608, 22020096);
  const whole = kept >> 20;
  const fraction = kept & 0xfffff;
  const entry = powers + ((<usize>(fraction >> 12)) << 2);
  const low = load<i32>(entry);
  const mantissa = low + (((load<i32>(entry, 4) - low) * (fraction & 4095) + 2048) >> 12);
  const drop = 16 - whole;
  return <f64>(drop > 0 ? (mantissa + (1 << (drop - 1))) >> drop : mantissa << -drop);
}

/** Quanta [block][target][lead] from the highest state, the features at `x` and the baseline integers. */
export function readState(model: ModelRecord, state: usize, x: usize, baselines: usize, quanta: usize): void {
  const units = <usize>model.units;
  const mixed = model.mixed;
  for (let unit: usize = 0; unit < units; unit++) {
    store<i16>(mixed + (unit << 1), <i16>(8 * load<i16>(state + (unit << 1))));
  }
  memory.copy(mixed + (units << 1), x, (<usize>model.inputs) << 1);
  const direct = model.direct;
  const indirect = model.indirect;
  const passed = model.passed;
  applyLayer(model.hidden, mixed, direct);
  for (let unit: usize = 0; unit < <usize>model.hidden.rows; unit++) {
    const value = load<f64>(direct + (unit << 3)) + load<f64>(model.hiddenBias + (unit << 3));
    store<i16>(passed + (unit << 1), <i16>(within(value, 0, HIDDEN_MAXIMUM) - HIDDEN_MIDDLE));
  }
  applyLayer(model.skip, mixed, direct);
  applyLayer(model.output, passed, indirect);
  let row: usize = 0;
  while (row < <usize>model.skip.rows) {
    row = readBlock(model, row, baselines, quanta);
  }
}

/** One block of rows from `row` on, the median's or a quantile's; the row behind it. */
function readBlock(model: ModelRecord, row: usize, baselines: usize, quanta: usize): usize {
  const direct = model.direct;
  const indirect = model.indirect;
  let start: usize = baselines;
  for (let target = 0; target < model.targets; target++) {
    const readout = changetype<ReadoutRecord>(model.readouts + (<usize>target) * offsetof<ReadoutRecord>());
    for (let lead = 0; lead < model.horizon; lead++, row++, start += 4) {
      const byte = row << 3;
      const sum = load<f64>(direct + byte) + load<f64>(indirect + byte) + load<f64>(model.outputBias + byte);
      const y = within(sum, -OUTPUT_MAXIMUM, OUTPUT_MAXIMUM);
      const moved = within(<f64>load<i32>(start) + Math.floor(readout.gain * y + 0.5), -SUM_MAXIMUM, SUM_MAXIMUM);
      const value =
        readout.log1p != 0 ? powerOfTwo(model.powers, moved) - <f64>readout.inverseQuantum : moved;
      const near = Math.floor((value + 128) / 256);
      store<i32>(quanta + (row << 2), <i32>within(near, <f64>readout.minimum, <f64>readout.maximum));
    }
  }
  return row;
}
