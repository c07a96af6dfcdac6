import { codesOf, type EventModelShape, type EventParameters } from "../../model/eventModel/EventModel.ts";
import type { EventKernels } from "../../model/eventModel/eventKernels.ts";
import { runEventModel } from "../../model/eventModel/runEventModel.ts";
import type { SharedTable } from "../../model/sharedTable/SharedTable.ts";
import { addHalfStepCost, type TableCost, zeroCost } from "../../model/sharedTable/TableCost.ts";
import type { EventCut } from "./eventPieces.ts";
import { type StreamTiming, timedPieces } from "./StreamTiming.ts";

/** Mean losses of a token, in nats. */
export interface EventLosses {
  readonly which: number;
  /** Of the bin of its gap; 0 of a model that does not say when. */
  readonly when: number;
}

/**
 * Mean losses of a token of a stream. The state is carried from piece to piece.
 *
 * @param timing of a model that says when
 * @param cost the losses in all rows and columns are added to it, where it is given; the model must have a shared table
 * @throws RecurrentCallError where a size does not fit
 */
export const scoreTimedEvents = (
  kernels: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  table: SharedTable | undefined,
  tokens: Int32Array,
  cut: EventCut,
  timing?: StreamTiming,
  cost?: TableCost,
): EventLosses => {
  let [which, when, count] = [0, 0, 0];
  let state: Float32Array | undefined;
  for (const piece of timedPieces(tokens, codesOf(tokens, table), timing, cut)) {
    const run = runEventModel(kernels, shape, parameters, { ...piece, ...(state && { state }) });
    run.release();
    state = run.state;
    count += piece.tokens.length;
    for (const own of run.losses) which += own;
    when += run.timing?.loss ?? 0;
    if (cost === undefined) continue;
    const [rows, columns] = run.logits;
    addHalfStepCost(cost.rows, cost.side, rows!, piece.tokens);
    addHalfStepCost(cost.columns, cost.side, columns!, piece.tokens);
  }
  return { which: which / count, when: when / count };
};

/** Mean loss of which token comes next, in nats: the perplexity is its exponential. See {@link scoreTimedEvents}. */
export const scoreEvents = (
  kernels: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  table: SharedTable | undefined,
  tokens: Int32Array,
  cut: EventCut,
): number => scoreTimedEvents(kernels, shape, parameters, table, tokens, cut).which;

/** What each token of a stream would cost in each row and column of the table, with the model as it is. */
export const tableCostOf = (
  kernels: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  table: SharedTable,
  tokens: Int32Array,
  cut: EventCut,
  timing?: StreamTiming,
): TableCost => {
  const cost = zeroCost(table.tokens);
  scoreTimedEvents(kernels, shape, parameters, table, tokens, cut, timing, cost);
  return cost;
};
