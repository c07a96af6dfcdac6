import type { EventKernels } from "../../model/eventModel/eventKernels.ts";
import type { EventModelShape, EventParameters } from "../../model/eventModel/EventModel.ts";
import { allocateTable } from "../../model/sharedTable/allocateTable.ts";
import { columnOf, rowOf, type SharedTable } from "../../model/sharedTable/SharedTable.ts";
import type { TableCost } from "../../model/sharedTable/TableCost.ts";
import type { EventCut } from "./eventPieces.ts";
import { scoreEvents, tableCostOf } from "./scoreEvents.ts";

/** What a token must gain at least, in nats over the training events, to leave its row, and its column. */
const PRICES = [16, 4] as const;

/** A cost with staying made cheaper by a price, in the row and in the column. */
const withPrice = (cost: TableCost, table: SharedTable, price: number): TableCost => {
  const rows = cost.rows.slice();
  const columns = cost.columns.slice();
  for (let token = 0; token < cost.tokens; token++) {
    rows[token * cost.side + rowOf(table, token)]! -= price;
    columns[token * cost.side + columnOf(table, token)]! -= price;
  }
  return { ...cost, rows, columns };
};

/**
 * The table that the model as it is predicts the validation events best with: the one before, or one of those that are
 * cheapest for the training events at some price of moving. A token is seen a few times only, and where it costs least
 * by so few losses is mostly chance: the price keeps such moves out.
 */
export const reallocateTable = (
  kernels: EventKernels,
  shape: EventModelShape,
  parameters: EventParameters,
  table: SharedTable,
  data: { readonly training: Int32Array; readonly validation: Int32Array },
  cut: EventCut,
): SharedTable => {
  const cost = tableCostOf(kernels, shape, parameters, table, data.training, cut);
  const lossOf = (other: SharedTable): number =>
    scoreEvents(kernels, shape, parameters, other, data.validation, cut);
  let [best, least] = [table, lossOf(table)];
  for (const price of PRICES) {
    const other = allocateTable(withPrice(cost, table, price), table).table;
    const loss = lossOf(other);
    if (loss < least) [best, least] = [other, loss];
  }
  return best;
};
