import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportC99 } from "../src/edge/c99/exportC99.ts";
import { FEATURE_MAXIMUM } from "../src/edge/fixedPoint.ts";
import type { IntegerEngine } from "../src/edge/IntegerEngine.ts";
import { createIntegerStep } from "../src/edge/integerStep.ts";
import { createPlainEngine } from "../src/edge/plainEngine.ts";
import { quantiseModel } from "../src/edge/quantiseModel.ts";
import { createWasmModel } from "../src/edge/wasmModel.ts";
import { random } from "../src/series/random.ts";
import type { Measure, ReportRow } from "./BenchRow.ts";
import { controllerRules } from "./controllerRules.ts";
import { frontEndInC } from "./frontEndInC.ts";
import { interleavedMedians } from "./interleavedMedians.ts";
import { medianTime, type Repeats } from "./medianTime.ts";
import { type FloatGru, floatGruStep } from "./peers/FloatGru.ts";
import { onnxGru } from "./peers/onnxGru.ts";
import { openOnnxGru } from "./peers/onnxRuntime.ts";

const [inputs, units, hiddenUnits, horizonSteps, windowSteps] = [16, 64, 32, 24, 24];
const shape = `batch 1, ${inputs} inputs, ${units} units`;
const settled: Repeats = { warmUp: 200, repeats: 1001 };
/** Steps of one timed run. */
const steps = 200;
const SENSORS = 12;

const source = random(3);
const spread = (length: number, size: number): Float64Array =>
  Float64Array.from({ length }, () => (2 * source.uniform() - 1) * size);
const codes = (length: number): Int8Array =>
  Int8Array.from({ length }, () => Math.floor(3 * source.uniform()) - 1);

/** Random weights of the size that a trained model has; no time here depends on their values. */
const model = quantiseModel(
  {
    inputs,
    units,
    inputCodes: codes(3 * units * inputs),
    stateCodes: codes(3 * units * units),
    alpha: spread(3 * units, 0.05),
    beta1: spread(3 * units, 0.15),
    beta2: spread(3 * units, 0.3),
    bias: spread(3 * units, 0.5),
    upper: [],
    head: {
      hiddenUnits,
      hidden: spread(hiddenUnits * (units + inputs), 0.3),
      hiddenBias: spread(hiddenUnits, 0.2),
      output: spread(horizonSteps * hiddenUnits, 0.3),
      skip: spread(horizonSteps * (units + inputs), 0.15),
      outputBias: spread(horizonSteps, 0.1),
    },
    horizonSteps,
    targets: [
      {
        channel: "speed",
        unit: "km/h",
        transform: "identity",
        gain: 15,
        quantum: 0.1,
        minimum: 0,
        maximum: 150,
      },
    ],
  },
  8,
);

const vectors = Array.from({ length: steps }, () =>
  Int16Array.from({ length: inputs }, () => Math.floor((2 * source.uniform() - 1) * 2048)),
);
const window = Int16Array.from({ length: windowSteps * inputs }, (_, at) => vectors[0]![at % inputs]!);
const baselines = new Int32Array(horizonSteps).fill(500 * 256);

const plainStep = (): (() => void) => {
  const step = createIntegerStep(model, model.tanh, inputs, FEATURE_MAXIMUM, units);
  const state = new Float64Array(units);
  const slopes = new Int32Array(3 * units);
  const offsets = new Int32Array(3 * units);
  const floats = vectors.map((features) => Float64Array.from(features));
  return () => {
    for (const x of floats) {
      step.project(x, slopes, offsets, 0);
      step.advance(slopes, offsets, 0, state);
    }
  };
};

const nanoseconds = async (run: () => void): Promise<number> =>
  ((await medianTime(run, settled)) * 1e6) / steps;

/** Forecasts of as many sensors from one span. */
const forecastOnce = (engine: IntegerEngine, sensors: number): (() => void) => {
  const quanta = new Int32Array(horizonSteps);
  const features = Int16Array.from(
    { length: sensors * window.length },
    (_, at) => window[at % window.length]!,
  );
  return () => {
    const span = engine.project(features, sensors * windowSteps);
    for (let sensor = 0; sensor < sensors; sensor++) {
      span.forecast(sensor * windowSteps, windowSteps, baselines, quanta);
    }
    span.release();
  };
};

