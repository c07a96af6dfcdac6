import { compiledKernel, type KernelMemory, MOST_PAGES, PAGE_BYTES, webAssembly } from "./compiledKernel.ts";
import { RecurrentCallError } from "./RecurrentCallError.ts";

type Forward = (
  x: number,
  w: number,
  u: number,
  mi: number,
  record: number,
  recordBytes: number,
  resetState: number,
  states: number,
  rows: number,
  steps: number,
  inputs: number,
  units: number,
  quantiser: number,
  levels: number,
  noise: number,
  seed: number,
  first: number,
  stride: number,
  slope: number,
) => void;

type Backward = (
  x: number,
  mi: number,
  transposedU: number,
  transposedW: number,
  record: number,
  recordBytes: number,
  scratch: number,
  gradient: number,
  dw: number,
  du: number,
  dmi: number,
  dx: number,
  initial: number,
  rows: number,
  steps: number,
  inputs: number,
  units: number,
  slope: number,
) => void;

/** The functions of the wasm module; addresses and strides in bytes unless named otherwise. */
interface RecurrentExports {
  arenaStart(): number;
  packColumns(from: number, strideFloats: number, rows: number, columns: number, to: number): void;
  packTransposed(from: number, strideFloats: number, rows: number, columns: number, to: number): void;
  unpackColumns(
    from: number,
    blockBytes: number,
    rows: number,
    columns: number,
    to: number,
    strideFloats: number,
  ): void;
  addInto(a: number, b: number, floats: number): void;
  clear(a: number, floats: number): void;
  multiplyRowMajor(
    a: number,
    b: number,
    c: number,
    blockBytes: number,
    rows: number,
    blocks: number,
    length: number,
  ): void;
  multiplyTransposed(
    a: number,
    aBlockBytes: number,
    aRowBytes: number,
    b: number,
    c: number,
    blockBytes: number,
    rows: number,
    blocks: number,
    features: number,
  ): void;
  softmaxMaxima(
    logits: number,
    blockBytes: number,
    biases: number,
    targets: number,
    rows: number,
    blocks: number,
    rowFacts: number,
    targetLogits: number,
  ): void;
  softmaxSums(logits: number, blockBytes: number, rows: number, blocks: number, rowFacts: number): void;
  softmaxGradient(
    logits: number,
    blockBytes: number,
    targets: number,
    rows: number,
    blocks: number,
    rowFacts: number,
    weight: number,
    biasGradient: number,
  ): void;
  softmaxStates(
    gradient: number,
    vectors: number,
    states: number,
    blockBytes: number,
    rows: number,
    columns: number,
    unitBlocks: number,
  ): void;
  readonly rnnForward: Forward;
  readonly lstmForward: Forward;
  readonly gruForward: Forward;
  readonly rnnBackward: Backward;
  readonly lstmBackward: Backward;
  readonly gruBackward: Backward;
}

/** A function of the module with its arguments. */
export type KernelCall = readonly [name: keyof RecurrentExports, ...values: number[]];

/** One instance of the kernel with a memory of its own, so that several runs can be alive at once. */
export class RecurrentWorkspace {
  readonly wasm: RecurrentExports;
  /** Shared, so that a {@link KernelThread} can run a part of the work. */
  readonly memory: KernelMemory;
  readonly start: number;
  #floats: Float32Array;

  constructor() {
    this.memory = new webAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
    const { exports } = new webAssembly.Instance(compiledKernel(), { env: { memory: this.memory } });
    this.wasm = exports as RecurrentExports;
    this.start = this.wasm.arenaStart();
    this.#floats = new Float32Array(this.memory.buffer);
  }

  /** Grows the memory to hold `bytes`; earlier views of it are void afterwards. */
  reserve(bytes: number): void {
    const { memory } = this;
    const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing <= 0) return;
    try {
      memory.grow(missing);
    } catch {
      throw new RecurrentCallError([
        `the run needs ${Math.ceil(bytes / 2 ** 20)} MiB of wasm memory, which could not be had: take fewer steps or units`,
      ]);
    }
    this.#floats = new Float32Array(memory.buffer);
  }

  write(address: number, values: Float32Array): void {
    this.#floats.set(values, address / 4);
  }

  writeWhole(address: number, values: Int32Array): void {
    new Int32Array(this.memory.buffer, address, values.length).set(values);
  }

  /** Writes `factor` times the values. */
  writeScaled(address: number, values: Float32Array, factor: number): void {
    this.#floats.set(factor === 1 ? values : values.map((value) => factor * value), address / 4);
  }

  /** Makes calls one after the other. */
  run(calls: readonly KernelCall[]): void {
    for (const [name, ...values] of calls) {
      const run: (...values: number[]) => unknown = this.wasm[name];
      run(...values);
    }
  }

  /** A copy; `slice` of a shared memory takes ten times as long. */
  read(address: number, floats: number): Float32Array {
    const values = new Float32Array(floats);
    values.set(this.view(address, floats));
    return values;
  }

  /** A view of float64, which the next `reserve` may void. */
  doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, count);
  }

  /** A view that the next `reserve` may void: copy what must last. */
  view(address: number, floats: number): Float32Array {
    return this.#floats.subarray(address / 4, address / 4 + floats);
  }
}
