import { columnOf, rowOf, type SharedTable } from "../sharedTable/SharedTable.ts";
import { logSumExp } from "../sharedTable/logSumExp.ts";
import type { EventModelShape, EventParameters } from "./EventModel.ts";
import type { EventKernels } from "./eventKernels.ts";
import { runEventModel } from "./runEventModel.ts";

/** A model that says which and when, with the table that its codes are of. */
export interface TimedEventModel {
  readonly kernels: EventKernels;
  readonly shape: EventModelShape;
  readonly parameters: EventParameters;
  /** None in a model of one code. */
  readonly table?: SharedTable;
  /** How many tokens there are. */
  readonly tokens: number;
}

/** What a model says after an event. */
export interface NextEvent {
  /** [tokens], their sum 1: what falls on dummies of the table is shared out in proportion. */
  readonly which: Float64Array;
  /** [bins], their sum 1. */
  readonly when: Float64Array;
  /** [units], the state once the next event is known to be this token. */
  readonly stateAfter: (token: number) => Float32Array;
}

/** Probabilities of one row of logits. */
export const softmaxOf = (logits: Float32Array, row: number, classes: number): Float64Array => {
  const total = logSumExp(logits, row * classes, classes);
  return Float64Array.from({ length: classes }, (_, k) => Math.exp(logits[row * classes + k]! - total));
};

/**
 * Probabilities of every token and every bin after an event. With a shared table the rows are tried side by side, since
 * the columns are predicted with the row fed in.
 *
 * @param state [units], before the event is read
 * @param last the token of the event
 * @param features what is known of its time
 * @throws RecurrentCallError where a size does not fit
 */
export const nextEvent = (
  { kernels, parameters, shape, table, tokens }: TimedEventModel,
  state: Float32Array,
  last: number,
  features: Float32Array,
): NextEvent => {
  const batch = table?.side ?? 1;
  const repeated = (values: Float32Array): Float32Array => {
    const all = new Float32Array(batch * values.length);
    for (let row = 0; row < batch; row++) all.set(values, row * values.length);
    return all;
  };
  const codes =
    table === undefined
      ? [Int32Array.of(last, 0)]
      : [
          Int32Array.from({ length: 2 * batch }, (_, k) => (k < batch ? rowOf(table, last) : k - batch)),
          Int32Array.from({ length: 2 * batch }, (_, k) => (k < batch ? columnOf(table, last) : 0)),
        ];
  const run = runEventModel(kernels, shape, parameters, {
    batch,
    steps: 1,
    codes,
    state: repeated(state),
    timing: { features: repeated(features), bins: new Int32Array(batch) },
  });
  run.release();
  const when = softmaxOf(run.timing!.logits, 0, shape.timing!.bins);
  const { units } = shape;
  if (table === undefined) {
    return { which: softmaxOf(run.logits[0]!, 0, tokens), when, stateAfter: () => run.state };
  }
  const rows = softmaxOf(run.logits[0]!, 0, batch);
  const columns = Array.from({ length: batch }, (_, row) => softmaxOf(run.logits[1]!, row, batch));
  const joint = Float64Array.from(
    { length: tokens },
    (_, token) => rows[rowOf(table, token)]! * columns[rowOf(table, token)]![columnOf(table, token)]!,
  );
  const real = joint.reduce((sum, share) => sum + share, 0);
  return {
    which: joint.map((share) => share / real),
    when,
    stateAfter: (token) => {
      const row = rowOf(table, token);
      return run.state.subarray(row * units, (row + 1) * units);
    },
  };
};
