import type { ParameterDomain } from "./ParameterDomain.ts";

/** How fine a number is looked for, relative to its size: seven digits. */
const FINENESS = 1e-7;
/** Values tried on the way from tight to loose where a looser value may fail after a tighter one was reached. */
const LOOKS = 64;
/** Doublings of a step away from the present value of a parameter without a range. */
const GREATEST_DOUBLING = 60;

/** From where to where a value is looked for. */
export interface Span {
  readonly tight: number;
  readonly loose: number;
}

/**
 * The tightest value of a span that is reached; undefined where none is.
 *
 * Steps are found exactly. Of numbers, the search stops at a reached value next to one that is not, within
 * seven digits, and gives the one with the fewest digits between them: a limit that readings in whole ug/m3 set
 * is found as that whole number. Where nothing fails, the tight end is given.
 *
 * @param monotone whether whatever is looser than a reached value is reached; else the span is looked through
 *   from its tight end at 64 equal distances, every step where there are no more
 *
 * @example
 * tightestValue({ direction: 1, whole: false }, { tight: 0, loose: 100 }, (v) => v >= 12.5, true); // => 12.5
 */
export const tightestValue = (
  { direction, whole }: Pick<ParameterDomain, "direction" | "whole">,
  span: Span,
  reaches: (value: number) => boolean,
  monotone: boolean,
): number | undefined => {
  const { loose, tight } = span;
  if (reaches(tight)) return tight;
  const distance = Math.abs(loose - tight);
  const looks = monotone ? 1 : whole ? Math.min(LOOKS, distance) : LOOKS;
  let failed = tight;
  for (let look = 1; look <= looks; look++) {
    const away = (distance * look) / looks;
    const value = look === looks ? loose : tight + direction * (whole ? Math.floor(away) : away);
    if (reaches(value)) return (whole ? bisectSteps : bisectNumber)(failed, value, reaches);
    failed = value;
  }
  return undefined;
};

const bisectSteps = (bad: number, good: number, reaches: (value: number) => boolean): number => {
  let [low, high] = [bad, good];
  while (Math.abs(high - low) > 1) {
    const middle = Math.round((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return high;
};

const bisectNumber = (bad: number, good: number, reaches: (value: number) => boolean): number => {
  const least = FINENESS ** 2 * Math.abs(good - bad);
  let [low, high] = [bad, good];
  for (;;) {
    const width = Math.abs(high - low);
    if (width > Math.max(FINENESS * Math.max(Math.abs(low), Math.abs(high)), least)) {
      const middle = low + (high - low) / 2;
      if (reaches(middle)) high = middle;
      else low = middle;
      continue;
    }
    const short = fewestDigits(low, high);
    if (short === high || reaches(short)) return short;
    low = short;
  }
};

/**
 * The number with the fewest decimals that is nearer to `included` than `excluded`, or `included` itself.
 *
 * @example
 * fewestDigits(77.9999996, 78.0000002); // => 78
 */
export const fewestDigits = (excluded: number, included: number): number => {
  const towards = included > excluded ? 1 : -1;
  const largest = Math.max(Math.abs(included), Math.abs(excluded));
  const first = Math.ceil(Math.log10(largest)) + 1;
  for (let power = first; power > first - 18; power--) {
    // The quotient may be off by a rounding to either side: its neighbours are tried as well.
    const multiple = Math.round(excluded / 10 ** power);
    for (const nearby of [multiple - towards, multiple, multiple + towards]) {
      const value = Number(`${nearby}e${power}`);
      if (towards * (value - excluded) > 0 && towards * (included - value) >= 0)
        return value === 0 ? 0 : value;
    }
  }
  return included;
};

/**
 * Finds ends for a parameter without a range: away from its present value by steps that double, to a value that
 * is reached and on to one that is not. Undefined where none of the one or none of the other kind turns up.
 */
export const bracket = (
  { direction, start }: Pick<ParameterDomain, "direction" | "start">,
  reaches: (value: number) => boolean,
): Span | undefined => {
  const unit = Math.max(1, Math.abs(start));
  const towards = (sign: 1 | -1, wanted: boolean): number | undefined => {
    if (reaches(start) === wanted) return start;
    for (let doubling = 0; doubling <= GREATEST_DOUBLING; doubling++) {
      const value = start + sign * direction * unit * 2 ** doubling;
      if (reaches(value) === wanted) return value;
    }
    return undefined;
  };
  const loose = towards(1, true);
  const tight = towards(-1, false);
  return loose === undefined || tight === undefined ? undefined : { tight, loose };
};
