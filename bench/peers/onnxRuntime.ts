import { createRequire } from "node:module";
import { ONNX_GRU_NAMES } from "./onnxGru.ts";

/** A model at work in onnxruntime-node, on one thread. */
export interface OnnxModel {
  /** Steps from the state that the last call left, initially zero. */
  readonly run: (x: OnnxTensor) => Promise<void>;
  readonly state: () => Float32Array;
  /** float32 [step][1][input] */
  readonly tensor: (x: Float32Array, inputs: number) => OnnxTensor;
}

export interface OnnxTensor {
  readonly data: Float32Array;
}

/** The part of onnxruntime-node that is used; it is no dependency, so its types are not here. */
interface OnnxRuntime {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OnnxTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OnnxSession>;
  };
}

interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
}

const packageName = "onnxruntime-node";

/** Opens the file of `onnxGru`; undefined where no onnxruntime-node that loads is installed beside this file. */
export const openOnnxGru = async (file: Uint8Array, units: number): Promise<OnnxModel | undefined> => {
  let runtime: OnnxRuntime;
  try {
    runtime = createRequire(import.meta.url)(packageName) as OnnxRuntime;
  } catch {
    return undefined;
  }
  const session = await runtime.InferenceSession.create(file, {
    executionProviders: ["cpu"],
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const { after, before, x } = ONNX_GRU_NAMES;
  let state = new runtime.Tensor("float32", new Float32Array(units), [1, 1, units]);
  return {
    run: async (values) => {
      const results = await session.run({ [x]: values, [before]: state });
      state = results[after]!;
    },
    state: () => state.data,
    tensor: (values, inputs) => new runtime.Tensor("float32", values, [values.length / inputs, 1, inputs]),
  };
};
