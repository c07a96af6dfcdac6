import { describe, expect, it } from "vitest";
import {
  decimalsFor,
  formatNumber,
  formatQuantity,
  formatSetting,
} from "../../../src/report/format/formatNumber.ts";

describe("formatNumber", () => {
  it.each([
    [0, 0, "0"],
    [999, 0, "999"],
    [1000, 0, "1,000"],
    [1234567.891, 2, "1,234,567.89"],
    [-12345.678, 1, "−12,345.7"],
    [-0.0001, 2, "0.00"],
    [0.5, 3, "0.500"],
    [Number.NaN, 2, "not judged"],
    [Number.POSITIVE_INFINITY, 2, "not judged"],
  ])("%d with %d decimals", (value, decimals, text) => expect(formatNumber(value, decimals)).toBe(text));
});

describe("decimalsFor", () => {
  it.each([
    [[], 0],
    [[0], 0],
    [[1234], 0],
    [[0.5, 23.4], 1],
    [[-3.21, Number.NaN], 2],
    [[0.0123], 4],
    [[1e-30], 8],
  ])("%j takes %d", (values, decimals) => expect(decimalsFor(values)).toBe(decimals));
});

describe("formatQuantity", () => {
  it.each([
    [3.14159, "km/h", "3.14\u00a0km/h"],
    [1234.5, "veh/h", "1,235\u00a0veh/h"],
    [0.5, "1", "0.500"],
    [Number.NaN, "km/h", "not judged"],
  ])("%d %s", (value, unit, text) => expect(formatQuantity(value, unit)).toBe(text));
});

describe("formatSetting", () => {
  it.each([
    [1900, "1,900"],
    [8, "8"],
    [99.9, "99.9"],
    [95.00000000000001, "95"],
    [-0.25, "−0.25"],
    [0.00000012, "0.00000012"],
    [1.5e15, "1,500,000,000,000,000"],
  ])("%d", (value, text) => expect(formatSetting(value)).toBe(text));
});
