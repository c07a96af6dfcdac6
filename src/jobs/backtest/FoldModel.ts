/** The model of a fold as it lies in a file. */
import { Schema } from "effect";
import type { ConformalOffsets } from "../conformalOffsets.ts";

const Offsets = Schema.Struct({
  quantiles: Schema.Array(Schema.Finite),
  offsets: Schema.Array(Schema.Finite),
});

export class FoldModel extends Schema.Class<FoldModel>("ordinance/FoldModel")({
  /** Base64. */
  artefact: Schema.String,
  /** Of the shielded forecasts: what is issued. */
  issued: Offsets,
  /** Of the forecasts without the shield, whose quantiles warn of violations. */
  unshielded: Offsets,
}) {}

export const encodeOffsets = ({ offsets, quantiles }: ConformalOffsets): typeof Offsets.Type => ({
  quantiles,
  offsets: Array.from(offsets),
});

export const decodeOffsets = ({ offsets, quantiles }: typeof Offsets.Type): ConformalOffsets => ({
  quantiles,
  offsets: Float64Array.from(offsets),
});
