/**
 * Durations, exact: a duration is a whole number of nanoseconds over a power of ten, so `1.5h` and `0.1s`
 * become samples without rounding, or are refused.
 */
import type { DurationTerm, DurationUnit } from "./Syntax.ts";

const nanoseconds: Readonly<Record<Exclude<DurationUnit, "samples">, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  min: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** `numerator / denominator` nanoseconds, or as many samples. */
interface Amount {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const decimal = (text: string): Amount => {
  const [mantissa = "0", exponentText = "0"] = text.toLowerCase().split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const exponent = Number(exponentText) - fraction.length;
  const digits = BigInt(whole + fraction);
  return exponent >= 0
    ? { numerator: digits * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: digits, denominator: 10n ** BigInt(-exponent) };
};

const add = (a: Amount, b: Amount): Amount => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});

const inSamples = (duration: DurationTerm): boolean => duration.parts.some((part) => part.unit === "samples");

const inNanoseconds = (duration: DurationTerm): Amount => {
  let total: Amount = { numerator: 0n, denominator: 1n };
  for (const part of duration.parts) {
    if (part.unit === "samples") continue;
    const amount = decimal(part.number);
    total = add(total, { ...amount, numerator: amount.numerator * nanoseconds[part.unit] });
  }
  return total;
};

/** Whole nanoseconds of a duration; undefined where it is counted in samples or finer than a nanosecond. */
export const durationNanoseconds = (duration: DurationTerm): bigint | undefined => {
  if (inSamples(duration)) return undefined;
  const { numerator, denominator } = inNanoseconds(duration);
  return numerator % denominator === 0n ? numerator / denominator : undefined;
};

/** Steps of a duration; where it is no multiple of the step, the two nearest that are. */
type StepCount =
  | { readonly steps: number }
  | { readonly below: string; readonly above: string; readonly period: string; readonly exact: number };

/**
 * Converts a duration to steps of `stepMs`.
 *
 * @example
 * const place = { source: "", line: 1, column: 1, endLine: 1, endColumn: 1 };
 * durationSteps({ kind: "duration", parts: durationParts("12min"), place }, 300_000);
 * // => { below: "10min", above: "15min", period: "5min", exact: 2.4 }
 */
export const durationSteps = (duration: DurationTerm, stepMs: number): StepCount => {
  if (inSamples(duration)) return { steps: Number(duration.parts[0]?.number ?? "0") };
  const { numerator, denominator } = inNanoseconds(duration);
  const step = BigInt(Math.round(stepMs * 1e6)) * denominator;
  const steps = numerator / step;
  if (steps * step === numerator) return { steps: Number(steps) };
  const text = (count: bigint): string => formatDuration(Number(count) * stepMs);
  const exact = Number(numerator) / Number(step);
  return { below: text(steps), above: text(steps + 1n), period: text(1n), exact };
};

const written: readonly (readonly [DurationUnit, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/**
 * Writes milliseconds the way the language reads them.
 *
 * @example
 * formatDuration(5_400_000); // => "1h30min"
 */
export const formatDuration = (ms: number): string => {
  if (!Number.isInteger(ms)) return `${ms}ms`;
  let rest = Math.abs(ms);
  let text = "";
  for (const [unit, size] of written) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return `${ms < 0 ? "-" : ""}${text === "" ? "0s" : text}`;
};

const partPattern = /(\d+(?:\.\d+)?)(ns|us|ms|min|s|h|d)/g;

/** Parts of a duration such as `1h30min` that is known to be well-formed. */
export const durationParts = (text: string): DurationTerm["parts"] =>
  Array.from(text.matchAll(partPattern), ([, number = "0", unit]) => ({
    number,
    unit: unit as DurationUnit,
  }));
