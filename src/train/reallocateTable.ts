import { allocateTable } from "../model/sharedTable/allocateTable.ts";
import { columnOf, rowOf, type SharedTable } from "../model/sharedTable/SharedTable.ts";
import { type TableCost, zeroCost } from "../model/sharedTable/TableCost.ts";
import { tableLayout } from "../model/embedding/EmbeddingLayout.ts";
import { composedParameters } from "../model/embedding/withEmbedding.ts";
import type { Parameters } from "../model/Parameters.ts";
import { type Random, random } from "../series/random.ts";
import type { SequenceBatch } from "./trainingBatches.ts";
import type { TrainingJob } from "./trainForecaster.ts";
import { trainingStep } from "./trainingStep.ts";

/** A stream of its own, so that training draws what it would without this. */
const STREAM = 3;
/** Sequences of each sensor from which its gradient is taken. */
const SEQUENCES = 2;
/** How far vectors are moved to see how their gradient changes, as a share of their own size. */
const PROBE = 0.1;

export interface Reallocation {
  readonly table: SharedTable;
  /** Sensors that have another cell than before. */
  readonly moved: number;
}

/**
 * What each sensor would cost in each row and column, by the loss about the vector that it has, to the second order: the
 * product of its gradient with the way there and half the curvature times the square of that way.
 *
 * @param stored vectors of the rows, then of the columns, [2 side][width]
 * @param gradient of the loss by the vector of each sensor, [sensors][width]
 * @param curvature of the loss by a vector, 0 or more; one for all
 */
export const vectorCost = (
  table: SharedTable,
  stored: Float32Array,
  gradient: Float32Array,
  curvature: number,
): TableCost => {
  const cost = zeroCost(table.tokens);
  const { side, tokens } = table;
  const width = stored.length / (2 * side);
  const add = (sums: Float64Array, own: number, first: number, sensor: number): void => {
    for (let place = 0; place < side; place++) {
      let slope = 0;
      let square = 0;
      for (let k = 0; k < width; k++) {
        const way = stored[(first + place) * width + k]! - stored[(first + own) * width + k]!;
        slope += gradient[sensor * width + k]! * way;
        square += way * way;
      }
      sums[sensor * side + place] = slope + 0.5 * curvature * square;
    }
  };
  for (let sensor = 0; sensor < tokens; sensor++) {
    add(cost.rows, rowOf(table, sensor), 0, sensor);
    add(cost.columns, columnOf(table, sensor), side, sensor);
  }
  return cost;
};

/**
 * The table that the surrogate of {@link vectorCost} finds cheapest at given weights of the float phase. The surrogate
 * can err: whether the table is better is for the validation to say.
 *
 * @param epoch the draws are of this epoch, so that a training that was stopped goes on alike
 */
export const reallocateTable = (
  job: Pick<TrainingJob, "data" | "run" | "settings" | "shape" | "training">,
  stored: Parameters,
  table: SharedTable,
  scale: Float64Array,
  epoch: number,
): Reallocation => {
  const width = job.shape.embedding;
  const source = random(job.settings.seed + epoch, STREAM);
  const batches = everySensorBatches(job, source);
  const composed = composedParameters(stored, tableLayout(table), width);
  const gradientAt = (parameters: Parameters): Float32Array =>
    vectorGradient(job, parameters, batches, scale);
  const gradient = gradientAt(composed);
  let squares = 0;
  for (const value of composed.embedding) squares += value * value;
  const size = Math.sqrt(squares / composed.embedding.length);
  const probe = Float32Array.from(composed.embedding, () => PROBE * size * source.normal());
  const probed = gradientAt({
    ...composed,
    embedding: composed.embedding.map((value, k) => value + probe[k]!),
  });
  let turned = 0;
  let length = 0;
  probe.forEach((way, k) => {
    turned += way * (probed[k]! - gradient[k]!);
    length += way * way;
  });
  const curvature = length > 0 ? Math.max(0, turned / length) : 0;
  const next = allocateTable(vectorCost(table, stored.embedding, gradient, curvature), table).table;
  let moved = 0;
  for (let sensor = 0; sensor < table.tokens; sensor++) {
    if (next.cellOf[sensor] !== table.cellOf[sensor]) moved++;
  }
  return { table: next, moved };
};

/** Sequences of every sensor in turn, in batches, from places that are drawn; a last one may be smaller. */
const everySensorBatches = (
  { data, settings, training }: Pick<TrainingJob, "data" | "settings" | "training">,
  source: Random,
): SequenceBatch[] => {
  const last = training.to - data.plan.horizonSteps - settings.warmupSteps - settings.scoredSteps;
  const room = Math.max(1, last - training.from + 1);
  const count = SEQUENCES * data.sensors;
  const firstOf = Int32Array.from(
    { length: count },
    () => training.from + Math.floor(source.uniform() * room),
  );
  const sensorOf = Int32Array.from({ length: count }, (_, k) => k % data.sensors);
  return Array.from({ length: Math.ceil(count / settings.batch) }, (_, index) => {
    const [from, to] = [index * settings.batch, (index + 1) * settings.batch];
    return { sensorOf: sensorOf.subarray(from, to), firstOf: firstOf.subarray(from, to) };
  });
};

/** Sum over batches of the gradient of the forecast loss by the vectors of all sensors, without dropout. */
const vectorGradient = (
  { data, run, settings, shape }: Pick<TrainingJob, "data" | "run" | "settings" | "shape">,
  parameters: Parameters,
  batches: readonly SequenceBatch[],
  scale: Float64Array,
): Float32Array => {
  const plain = { ...settings, dropout: 0, embeddingDropout: 0 };
  const sums = new Float64Array(parameters.embedding.length);
  for (const batch of batches) {
    const { gradients } = trainingStep(
      run,
      parameters,
      shape,
      data,
      batch,
      scale,
      plain,
      random(0),
      false,
      0,
      undefined,
    );
    gradients.embedding.forEach((value, k) => (sums[k]! += value));
  }
  return Float32Array.from(sums);
};
