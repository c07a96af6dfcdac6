import type { GoldenCell, GoldenShield, GoldenVectors, GoldenWindow } from "./Artefact.ts";
import { ByteReader } from "./ByteReader.ts";
import { ByteWriter } from "./ByteWriter.ts";
import type { CompiledClockTest, CompiledRule } from "./CompiledRule.ts";
import { POWER_STEPS, TANH_STEPS } from "./fixedPoint.ts";
import type {
  IntegerGates,
  IntegerHead,
  IntegerLayer,
  IntegerReadout,
  IntegerWeights,
} from "./IntegerModel.ts";

/** Numbers that the manifest gives and the binary sections need. */
export interface SectionShape {
  readonly inputs: number;
  readonly units: number;
  /** Cells one above the other. */
  readonly layers: number;
  readonly hiddenUnits: number;
  /** Targets x horizon steps. */
  readonly outputs: number;
  /** Rows of the head: those of the median and of the quantile heads. */
  readonly headRows: number;
}

const planeBytes = (columns: number): number => Math.ceil(columns / 8);

/** Codes as two bit planes; see docs/artefact.md. */
const writeTernary = (writer: ByteWriter, codes: Int8Array, columns: number): void => {
  for (const inPlane of [(code: number) => code !== 0, (code: number) => code < 0]) {
    for (let row = 0; row < codes.length; row += columns) {
      for (let byte = 0; byte < planeBytes(columns); byte++) {
        let bits = 0;
        for (let bit = 0; bit < 8 && byte * 8 + bit < columns; bit++) {
          if (inPlane(codes[row + byte * 8 + bit]!)) bits |= 1 << bit;
        }
        writer.u8(bits);
      }
    }
  }
  writer.align();
};

const readTernary = (reader: ByteReader, rows: number, columns: number): Int8Array => {
  const width = planeBytes(columns);
  const nonzero = reader.bytes(rows * width);
  const negative = reader.bytes(rows * width);
  reader.align();
  const codes = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const byte = row * width + (column >> 3);
      const bit = 1 << (column & 7);
      if ((nonzero[byte]! & bit) !== 0)
        codes[row * columns + column] = (negative[byte]! & bit) === 0 ? 1 : -1;
    }
  }
  return codes;
};

/** W and U of a cell. */
export const writeCodes = (
  writer: ByteWriter,
  { inputCodes, stateCodes }: IntegerWeights,
  inputs: number,
  units: number,
): void => {
  writeTernary(writer, inputCodes, inputs);
  writeTernary(writer, stateCodes, units);
};

/** A cell from its codes and its gates, which stand in sections of their own. */
export const readCell = (
  codes: ByteReader,
  gates: ByteReader,
  inputs: number,
  units: number,
): IntegerWeights => ({
  inputCodes: readTernary(codes, 3 * units, inputs),
  stateCodes: readTernary(codes, 3 * units, units),
  gates: readGates(gates, units),
});

export const writeGates = (writer: ByteWriter, gates: IntegerGates): void => {
  for (const values of [gates.alpha, gates.beta1, gates.beta2, gates.bias]) writer.list(values, "i32");
  writer.list([gates.alphaShift, gates.beta2Shift, gates.productShift, 0], "u8");
};