const script = async (report: ReportRow): Promise<void> => {
  report({
    case: `step, plain JavaScript: ${shape}`,
    value: await nanoseconds(plainStep()),
    unit: "ns",
  });
  const wasm = createWasmModel(model);
  if (wasm === undefined) {
    report({
      case: "step, WebAssembly: not measured, vectors do not load here",
      value: Number.NaN,
      unit: "ns",
    });
  } else {
    const value = await nanoseconds(() => {
      for (const features of vectors) wasm.step(features);
    });
    report({ case: `step, WebAssembly: ${shape}`, value, unit: "ns", atMost: 400 });
  }
  const name = `forecast of ${horizonSteps} leads from ${windowSteps} steps, not counting features`;
  const plain = await medianTime(forecastOnce(createPlainEngine(model), 1), settled);
  report({ case: `${name}, plain JavaScript`, value: plain * 1000, unit: "us" });
  if (wasm !== undefined) {
    const value = await medianTime(forecastOnce(wasm, 1), settled);
    report({ case: `${name}, WebAssembly`, value: value * 1000, unit: "us" });
    report({ case: "forecast, plain JavaScript over WebAssembly", value: plain / value, unit: "times" });
    const all = await medianTime(forecastOnce(wasm, SENSORS), settled);
    report({
      case: `${name}, WebAssembly, each of ${SENSORS} sensors of a span`,
      value: (all * 1000) / SENSORS,
      unit: "us",
    });
  }
};

const peerSource = fileURLToPath(new URL("./peers/float_gru.c", import.meta.url));

interface StepTimes {
  readonly ternary: number;
  readonly rows: number;
  readonly columns: number;
}

/** The exported model and the float cells in one program, both compiled with `flag`. */
const timesInC = (folder: string, flag: string): StepTimes => {
  const program = join(folder, "times");
  const files = [join(folder, "city.c"), peerSource];
  execFileSync("gcc", ["-std=c99", flag, "-I", folder, "-o", program, ...files, "-lm"]);
  return JSON.parse(execFileSync(program, { encoding: "utf8" })) as StepTimes;
};

/** Code and constant data of the exported source in the instructions of a compiler's target. */
const flashBytes = (folder: string, compiler: string, flags: readonly string[] = []): number => {
  const object = join(folder, "city.o");
  execFileSync(compiler, ["-std=c99", "-Os", ...flags, "-c", "-o", object, join(folder, "city.c")]);
  const [, numbers] = execFileSync("size", [object], { encoding: "utf8" }).split("\n");
  const [text, data] = numbers!.trim().split(/\s+/).map(Number) as [number, number];
  return text + data;
};

const ARM_COMPILER = "arm-none-eabi-gcc";

