import { recurrentModule } from "./generated/recurrentModule.ts";
import { RecurrentCallError } from "./RecurrentCallError.ts";

const PAGE_BYTES = 65_536;

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
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
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
  readonly rnnForward: Forward;
  readonly lstmForward: Forward;
  readonly gruForward: Forward;
  readonly rnnBackward: Backward;
  readonly lstmBackward: Backward;
  readonly gruBackward: Backward;
}

/** The part of the JavaScript interface that is used; the compiler's ES libraries do not declare it. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }).WebAssembly;

let compiled: object | undefined;

const compile = (): object => {
  compiled ??= new webAssembly.Module(Uint8Array.from(atob(recurrentModule), (byte) => byte.charCodeAt(0)));
  return compiled;
};

/** One instance of the kernel with a memory of its own, so that several runs can be alive at once. */
export class RecurrentWorkspace {
  readonly wasm: RecurrentExports;
  readonly start: number;
  #floats: Float32Array;

  constructor() {
    this.wasm = new webAssembly.Instance(compile()).exports as RecurrentExports;
    this.start = this.wasm.arenaStart();
    this.#floats = new Float32Array(this.wasm.memory.buffer);
  }

  /** Grows the memory to hold `bytes`; earlier views of it are void afterwards. */
  reserve(bytes: number): void {
    const { memory } = this.wasm;
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

  /** Writes `factor` times the values. */
  writeScaled(address: number, values: Float32Array, factor: number): void {
    this.#floats.set(factor === 1 ? values : values.map((value) => factor * value), address / 4);
  }

  clear(address: number, floats: number): void {
    this.#floats.fill(0, address / 4, address / 4 + floats);
  }

  /** A view that the next `reserve` may void: copy what must last. */
  view(address: number, floats: number): Float32Array {
    return this.#floats.subarray(address / 4, address / 4 + floats);
  }
}
