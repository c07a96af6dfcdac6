import { MOST_PAGES, PAGE_BYTES } from "../kernels/compiledKernel.ts";
import { denseBytes, type ProductSizes } from "../kernels/DenseKernel.ts";
import { recordBytes } from "../kernels/recurrentTiling.ts";
import {
  cellOf,
  type ForecasterShape,
  gateColumns,
  layersOf,
  parameterNames,
  parameterShapes,
} from "../model/Parameters.ts";
import { contextSteps } from "../series/features.ts";
import { ruleBufferBytes, teacherBytes } from "../stl/index.ts";
import { DAY_PARTS } from "./dayProfiles.ts";
import { embeddingRows } from "./startingLayout.ts";
import { createForecastTrace } from "./ForecastTrace.ts";
import { originsOf } from "./originWindows.ts";
import { WINDOWS_PER_CALL } from "./predictWindows.ts";
import { type TrainingJob, validationStride } from "./trainForecaster.ts";

/** What training holds at most, by part. */
export interface TrainingMemory {
  readonly parts: readonly { readonly part: string; readonly bytes: number }[];
  readonly bytes: number;
  /** The part of it that is there before training begins: readings and what is prepared of them. */
  readonly prepared: number;
  /** Bytes of the largest wasm memory, and the most that one can have; 0 of an engine without one. */
  readonly wasm: number;
  readonly wasmLimit: number;
}

const FLOAT = 4;
const NUMBER = 8;
/** Minute, weekday and day of a step. */
const CLOCK_BYTES = 7;
/** Side of the largest table whose sensors and cells are matched as one problem; see `allocateTable`. */
const LARGEST_EXACT_SIDE = 32;
/** A sequence as an object in a list, and its two numbers in a batch. */
const SEQUENCE_BYTES = 64;
/** Sets of parameters while an epoch ends: weights, average and two moments, before it and after; both best ones; float. */
const PARAMETER_SETS = 11;
/** A checkpoint of six sets: base64 by set, the whole text, and its bytes. */
const CHECKPOINT_FLOATS = 6 * 3 * (4 / 3);
/** What the module keeps at the start of its memory fits in the page that it begins with. */
const KERNEL_START = PAGE_BYTES;

/** Sequences that are run at once, and how many of their steps are read out. */
interface Call {
  readonly batch: number;
  readonly steps: number;
  readonly scored: number;
}

/**
 * Upper bound of the bytes that training holds on the fused engine, from shape, data and settings alone: typed arrays
 * and wasm memory in use. Garbage that is not collected yet, the program and the reading of the files come on top.
 *
 * @param wasm whether the engine has wasm memory; tensors of another engine are not counted
 * @param held what the caller holds beside it while training runs
 */
export const trainingMemory = (
  job: Pick<TrainingJob, "data" | "embedding" | "rules" | "settings" | "shape" | "training" | "validation">,
  wasm = true,
  held: TrainingMemory["parts"] = [],
): TrainingMemory => {
  const { data, settings, shape } = job;
  const { plan, readings } = data;
  const rules = settings.rules.weight > 0 ? job.rules : [];
  const training: Call = {
    batch: settings.batch,
    steps: settings.warmupSteps + settings.scoredSteps,
    scored: settings.scoredSteps,
  };
  const ruled: Call = {
    batch: data.sensors,
    steps: plan.windowSteps - 1 + settings.rules.origins,
    scored: settings.rules.origins,
  };
  const origins = originsOf(
    data,
    job.validation,
    contextSteps(plan),
    validationStride(job.validation),
  ).length;
  const rows = origins * data.sensors;
  const window: Call = { batch: Math.min(WINDOWS_PER_CALL, rows), steps: plan.windowSteps, scored: 1 };
  const calls = [training, ...(rules.length > 0 ? [ruled] : []), ...(rows > 0 ? [window] : [])];
  const rowsOfEmbedding = embeddingRows(job.embedding, shape, plan.targets.length);
  const shapes = parameterShapes({ ...shape, sensors: Math.max(shape.sensors, rowsOfEmbedding) });
  const parameters = parameterNames.reduce((sum, name) => {
    const [height, width] = shapes[name];
    return sum + FLOAT * height * width;
  }, 0);
  const spanSteps = job.training.to - job.training.from;
  const sequences = Math.ceil(spanSteps / settings.scoredSteps) * data.sensors;
  const recurrent = wasm ? Math.max(...calls.map((call) => recurrentMemory(shape, call))) : 0;
  const dense = wasm ? Math.max(...calls.flatMap((call) => productsOf(shape, call)).map(pagesOf)) : 0;
  const prepared = [
    ...held,
    { part: "readings", bytes: readings.values.byteLength + readings.clock.weekday.length * CLOCK_BYTES },
    { part: "features", bytes: data.features.byteLength },
    {
      part: "truth and levels",
      bytes: data.truth.byteLength + data.level.byteLength + data.held.byteLength,
    },
  ];
  const parts = [
    ...prepared,
    { part: "sequences", bytes: sequences * SEQUENCE_BYTES },
    {
      part: "batch, head and gradients",
      bytes:
        callBytes(shape, training, true, settings.dropout > 0) +
        (rules.length > 0 ? callBytes(shape, ruled, true, false) + parameters : 0),
    },
    ...(job.embedding === undefined
      ? []
      : [{ part: "vectors of sensors", bytes: vectorBytes(shape, plan.targets.length, rowsOfEmbedding) }]),
    { part: "weights, optimiser, averages", bytes: PARAMETER_SETS * parameters },
    { part: "checkpoint", bytes: CHECKPOINT_FLOATS * parameters },
    { part: "rules", bytes: ruleBytes(job, rules) },
    ...(rules.length > 0 && settings.rules.teacher !== undefined
      ? [{ part: "teacher", bytes: bytesOfTeacher(job, rules) }]
      : []),
    {
      part: "validation",
      // Outputs with their gradient, sensors and origins of all rows; one call; the rules' judges.
      bytes:
        rows * (2 * FLOAT * shape.outputs + 2 * FLOAT) +
        callBytes(shape, window, false, false) +
        ruleBytes(job, job.rules),
    },
    ...(wasm ? [{ part: "kernels (wasm)", bytes: recurrent + dense }] : []),
  ];
  return {
    parts,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    prepared: prepared.reduce((sum, { bytes }) => sum + bytes, 0),
    wasm: Math.max(recurrent, dense),
    wasmLimit: MOST_PAGES * PAGE_BYTES,
  };
};

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;

