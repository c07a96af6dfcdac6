import { ArtefactError } from "../../ArtefactError.ts";

/** A quantum as factor * 10^power, exactly as its decimal text says. */
export interface DecimalQuantum {
  readonly factor: number;
  readonly power: number;
}

/** 2^21 quanta of this factor at 10^-10 still fit 64 bits. */
const FACTOR_MAXIMUM = 879;

/**
 * Splits a quantum into digits and power of ten.
 *
 * Throws an {@link ArtefactError} `not-representable` for one with more digits than the host program reads, as 1/3.
 *
 * @example
 * [0.1, 0.25, 100].map(decimalQuantum); // => [{ factor: 1, power: -1 }, { factor: 25, power: -2 }, { factor: 1, power: 2 }]
 */
export const decimalQuantum = (quantum: number): DecimalQuantum => {
  const [digits, exponent] = quantum.toExponential().split("e") as [string, string];
  const factor = Number(digits.replace(".", ""));
  if (!(factor >= 1 && factor <= FACTOR_MAXIMUM)) {
    throw new ArtefactError(
      "not-representable",
      `the host program reads decimals by a quantum of at most three digits, not by ${quantum}; take a rounder quantum`,
    );
  }
  return { factor, power: Number(exponent) - Math.max(0, digits.length - 2) };
};
