import { logarithmTable, sineTable } from "../fixedPoint.ts";

/** Tables that the front end reads; the same for all models. */
export interface FrontEndTables {
  /** For `integerLogarithm`. */
  readonly logarithms: Uint32Array;
  /** For `integerSine`. */
  readonly sines: Uint16Array;
}

export const frontEndTables = (): FrontEndTables => ({ logarithms: logarithmTable(), sines: sineTable() });