/** Each layer records in a memory of its own. */
const recurrentMemory = (shape: ForecasterShape, { batch, steps }: Call): number =>
  inputsByLayer(shape).reduce((sum, inputs) => {
    const sizes = { batch, steps, inputs, units: shape.units };
    return sum + pagesOf(recordBytes({ cell: cellOf(shape).cell, sizes }, KERNEL_START));
  }, 0);

/** What the cells read, the lowest first: features and embedding, then the states below. */
const inputsByLayer = (shape: ForecasterShape): number[] =>
  Array.from({ length: layersOf(shape) }, (_, layer) =>
    layer === 0 ? shape.observed + shape.embedding : shape.units,
  );

/** Bytes of the products of the head: what it reads to its hidden layer and its outputs, the hidden layer to the outputs. */
const productsOf = (shape: ForecasterShape, { batch, scored }: Call): number[] => {
  const read = shape.units + shape.observed + shape.embedding;
  const products: ProductSizes[] = [
    [batch * scored, read, shape.headUnits + shape.outputs],
    [batch * scored, shape.headUnits, shape.outputs],
  ];
  return products.map((sizes) => denseBytes(sizes, KERNEL_START));
};

/** Bytes of all arrays that a call makes, forward and, with `gradient`, back. */
const callBytes = (shape: ForecasterShape, call: Call, gradient: boolean, dropout: boolean): number => {
  const { embedding, headUnits, observed, outputs, units } = shape;
  const inputs = observed + embedding;
  const read = units + inputs;
  const columns = gateColumns(shape);
  const { batch, scored, steps } = call;
  const rows = batch * scored;
  const layers = layersOf(shape);
  const cellWeights = inputsByLayer(shape).reduce((sum, own) => sum + (own + units) * columns, 0);
  // Of every step, between two layers.
  const statesBelow = (layers - 1) * steps * batch * units;
  const headWeights = read * (headUnits + outputs);
  const sequences = steps * batch;
  const forward =
    sequences * (observed + (embedding > 0 ? inputs : 0)) +
    // Quantised: codes and what they stand for; thresholds and sums by column.
    2 * cellWeights +
    20 * layers * columns +
    statesBelow +
    rows * units * (dropout ? 2 : 1) +
    rows * read +
    headWeights +
    rows * (headUnits + outputs) +
    rows * (headUnits + 2 * outputs) +
    // Which sensor and which step a row is of.
    2 * (rows + batch);
  const back =
    // Gradients of the outputs, of the hidden layer, of both side by side, and of what the head reads.
    rows * (outputs + headUnits + (headUnits + outputs) + read + units) +
    (embedding > 0 ? sequences * inputs : 0) +
    // Of the weights: the product, cut in two; the cell's own; once more where they are added up.
    3 * headWeights +
    2 * (cellWeights + 4 * layers * columns) +
    statesBelow +
    headUnits * outputs +
    2 * batch * units +
    4 * (outputs + headUnits) +
    3 * shape.sensors * embedding;
  return FLOAT * (forward + (gradient ? back : 0));
};

/**
 * Bytes of vectors that are made of rows, and their gradient, and of what says how: places or features of sensors with
 * the profiles behind them; to find another table, what each sensor costs at each side of it, three times over, and the
 * matching.
 */
const vectorBytes = ({ embedding, sensors }: ForecasterShape, targets: number, rows: number): number => {
  const side = Math.ceil(Math.sqrt(sensors));
  const matched = Math.min(side, LARGEST_EXACT_SIDE) ** 4;
  return (
    2 * FLOAT * sensors * embedding +
    FLOAT * sensors * Math.max(rows, 2) +
    2 * NUMBER * sensors * targets * DAY_PARTS +
    NUMBER * (6 * sensors * side + matched)
  );
};

/** Bytes of the teacher, of the trace that it is given and of its gradient. */
const bytesOfTeacher = (job: Pick<TrainingJob, "data" | "shape">, rules: TrainingJob["rules"]): number => {
  const trace = createForecastTrace(job.data, rules);
  const { horizonSteps } = job.data.plan;
  const values = trace.values.length;
  const slopes = (job.data.sensors + 2) * job.shape.outputs;
  const variables = (values / trace.steps) * horizonSteps;
  return NUMBER * (3 * values + slopes) + teacherBytes(rules, values, variables);
};

/** Bytes of the trace that rules are judged on, of its derivatives, and of the rules' own buffers. */
const ruleBytes = (job: Pick<TrainingJob, "data" | "shape">, rules: TrainingJob["rules"]): number => {
  if (rules.length === 0) return 0;
  const trace = createForecastTrace(job.data, rules);
  const slopes = (job.data.sensors + 2) * job.shape.outputs;
  return (
    NUMBER * (2 * trace.values.length + slopes) +
    rules.reduce((sum, rule) => sum + ruleBufferBytes(rule, trace.steps), 0)
  );
};
