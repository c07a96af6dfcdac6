const ZERO = 48;
const MINUS = 45;
const PLUS = 43;
const SPACE = 32;
const UPPER_E = 69;
const LOWER_E = 101;

/** Digits whose value a double holds exactly. */
const EXACT_DIGITS = 15;
/** Powers of ten that a double holds exactly. */
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Reads a decimal number from `bytes[start..end)`, spaces around it allowed; NaN where it is none (an empty
 * field, `NaN` and `Infinity` are none), and where it overflows.
 *
 * Correctly rounded, the same double as `Number(text)`: up to 15 digits and a power of ten up to 22 are both
 * exact, so one division rounds once (Clinger 1990, fast path); longer texts take the engine's own way.
 *
 * @example
 * parseNumber(new TextEncoder().encode("-2.5e1"), 0, 6, 46); // => -25
 */
export const parseNumber = (bytes: Uint8Array, start: number, end: number, decimalPoint: number): number => {
  let p = start;
  while (p < end && bytes[p] === SPACE) p++;
  let last = end;
  while (last > p && bytes[last - 1] === SPACE) last--;
  const first = p;
  const negative = bytes[p] === MINUS;
  if (negative || bytes[p] === PLUS) p++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let digit = 0;
  while (p < last && (digit = bytes[p]! - ZERO) >= 0 && digit <= 9) {
    mantissa = mantissa * 10 + digit;
    digits++;
    p++;
  }
  if (p < last && bytes[p] === decimalPoint) {
    p++;
    const fraction = p;
    while (p < last && (digit = bytes[p]! - ZERO) >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      p++;
    }
    scale = fraction - p;
  }
  if (digits === 0) return NaN;
  if (p < last && (bytes[p] === LOWER_E || bytes[p] === UPPER_E)) {
    p++;
    const negativeExponent = bytes[p] === MINUS;
    if (negativeExponent || bytes[p] === PLUS) p++;
    const exponentStart = p;
    let exponent = 0;
    while (p < last && (digit = bytes[p]! - ZERO) >= 0 && digit <= 9) {
      exponent = Math.min(exponent * 10 + digit, 9999);
      p++;
    }
    if (p === exponentStart) return NaN;
    scale += negativeExponent ? -exponent : exponent;
  }
  if (p !== last) return NaN;
  if (digits > EXACT_DIGITS || scale > 22 || scale < -22)
    return parseLongNumber(bytes, first, last, decimalPoint);
  const magnitude = scale < 0 ? mantissa / POWERS_OF_TEN[-scale]! : mantissa * POWERS_OF_TEN[scale]!;
  return negative ? -magnitude : magnitude;
};

const parseLongNumber = (bytes: Uint8Array, start: number, end: number, decimalPoint: number): number => {
  let text = "";
  for (let p = start; p < end; p++) {
    text += bytes[p] === decimalPoint ? "." : String.fromCharCode(bytes[p]!);
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
};
