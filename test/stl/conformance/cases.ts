import { readFileSync } from "node:fs";

export interface Case {
  readonly id: string;
  readonly our_formula: string;
  readonly our_formula_typed?: string;
  readonly semantics?: string;
  readonly mode?: string;
  readonly kind?: string;
  readonly value_kind?: string;
  readonly expected_kind?: string;
  readonly until?: string;
  readonly method?: string;
  readonly temperature?: number;
  readonly interval_unit?: string;
  readonly delay_samples?: number;
  readonly delay?: number;
  readonly warmup_samples?: number;
  readonly signals: Readonly<Record<string, readonly (readonly [number, number | string])[]>>;
  readonly times?: readonly number[];
  readonly updates?: readonly Readonly<Record<string, unknown>>[];
  readonly gradient?: Readonly<Record<string, readonly (readonly [number, number] | number)[]>>;
  readonly expected: unknown;
}

/** The cases of one file of this folder. */
export const casesOf = (file: string): readonly Case[] =>
  (JSON.parse(readFileSync(new URL(`${file}.json`, import.meta.url), "utf8")) as { cases: readonly Case[] })
    .cases;

/** Numbers are JSON numbers, or "inf", "-inf", "nan". */
export const numberOf = (value: unknown): number => {
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  return value === "nan" ? NaN : Number(value);
};

/** The tolerance of the files: 1e-9, relative above 1; infinities exactly. */
export const agrees = (actual: number | undefined, expected: number, tolerance = 1e-9): boolean => {
  if (actual === undefined) return false;
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (!Number.isFinite(expected)) return actual === expected;
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
};
