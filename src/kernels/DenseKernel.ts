import { RecurrentWorkspace } from "./RecurrentWorkspace.ts";

/** Products of row-major float32 matrices, sums in a fixed order; no size is padded for the caller. */
export interface DenseKernel {
  /** a b, [rows][columns], of a [rows][inner] and b [inner][columns]. */
  multiply(a: Float32Array, b: Float32Array, rows: number, inner: number, columns: number): Float32Array;
  /** The transpose of a times b, [inner][columns], of a [rows][inner] and b [rows][columns]. */
  multiplyTransposed(
    a: Float32Array,
    b: Float32Array,
    rows: number,
    inner: number,
    columns: number,
  ): Float32Array;
  /** a times the transpose of b, [rows][inner], of a [rows][columns] and b [inner][columns]. */
  multiplyByTranspose(
    a: Float32Array,
    b: Float32Array,
    rows: number,
    inner: number,
    columns: number,
  ): Float32Array;
}

const FLOAT_BYTES = 4;
const BLOCK = 8;
const paddedTo = (count: number, multiple: number): number => Math.ceil(count / multiple) * multiple;

/** Floats that a product `multiply` keeps in memory: a with room for its last tile, b, b packed, the result blocked and plain. */
const productFloats = (
  rows: number,
  inner: number,
  columns: number,
): [number, number, number, number, number] => {
  const blocks = Math.ceil(columns / BLOCK);
  return [
    rows * inner + 3 * inner + BLOCK,
    inner * columns,
    blocks * inner * BLOCK,
    blocks * paddedTo(rows, 4) * BLOCK,
    rows * columns,
  ];
};

/** The same of `multiplyTransposed`. */
const transposedFloats = (
  rows: number,
  inner: number,
  columns: number,
): [number, number, number, number, number] => {
  const blocks = Math.ceil(columns / BLOCK);
  return [
    rows * inner + BLOCK,
    rows * columns,
    blocks * rows * BLOCK,
    blocks * paddedTo(inner, 4) * BLOCK,
    inner * columns,
  ];
};

/** Sizes of a matrix product: a [rows][inner] times b [inner][columns]. */
export type ProductSizes = readonly [rows: number, inner: number, columns: number];

/** Bytes of wasm memory, counted from `start`, that the three products of matrices of these sizes need at most. */
export const denseBytes = ([rows, inner, columns]: ProductSizes, start: number): number =>
  Math.max(
    ...[
      productFloats(rows, inner, columns),
      productFloats(rows, columns, inner),
      transposedFloats(rows, inner, columns),
    ].map((floats) =>
      floats.reduce((end, count) => end + paddedTo(count, 16) * FLOAT_BYTES, paddedTo(start, 64)),
    ),
  );

/**
 * Makes matrix products on the wasm module of the recurrent cell, for the layers around it.
 *
 * @example
 * createDenseKernel().multiply(Float32Array.of(1, 2), Float32Array.of(3, 4), 1, 2, 1); // => Float32Array [ 11 ]
 */
export const createDenseKernel = (): DenseKernel => {
  const workspace = new RecurrentWorkspace();
  const { wasm } = workspace;

  /** Addresses of so many floats each, one after the other. */
  const layOut = (...floats: readonly number[]): number[] => {
    let next = paddedTo(workspace.start, 64);
    const addresses = floats.map((count) => {
      const address = next;
      // The last tile of a row-major matrix reads three rows and a block further.
      next += paddedTo(count, 16) * FLOAT_BYTES;
      return address;
    });
    workspace.reserve(next);
    return addresses;
  };

  /** a c, [rows][columns], of a [rows][inner] and what `pack` makes of b in the place of c [inner][columns]. */
  const product = (
    a: Float32Array,
    b: Float32Array,
    rows: number,
    inner: number,
    columns: number,
    pack: (from: number, to: number) => void,
  ): Float32Array => {
    const blocks = Math.ceil(columns / BLOCK);
    const padded = paddedTo(rows, 4);
    const [source, plain, packed, blocked, result] = layOut(...productFloats(rows, inner, columns)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    workspace.write(source, a);
    workspace.write(plain, b);
    pack(plain, packed);
    wasm.multiplyRowMajor(source, packed, blocked, padded * BLOCK * FLOAT_BYTES, padded, blocks, inner);
    wasm.unpackColumns(blocked, padded * BLOCK * FLOAT_BYTES, rows, columns, result, columns);
    return workspace.view(result, rows * columns).slice();
  };

  return {
    multiply: (a, b, rows, inner, columns) =>
      product(a, b, rows, inner, columns, (from, to) => wasm.packColumns(from, columns, inner, columns, to)),
    multiplyTransposed: (a, b, rows, inner, columns) => {
      const blocks = Math.ceil(columns / BLOCK);
      const features = paddedTo(inner, 4);
      const [left, right, packed, sums, result] = layOut(...transposedFloats(rows, inner, columns)) as [
        number,
        number,
        number,
        number,
        number,
      ];
      workspace.write(left, a);
      workspace.write(right, b);
      wasm.clear(sums, blocks * features * BLOCK);
      wasm.packColumns(right, columns, rows, columns, packed);
      wasm.multiplyTransposed(
        left,
        BLOCK * FLOAT_BYTES,
        inner * FLOAT_BYTES,
        packed,
        sums,
        rows * BLOCK * FLOAT_BYTES,
        rows,
        blocks,
        inner,
      );
      wasm.unpackColumns(sums, features * BLOCK * FLOAT_BYTES, inner, columns, result, columns);
      return workspace.read(result, inner * columns);
    },
    multiplyByTranspose: (a, b, rows, inner, columns) =>
      product(a, b, rows, columns, inner, (from, to) =>
        wasm.packTransposed(from, columns, inner, columns, to),
      ),
  };
};
