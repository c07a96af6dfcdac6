import { fitsVectors } from "./fitsVectors.ts";
import { integerModule } from "./generated/integerModule.ts";
import type { IntegerEngine } from "./IntegerEngine.ts";
import { layoutModel } from "./integerLayout.ts";
import type { IntegerModel } from "./IntegerModel.ts";
import { MemoryImage } from "./MemoryImage.ts";

/** The integer model in WebAssembly: spans of steps, and step by step. Not more than one window at a time. */
export interface WasmModel extends IntegerEngine {
  /** All cells to the zero state. */
  readonly reset: () => void;
  /** Moves on by one vector of features (int16, one = 1024). */
  readonly step: (features: Int16Array) => void;
  /** Forecast after the last step, in quanta [block][target][lead], from baseline integers [target][lead]. */
  readonly read: (baselines: Int32Array, quanta: Int32Array) => void;
  /** Hidden states, one = 127, [cell][unit], the lowest cell first. */
  readonly states: () => Int8Array;
}

/** What assembly/integerModule.ts exports. */
interface IntegerExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  arenaStart(): number;
  reset(model: number): void;
  step(model: number): void;
  project(model: number, features: number, count: number, projected: number): void;
  walk(model: number, projected: number, steps: number): void;
  read(model: number, x: number, baselines: number, quanta: number): void;
}

/** The part of the JavaScript interface that is used; the compiler's ES libraries do not declare it. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE_BYTES = 65_536;

const aligned = (address: number): number => Math.ceil(address / 64) * 64;

let compiled: object | undefined;

/** A fresh instance with a memory of its own, or undefined where there is no WebAssembly or it has no vectors. */
const instantiate = (): IntegerExports | undefined => {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyInterface };
  if (WebAssembly === undefined) return undefined;
  try {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(integerModule), (byte) => byte.charCodeAt(0)));
    return new WebAssembly.Instance(compiled).exports as IntegerExports;
  } catch {
    // No vectors, or a page that may not compile: plain JavaScript gives the same integers.
    return undefined;
  }
};

/**
 * Makes the model in WebAssembly, equal to the bit to `createPlainEngine`; undefined where that cannot run, and for a
 * model that does not fit its widths (`fitsVectors`). Weights are widened to 16 bits, up to eight times their bytes.
 */
export const createWasmModel = (model: IntegerModel): WasmModel | undefined => {
  const wasm = fitsVectors(model) ? instantiate() : undefined;
  if (wasm === undefined) return undefined;
  const { inputs, units } = model;
  const image = new MemoryImage(wasm.arenaStart());
  const layout = layoutModel(model, image);
  const { paddedInputs, projectedBytes } = layout;
  const ensure = (bytes: number): void => {
    const missing = bytes - wasm.memory.buffer.byteLength;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / PAGE_BYTES));
  };
  ensure(image.end);
  image.writeTo(wasm.memory.buffer);

  let int16 = new Int16Array(wasm.memory.buffer);
  let int32 = new Int32Array(wasm.memory.buffer);
  const firstFeature = layout.features / 2;
  const vectorBytes = 2 * paddedInputs;
  // Spans stand one behind another: their vectors, then what these are projected to.
  let top = image.end;

  const readFrom = (x: number, baselines: Int32Array, quanta: Int32Array): void => {
    int32.set(baselines, layout.baselines / 4);
    wasm.read(layout.model, x, layout.baselines, layout.quanta);
    quanta.set(int32.subarray(layout.quanta / 4, layout.quanta / 4 + model.head.skip.rows));
  };

  return {
    stepBytes: vectorBytes + projectedBytes,
    project: (features, count) => {
      const vectors = top;
      const projected = aligned(vectors + count * vectorBytes);
      top = aligned(projected + count * projectedBytes);
      ensure(top);
      // A memory that has grown has a new buffer.
      if (int16.length === 0) {
        int16 = new Int16Array(wasm.memory.buffer);
        int32 = new Int32Array(wasm.memory.buffer);
      }
      for (let index = 0; index < count; index++) {
        const at = vectors / 2 + index * paddedInputs;
        for (let input = 0; input < paddedInputs; input++) {
          int16[at + input] = input < inputs ? features[index * inputs + input]! : 0;
        }
      }
      wasm.project(layout.model, vectors, count, projected);
      return {
        forecast: (first, steps, baselines, quanta) => {
          wasm.walk(layout.model, projected + first * projectedBytes, steps);
          readFrom(vectors + (first + steps - 1) * vectorBytes, baselines, quanta);
        },
        release: () => {
          top = vectors;
        },
      };
    },
    reset: () => wasm.reset(layout.model),
    step: (features) => {
      int16.set(features.length === inputs ? features : features.subarray(0, inputs), firstFeature);
      wasm.step(layout.model);
    },
    read: (baselines, quanta) => readFrom(layout.features, baselines, quanta),
    states: () =>
      Int8Array.from(
        layout.states.flatMap((address) => [...int16.subarray(address / 2, address / 2 + units)]),
      ),
  };
};
