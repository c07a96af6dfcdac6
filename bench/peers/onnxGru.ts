import type { FloatGru } from "./FloatGru.ts";

const FLOAT = 1;
const INTEGER_ATTRIBUTE = 2;
const OPSET = 14;
/** The version of the file format that came with this set of operators. */
const FORMAT = 7;

/** Names of inputs and outputs of the model. */
export const ONNX_GRU_NAMES = { x: "x", before: "before", after: "after" } as const;

const utf8 = new TextEncoder();

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** Seven bits a byte, the lowest first, all but the last with the top bit set. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
};

/** A field of a message: its number and type, then its value. */
const integer = (field: number, value: number): Uint8Array => joined([varint(field << 3), varint(value)]);

const bytes = (field: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const value = joined(parts);
  return joined([varint((field << 3) | 2), varint(value.length), value]);
};

const text = (field: number, value: string): Uint8Array => bytes(field, utf8.encode(value));

/** TensorProto: dims, data_type, name, raw_data (little endian). */
const tensor = (name: string, dimensions: readonly number[], values: Float32Array): Uint8Array => {
  const raw = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, at) => raw.setFloat32(4 * at, value, true));
  return joined([
    ...dimensions.map((size) => integer(1, size)),
    integer(2, FLOAT),
    text(8, name),
    bytes(9, new Uint8Array(raw.buffer)),
  ]);
};

/** ValueInfoProto: name, type; a size that is a word may differ from call to call. */
const value = (name: string, dimensions: readonly (number | string)[]): Uint8Array => {
  const shape = dimensions.map((size) =>
    bytes(1, typeof size === "number" ? integer(1, size) : text(2, size)),
  );
  return joined([text(1, name), bytes(2, bytes(1, integer(1, FLOAT), bytes(2, ...shape)))]);
};

/** AttributeProto: name, i, type. */
const attribute = (name: string, number: number): Uint8Array =>
  joined([text(1, name), integer(3, number), integer(20, INTEGER_ATTRIBUTE)]);

/**
 * An ONNX file of one GRU operator with the reset gate before the product: x, float32 [step][1][input], and the state
 * before, float32 [1][1][unit], to the state after the last step.
 *
 * Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, messages ModelProto, GraphProto, NodeProto.
 */
export const onnxGru = ({ bias, inputWeights, inputs, stateWeights, units }: FloatGru): Uint8Array => {
  const { after, before, x } = ONNX_GRU_NAMES;
  const bothBiases = new Float32Array(6 * units);
  bothBiases.set(bias);
  const node = joined([
    // The fifth input, lengths of the sequences, and the first output, all states, are left out.
    ...[x, "W", "R", "B", "", before].map((name) => text(1, name)),
    ...["", after].map((name) => text(2, name)),
    text(4, "GRU"),
    bytes(5, attribute("hidden_size", units)),
    bytes(5, attribute("linear_before_reset", 0)),
  ]);
  const state = [1, 1, units];
  const graph = joined([
    bytes(1, node),
    text(2, "gru"),
    bytes(5, tensor("W", [1, 3 * units, inputs], inputWeights)),
    bytes(5, tensor("R", [1, 3 * units, units], stateWeights)),
    bytes(5, tensor("B", [1, 6 * units], bothBiases)),
    bytes(11, value(x, ["steps", 1, inputs])),
    bytes(11, value(before, state)),
    bytes(12, value(after, state)),
  ]);
  return joined([integer(1, FORMAT), bytes(7, graph), bytes(8, integer(2, OPSET))]);
};