const hasCompiler = (compiler: string): boolean => {
  try {
    execFileSync(compiler, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

const inC = (report: ReportRow): void => {
  const exported = exportC99(model, "city", "a benchmark");
  const floatBytes = 4 * 3 * units * (inputs + units);
  report({
    case: "recurrent weights in float32 over those in C",
    value: floatBytes / exported.weightBytes,
    unit: "times",
    atLeast: 14,
  });
  report({ case: "constant data in C", value: exported.constantBytes, unit: "bytes" });
  const memory = exported.stateBytes + exported.workBytes;
  report({ case: "state and arrays of a call in C", value: memory, unit: "bytes", atMost: 4096 });
  if (!hasCompiler("gcc")) {
    report({ case: "C not measured: gcc is not installed", value: Number.NaN, unit: "ns" });
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "ordinance-bench-"));
  try {
    writeFileSync(join(folder, "city.h"), exported.header);
    writeFileSync(join(folder, "city.c"), exported.source);
    report({
      case: "code and constant data in C, gcc -Os for this processor",
      value: flashBytes(folder, "gcc"),
      unit: "bytes",
      atMost: 32_768,
    });
    if (hasCompiler(ARM_COMPILER)) {
      report({
        case: "code and constant data in C, gcc -Os for a Cortex-M4",
        value: flashBytes(folder, ARM_COMPILER, ["-mcpu=cortex-m4", "-mthumb"]),
        unit: "bytes",
        atMost: 32_768,
      });
    }
    withRules(report, folder);
    for (const flag of ["-O2", "-O3"]) {
      const { columns, rows, ternary } = timesInC(folder, flag);
      report({ case: `step, C, gcc ${flag}: ${shape}`, value: ternary, unit: "ns" });
      report({ case: `peer: float GRU in C by row dot products, gcc ${flag}`, value: rows, unit: "ns" });
      report({ case: `peer: float GRU in C by columns, gcc ${flag}`, value: columns, unit: "ns" });
      report({
        case: `float GRU by rows over C, gcc ${flag}`,
        value: rows / ternary,
        unit: "times",
        atLeast: 4,
      });
      report({
        case: `float GRU by columns over C, gcc ${flag}`,
        value: columns / ternary,
        unit: "times",
        atLeast: 2,
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const float32 = (length: number, size: number): Float32Array => Float32Array.from(spread(length, size));

/** A float GRU of the same size; its values are such that no gate is saturated. */
const floatGru: FloatGru = {
  inputs,
  units,
  inputWeights: float32(3 * units * inputs, 0.3),
  stateWeights: float32(3 * units * units, 0.2),
  bias: float32(3 * units, 0.5),
};

/** Steps of one timed run of the peer that is called step by step, and of its longest call. */
const [CALLS, LONG] = [50, 1000];

/** Our step beside onnxruntime's float GRU: a call for each step, for a window, and for so many that the call is free. */
const besideOnnx = async (report: ReportRow): Promise<void> => {
  const wasm = createWasmModel(model);
  const onnx = await openOnnxGru(onnxGru(floatGru), units);
  if (wasm === undefined || onnx === undefined) {
    const reason =
      wasm === undefined
        ? "vectors in WebAssembly do not load here"
        : "it does not load; npm install --prefix bench/peers --ignore-scripts installs it";
    report({ case: `peer onnxruntime-node not measured: ${reason}`, value: Number.NaN, unit: "ns" });
    return;
  }
  const floats = vectors.map((features) => Float32Array.from(features, (x) => x / 1024));
  const span = (length: number): Float32Array =>
    Float32Array.from(
      { length: length * inputs },
      (_, at) => floats[Math.floor(at / inputs) % steps]![at % inputs]!,
    );

  const checked = span(windowSteps);
  await onnx.run(onnx.tensor(checked, inputs));
  let expected: Float64Array = new Float64Array(units);
  for (let step = 0; step < windowSteps; step++) {
    expected = floatGruStep(floatGru, checked.subarray(step * inputs, (step + 1) * inputs), expected);
  }
  const error = onnx.state().reduce((most, h, unit) => Math.max(most, Math.abs(h - expected[unit]!)), 0);
  report({ case: "float GRU in onnxruntime-node against float64", value: error, unit: "", atMost: 1e-5 });

  const single = floats.slice(0, CALLS).map((x) => onnx.tensor(x, inputs));
  const windowTensor = onnx.tensor(checked, inputs);
  const longTensor = onnx.tensor(span(LONG), inputs);
  const [own, calls, windows, kernel] = (await interleavedMedians(
    [
      {
        steps,
        run: () => {
          for (const features of vectors) wasm.step(features);
        },
      },
      {
        steps: CALLS,
        run: async () => {
          for (const x of single) await onnx.run(x);
        },
      },
      { steps: windowSteps, run: () => onnx.run(windowTensor) },
      { steps: LONG, run: () => onnx.run(longTensor) },
    ],
    { warmUp: 100, repeats: 501 },
  )) as [number, number, number, number];
  const name = "peer: float GRU in onnxruntime-node";
  report({ case: `step, WebAssembly, in turn with the peer: ${shape}`, value: own, unit: "ns" });
  report({ case: `${name}, one step a call`, value: calls, unit: "ns" });
  report({ case: `${name}, ${windowSteps} steps a call, each`, value: windows, unit: "ns" });
  report({ case: `${name}, ${LONG} steps a call, each`, value: kernel, unit: "ns" });
  report({
    case: "onnxruntime-node step by step over WebAssembly",
    value: calls / own,
    unit: "times",
    atLeast: 20,
  });
  report({
    case: `onnxruntime-node, ${windowSteps} steps a call, over WebAssembly`,
    value: windows / own,
    unit: "times",
  });
  report({
    case: "onnxruntime-node's kernel alone over WebAssembly",
    value: kernel / own,
    unit: "times",
    atLeast: 1.5,
  });
};

/** The same model with the rules of a controller: what their tables, the monitor and the shield add. */
const withRules = (report: ReportRow, parent: string): void => {
  const system = controllerRules(horizonSteps);
  const exported = exportC99(model, "city", "a benchmark", system);
  const folder = join(parent, "ruled");
  mkdirSync(folder);
  writeFileSync(join(folder, "city.h"), exported.header);
  writeFileSync(join(folder, "city.c"), exported.source);
  const named = "with rules, monitor and shield";
  for (const [processor, compiler, flags] of [
    ["this processor", "gcc", []],
    ["a Cortex-M4", ARM_COMPILER, ["-mcpu=cortex-m4", "-mthumb"]],
  ] as const) {
    if (!hasCompiler(compiler)) continue;
    report({
      case: `code and constant data in C ${named}, gcc -Os for ${processor}`,
      value: flashBytes(folder, compiler, flags),
      unit: "bytes",
      atMost: 32_768,
    });
  }
  report({ case: "working memory of the shield in C", value: exported.shieldWorkBytes, unit: "bytes" });
  // Forecast, readings and result live as long as the state; a step and the shield do not run at the same time.
  const readings = 9 * system.ruleChannels.length * system.sensors * system.pastSteps;
  const result = 18 * system.rules.length + 4 * system.variables + system.components.length + 8;
  report({
    case: `memory in C ${named}: state, readings, forecast, result, and the larger of a step and the shield`,
    value:
      exported.stateBytes +
      readings +
      4 * system.variables +
      result +
      Math.max(exported.workBytes, exported.shieldWorkBytes),
    unit: "bytes",
    atMost: 4096,
  });
};

/** One step and one forecast of a single sensor, in all runtimes and in float, and what the model takes in C. */
export const measure: Measure = async (report) => {
  await script(report);
  inC(report);
  frontEndInC(report, model, windowSteps, hasCompiler);
  await besideOnnx(report);
};