const readGates = (reader: ByteReader, units: number): IntegerGates => {
  const vector = (): Int32Array => reader.into(new Int32Array(3 * units), "i32");
  const gates = { alpha: vector(), beta1: vector(), beta2: vector(), bias: vector() };
  const [alphaShift, beta2Shift, productShift] = [reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  return { ...gates, alphaShift, beta2Shift, productShift };
};

export const writeHead = (writer: ByteWriter, head: IntegerHead): void => {
  writer.list([head.codeBits, 0, 0, 0], "u8");
  for (const layer of [head.hidden, head.skip, head.output]) {
    if (head.codeBits === 8) writer.bytes(Uint8Array.from(layer.codes, (code) => code & 255));
    else
      writer.list(
        Uint16Array.from(layer.codes, (code) => code & 65_535),
        "u16",
      );
    writer.align();
    writer.list(layer.multiplier, "u16");
    writer.align();
    writer.list(layer.shift, "u8");
    writer.align();
  }
  writer.list(head.hiddenBias, "i32");
  writer.list(head.outputBias, "i32");
};

export const readHead = (reader: ByteReader, shape: SectionShape): IntegerHead => {
  const codeBits = reader.u8() === 8 ? 8 : 16;
  reader.align();
  const layer = (rows: number, columns: number): IntegerLayer => {
    const codes =
      codeBits === 8
        ? Int16Array.from(new Int8Array(reader.bytes(rows * columns).buffer))
        : reader.into(new Int16Array(rows * columns), "u16");
    reader.align();
    const multiplier = reader.into(new Uint16Array(rows), "u16");
    reader.align();
    const shift = reader.into(new Uint8Array(rows), "u8");
    reader.align();
    return { rows, columns, codes, multiplier, shift };
  };
  const columns = shape.units + shape.inputs;
  const hidden = layer(shape.hiddenUnits, columns);
  const skip = layer(shape.headRows, columns);
  const output = layer(shape.headRows, shape.hiddenUnits);
  const hiddenBias = reader.into(new Int32Array(shape.hiddenUnits), "i32");
  const outputBias = reader.into(new Int32Array(shape.headRows), "i32");
  return { codeBits, hidden, hiddenBias, skip, output, outputBias };
};

export const writeReadouts = (writer: ByteWriter, readouts: readonly IntegerReadout[]): void => {
  for (const readout of readouts) {
    writer.u8(readout.transform === "log1p" ? 1 : 0);
    writer.u8(readout.gainShift);
    writer.u16(0);
    writer.list([readout.gain, readout.minimum, readout.maximum, readout.inverseQuantum], "i32");
  }
};

export const readReadouts = (reader: ByteReader, count: number): IntegerReadout[] =>
  Array.from({ length: count }, () => {
    const transform = reader.u8() === 1 ? "log1p" : "identity";
    const gainShift = reader.u8();
    reader.align();
    const [gain, minimum, maximum, inverseQuantum] = [reader.i32(), reader.i32(), reader.i32(), reader.i32()];
    return { transform, gain, gainShift, minimum, maximum, inverseQuantum };
  });

export const writeTables = (writer: ByteWriter, tanh: Uint16Array, powers: Uint32Array): void => {
  writer.list(tanh, "u16");
  writer.align();
  writer.list(powers, "u32");
};

export const readTables = (reader: ByteReader): { tanh: Uint16Array; powers: Uint32Array } => {
  const tanh = reader.into(new Uint16Array(TANH_STEPS + 1), "u16");
  reader.align();
  return { tanh, powers: reader.into(new Uint32Array(POWER_STEPS + 1), "u32") };
};

export const writeRule = (writer: ByteWriter, rule: CompiledRule): void => {
  for (const value of [
    rule.enforced ? 1 : 0,
    rule.unitsPerOne,
    rule.margin,
    rule.kind.length,
    rule.children.length,
    rule.constant.length,
    rule.coefficient.length,
    rule.clockTests.length,
  ]) {
    writer.packed(value);
  }
  writer.bytes(rule.kind);
  for (const values of [rule.childOffsets, rule.children, rule.argument, rule.termOffsets]) {
    writer.differences(values);
  }
  for (const values of [rule.coefficient, rule.channel, rule.sensor, rule.step, rule.constant]) {
    writer.differences(values);
  }
  for (const { field, step, lower, upper } of rule.clockTests) {
    for (const value of [field, step, lower, upper]) writer.packed(value);
  }
};

export const readRule = (reader: ByteReader, name: string, text: string): CompiledRule => {
  const [flags, unitsPerOne, margin] = [reader.packed(), reader.packed(), reader.packed()];
  const [nodes, childCount, leaves] = [reader.count(), reader.count(), reader.count()];
  const [terms, clocks] = [reader.count(), reader.count()];
  const integers = (count: number): Int32Array => reader.differences(new Int32Array(count));
  return {
    name,
    text,
    enforced: flags === 1,
    unitsPerOne,
    margin,
    kind: reader.bytes(nodes),
    childOffsets: integers(nodes + 1),
    children: integers(childCount),
    argument: integers(nodes),
    termOffsets: integers(leaves + 1),
    coefficient: integers(terms),
    channel: integers(terms),
    sensor: integers(terms),
    step: integers(terms),
    constant: reader.differences(new Float64Array(leaves)),
    clockTests: Array.from({ length: clocks }, (): CompiledClockTest => ({
      field: reader.packed(),
      step: reader.packed(),
      lower: reader.packed(),
      upper: reader.packed(),
    })),
  };
};

export const writeGolden = (writer: ByteWriter, golden: GoldenVectors): void => {
  for (const cell of golden.cells) {
    writer.u32(cell.seed);
    writer.bytes(new Uint8Array(cell.state.buffer, cell.state.byteOffset, cell.state.length));
    writer.align();
    writer.list(cell.quanta, "i32");
  }
  for (const shield of golden.shields) {
    writer.u32(shield.seed);
    writer.list(shield.quanta, "i32");
  }
  for (const window of golden.windows) {
    writer.u32(window.seed);
    writer.list(window.quanta, "i32");
  }
};

export const readGolden = (
  reader: ByteReader,
  counts: { cells: number; shields: number; windows: number; sensors: number },
  shape: SectionShape,
): GoldenVectors => {
  const cells = Array.from({ length: counts.cells }, (): GoldenCell => {
    const seed = reader.u32();
    const state = new Int8Array(reader.bytes(shape.layers * shape.units).buffer);
    reader.align();
    return { seed, state, quanta: reader.into(new Int32Array(shape.headRows), "i32") };
  });
  const shields = Array.from({ length: counts.shields }, (): GoldenShield => ({
    seed: reader.u32(),
    quanta: reader.into(new Int32Array(shape.outputs * counts.sensors), "i32"),
  }));
  const windows = Array.from({ length: counts.windows }, (): GoldenWindow => ({
    seed: reader.u32(),
    quanta: reader.into(new Int32Array(shape.headRows * counts.sensors), "i32"),
  }));
  return { cells, shields, windows };
};
