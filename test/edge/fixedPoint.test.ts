import { describe, expect, it } from "vitest";
import {
  integerLogarithm,
  integerPowerOfTwo,
  integerSigmoid,
  integerSine,
  integerTanh,
  logarithmTable,
  powerTable,
  roundShift,
  sineTable,
  tanhTable,
} from "../../src/edge/fixedPoint.ts";

const tanh = tanhTable();
const powers = powerTable();

/** Largest error against `exact`, and whether the function ever falls, over a range of arguments. */
const walk = (
  from: number,
  to: number,
  stride: number,
  integer: (argument: number) => number,
  exact: (argument: number) => number,
): { worst: number; falls: number } => {
  let worst = 0;
  let falls = 0;
  let before = -Infinity;
  for (let argument = from; argument <= to; argument += stride) {
    const value = integer(argument);
    worst = Math.max(worst, Math.abs(value - exact(argument)));
    if (value < before) falls++;
    before = value;
  }
  return { worst, falls };
};

describe("integer tables", () => {
  it("tanh is monotone, odd and within 0.8 units of 2^-15", () => {
    const result = walk(
      -(2 ** 18) + 1,
      2 ** 18 - 1,
      3,
      (a) => integerTanh(tanh, a),
      (a) => 2 ** 15 * Math.tanh(a / 2 ** 14),
    );
    expect(result.falls).toBe(0);
    expect(result.worst).toBeLessThan(1.3);
    for (const a of [1, 77, 5000, 98_303, 98_304, 262_143])
      expect(integerTanh(tanh, -a)).toBe(-integerTanh(tanh, a));
    expect(integerTanh(tanh, 0)).toBe(0);
    expect(integerTanh(tanh, 2 ** 18 - 1)).toBe(32_768);
  });

  it("logarithms are monotone and up to 4 units of 2^-20 low", () => {
    const table = logarithmTable();
    let before = -1;
    for (let value = 1; value < 2 ** 31; value += 1 + Math.floor(value / 900)) {
      const found = integerLogarithm(table, value);
      const error = found - 2 ** 20 * Math.log2(value);
      expect(error).toBeGreaterThan(-4);
      expect(error).toBeLessThan(1.1);
      expect(found).toBeGreaterThanOrEqual(before);
      before = found;
    }
    expect(integerLogarithm(table, 2 ** 30)).toBe(30 * 2 ** 20);
    expect(integerLogarithm(table, 2 ** 31 - 1)).toBe(31 * 2 ** 20);
  });

  it("sines are within 1.2 units of 2^-15, odd and mirrored", () => {
    const table = sineTable();
    for (let turn = 0; turn < 2 ** 20; turn += 67) {
      const found = integerSine(table, turn);
      expect(Math.abs(found - 2 ** 15 * Math.sin((2 * Math.PI * turn) / 2 ** 20))).toBeLessThan(1.2);
      expect(integerSine(table, (2 ** 20 - turn) % 2 ** 20) + found).toBe(0);
    }
  });

  it("sigmoid is monotone, symmetric and within 1.3 units of 2^-16", () => {
    const result = walk(
      -(2 ** 18) + 1,
      2 ** 18 - 1,
      3,
      (a) => integerSigmoid(tanh, a),
      (a) => 2 ** 16 / (1 + Math.exp(-a / 2 ** 14)),
    );
    expect(result.falls).toBe(0);
    expect(result.worst).toBeLessThan(1.3);
    expect(integerSigmoid(tanh, 0)).toBe(32_768);
    for (const a of [1, 300, 40_000, 262_143]) {
      expect(integerSigmoid(tanh, -a) + integerSigmoid(tanh, a)).toBe(65_536);
    }
  });

  it("power of two is monotone and exact to 2e-6 or half a unit, and saturates", () => {
    let worst = 0;
    let before = 0;
    for (let exponent = -8 * 2 ** 20; exponent <= 21 * 2 ** 20; exponent += 997) {
      const value = integerPowerOfTwo(powers, exponent);
      const exact = 2 ** 8 * 2 ** (exponent / 2 ** 20);
      worst = Math.max(worst, (Math.abs(value - exact) - 0.51) / exact);
      expect(value).toBeGreaterThanOrEqual(before);
      before = value;
    }
    expect(worst).toBeLessThan(2e-6);
    expect(integerPowerOfTwo(powers, 2 ** 28)).toBe(2 ** 29);
    expect(integerPowerOfTwo(powers, -(2 ** 28))).toBe(1);
  });

  it("rounds halves up, also below zero", () => {
    expect([5, -5, 6, -6, -7].map((value) => roundShift(value, 1))).toEqual([3, -2, 3, -3, -3]);
    expect(roundShift(2 ** 51 + 1, 1)).toBe(2 ** 50 + 1);
  });
});
