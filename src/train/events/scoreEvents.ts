import { codesOf, type EventModelShape, type EventParameters } from "../../model/eventModel/EventModel.ts";
import type { EventKernels } from "../../model/eventModel/eventKernels.ts";
import { runEventModel } from "../../model/eventModel/runEventModel.ts";
import type { SharedTable } from "../../model/sharedTable/SharedTable.ts";
import { addHalfStepCost, type TableCost, zeroCost } from "../../model/sharedTable/TableCost.ts";
import { type EventCut, eventPieces } from "./eventPieces.ts";

/**
 * Mean loss of a token of a stream, in nats: the perplexity is its exponential. The state is carried from piece to piece.
 *
 * @param cost the losses in all rows and columns are added to it, where it is given; the model must have a shared table
 * @throws RecurrentCallError where a size does not fit
 */
export const scoreEvents = (
  kernels: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  table: SharedTable | undefined,
  tokens: Int32Array,
  cut: EventCut,
  cost?: TableCost,
): number => {
  let [loss, count] = [0, 0];
  let state: Float32Array | undefined;
  for (const piece of eventPieces(tokens, codesOf(tokens, table), cut)) {
    const run = runEventModel(kernels, shape, parameters, { ...piece, ...(state && { state }) });
    run.release();
    state = run.state;
    count += piece.tokens.length;
    for (const own of run.losses) loss += own;
    if (cost === undefined) continue;
    const [rows, columns] = run.logits;
    addHalfStepCost(cost.rows, cost.side, rows!, piece.tokens);
    addHalfStepCost(cost.columns, cost.side, columns!, piece.tokens);
  }
  return loss / count;
};

/** What each token of a stream would cost in each row and column of the table, with the model as it is. */
export const tableCostOf = (
  kernels: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  table: SharedTable,
  tokens: Int32Array,
  cut: EventCut,
): TableCost => {
  const cost = zeroCost(table.tokens);
  scoreEvents(kernels, shape, parameters, table, tokens, cut, cost);
  return cost;
};
