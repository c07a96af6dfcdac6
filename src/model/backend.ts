import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";

/** The tensor backend in use, and why it was taken: both stand in the log and in the model card. */
export interface Backend {
  readonly name: "tensorflow" | "wasm" | "cpu";
  readonly reason: string;
}

/** The part of the wasm backend that a kernel of our own needs. */
interface WasmHeap {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
  makeOutput(shape: number[], dtype: "float32"): tf.TensorInfo;
}

const segmentSum = "UnsortedSegmentSum";

/** The wasm backend lacks the kernel behind the gradient of `tf.gather` (embeddings). */
const registerSegmentSum = (): void => {
  if (tf.getKernel(segmentSum, "wasm")) return;
  tf.registerKernel({
    kernelName: segmentSum,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const heap = backend as WasmHeap;
      const output = heap.makeOutput([numSegments, ...x.shape.slice(segmentIds.shape.length)], "float32");
      // Views last: making the output may move the heap.
      const values = heap.typedArrayFromHeap(x);
      const segments = heap.typedArrayFromHeap(segmentIds);
      const sums = heap.typedArrayFromHeap(output).fill(0);
      const width = sums.length / numSegments;
      segments.forEach((segment, row) => {
        if (segment < 0 || segment >= numSegments) return;
        for (let i = 0; i < width; i++) {
          sums[segment * width + i] = (sums[segment * width + i] ?? 0) + (values[row * width + i] ?? 0);
        }
      });
      return output;
    },
  });
};

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

/** Undefined when the backend works, else why it does not. */
const failureOf = async (start: () => Promise<boolean>): Promise<string | undefined> => {
  try {
    return (await start()) ? undefined : "it did not start";
  } catch (error) {
    return messageOf(error);
  }
};

const startNative = async (): Promise<boolean> => {
  // An optional dependency whose install may leave no package or a broken one, so only loading it tells.
  const optional = "@tensorflow/tfjs-node";
  await import(optional);
  return tf.setBackend("tensorflow");
};

const startWasm = async (): Promise<boolean> => {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(dirname(entry), "/"));
  registerSegmentSum();
  return tf.setBackend("wasm");
};

const select = async (): Promise<Backend> => {
  // tfjs prints advertisements and warnings to the console unless told that this is production.
  tf.enableProdMode();
  const native = await failureOf(startNative);
  if (native === undefined) return { name: "tensorflow", reason: "native @tensorflow/tfjs-node loads" };
  const noNative = `native @tensorflow/tfjs-node does not load (${native})`;
  const wasm = await failureOf(startWasm);
  if (wasm === undefined) return { name: "wasm", reason: noNative };
  await tf.setBackend("cpu");
  return { name: "cpu", reason: `${noNative}; the wasm backend does not start (${wasm})` };
};

let selected: Promise<Backend> | undefined;

/**
 * Starts the fastest tensor backend that works here: native, else wasm, else plain JavaScript ("cpu").
 *
 * Results differ between backends in the last bits. Later calls return the first choice.
 *
 * @example
 * ["tensorflow", "wasm", "cpu"].includes((await selectBackend()).name); // => true
 */
export const selectBackend = (): Promise<Backend> => {
  selected ??= select();
  return selected;
};
