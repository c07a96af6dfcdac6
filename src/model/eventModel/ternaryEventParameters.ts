import { gatesOf } from "../../kernels/RecurrentCall.ts";
import { quantisedMatrix } from "../quantiseWeights.ts";
import type { EventModelShape, EventParameters } from "./EventModel.ts";

/**
 * The parameters with ternary weights of the cell, one scale a column (`rowScale` of `quantiseWeights`), as the
 * forecaster has them; vectors and biases stay as they are. Their gradient is that of the weights before: straight through.
 */
export const ternaryEventParameters = (
  { cell, inputs, units }: EventModelShape,
  parameters: EventParameters,
): EventParameters => {
  const columns = gatesOf[cell] * units;
  return {
    ...parameters,
    inputWeights: quantisedMatrix("rowScale", parameters.inputWeights, inputs, columns),
    stateWeights: quantisedMatrix("rowScale", parameters.stateWeights, units, columns),
  };
};
