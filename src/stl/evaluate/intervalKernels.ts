/**
 * Interval arithmetic on rows. Whatever is undefined (inf - inf, 1 / 0, the root of -1) is [-inf, inf]; of points
 * it is, to the bit, the arithmetic of numbers.
 */

/** Bounds of one row; `lower` and `upper` are the same array at the same offset where all is known. */
export interface Row {
  lower: Float64Array;
  lowerOffset: number;
  upper: Float64Array;
  upperOffset: number;
  /** lower = upper everywhere. */
  known: boolean;
}

export type BinaryOperation = "add" | "subtract" | "multiply" | "divide" | "power";
export type UnaryOperation = "negate" | "abs" | "sqrt" | "exp" | "ln";

/** Both operands known. False where a result is not finite: then the bounds must be computed. */
export const knownBinary = (
  operation: BinaryOperation,
  target: Float64Array,
  targetOffset: number,
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  length: number,
): boolean => {
  switch (operation) {
    case "add":
      for (let i = 0; i < length; i++) {
        target[targetOffset + i] = (a[aOffset + i] as number) + (b[bOffset + i] as number);
      }
      break;
    case "subtract":
      for (let i = 0; i < length; i++) {
        target[targetOffset + i] = (a[aOffset + i] as number) - (b[bOffset + i] as number);
      }
      break;
    case "multiply":
      for (let i = 0; i < length; i++) {
        target[targetOffset + i] = (a[aOffset + i] as number) * (b[bOffset + i] as number);
      }
      break;
    case "divide":
      for (let i = 0; i < length; i++) {
        target[targetOffset + i] = (a[aOffset + i] as number) / (b[bOffset + i] as number);
      }
      break;
    case "power":
      for (let i = 0; i < length; i++) {
        target[targetOffset + i] = (a[aOffset + i] as number) ** (b[bOffset + i] as number);
      }
  }
  return allFinite(target, targetOffset, length);
};

/** `factor * a + summand`, a known. False where a result is not finite. */
export const knownAffine = (
  target: Float64Array,
  a: Float64Array,
  aOffset: number,
  factor: number,
  summand: number,
  length: number,
): boolean => {
  let finite = true;
  for (let i = 0; i < length; i++) {
    const value = factor * (a[aOffset + i] as number) + summand;
    target[i] = value;
    if (value - value !== 0) finite = false;
  }
  return finite;
};

/** Whether no value is NaN or infinite. */
export const allFinite = (values: Float64Array, offset: number, length: number): boolean => {
  for (let i = offset; i < offset + length; i++) {
    const value = values[i] as number;
    if (value - value !== 0) return false;
  }
  return true;
};

export const knownUnary = (
  operation: UnaryOperation,
  target: Float64Array,
  targetOffset: number,
  a: Float64Array,
  aOffset: number,
  length: number,
): boolean => {
  switch (operation) {
    case "negate":
      for (let i = 0; i < length; i++) target[targetOffset + i] = -(a[aOffset + i] as number);
      break;
    case "abs":
      for (let i = 0; i < length; i++) target[targetOffset + i] = Math.abs(a[aOffset + i] as number);
      break;
    case "sqrt":
      for (let i = 0; i < length; i++) target[targetOffset + i] = Math.sqrt(a[aOffset + i] as number);
      break;
    case "exp":
      for (let i = 0; i < length; i++) target[targetOffset + i] = Math.exp(a[aOffset + i] as number);
      break;
    case "ln":
      for (let i = 0; i < length; i++) target[targetOffset + i] = Math.log(a[aOffset + i] as number);
  }
  return allFinite(target, targetOffset, length);
};

/** The last interval computed by {@link operate} or {@link apply}. */
export const result = { lower: 0, upper: 0 };

const unknown = (): void => {
  result.lower = -Infinity;
  result.upper = Infinity;
};

const set = (lower: number, upper: number): void => {
  if (lower <= upper) {
    result.lower = lower;
    result.upper = upper;
  } else unknown(); // also where a bound is NaN
};

/** 0 * inf is 0: infinite bounds stand for arbitrarily large numbers. */
const product = (a: number, b: number): number => orZero(a * b);

/** inf / inf is 0: the least of what it may be. */
const quotient = (a: number, b: number): number => orZero(a / b);

const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);

const corners = (w: number, x: number, y: number, z: number): void =>
  set(Math.min(w, x, y, z), Math.max(w, x, y, z));

const multiply = (a: number, b: number, c: number, d: number): void =>
  corners(product(a, c), product(a, d), product(b, c), product(b, d));

const divide = (a: number, b: number, c: number, d: number): void => {
  if (c <= 0 && d >= 0) unknown();
  else corners(quotient(a, c), quotient(a, d), quotient(b, c), quotient(b, d));
};

const power = (a: number, b: number, c: number, d: number): void => {
  if (c === d && Number.isInteger(c)) {
    if (c < 0) {
      if (a > 0 || b < 0) corners(a ** c, b ** c, a ** c, b ** c);
      else unknown();
    } else if (c % 2 === 1 || c === 0) set(a ** c, b ** c);
    else if (a >= 0) set(a ** c, b ** c);
    else if (b <= 0) set(b ** c, a ** c);
    else set(0, Math.max(a ** c, b ** c));
  } else if (a > 0) corners(a ** c, a ** d, b ** c, b ** d);
  else if (a >= 0 && c > 0) corners(0, a ** d, b ** c, b ** d);
  else unknown();
};

/** One binary operation on intervals [a, b] and [c, d], into {@link result}. */
export const operate = (operation: BinaryOperation, a: number, b: number, c: number, d: number): void => {
  switch (operation) {
    case "add":
      return set(a + c, b + d);
    case "subtract":
      return set(a - d, b - c);
    case "multiply":
      return multiply(a, b, c, d);
    case "divide":
      return divide(a, b, c, d);
    case "power":
      return power(a, b, c, d);
  }
};

export const boundedBinary = (
  operation: BinaryOperation,
  lower: Float64Array,
  upper: Float64Array,
  offset: number,
  a: Row,
  aShift: number,
  b: Row,
  bShift: number,
  length: number,
): void => {
  if (operation === "subtract") {
    // The commonest, of every comparison: no call a value.
    for (let i = 0; i < length; i++) {
      const least =
        (a.lower[a.lowerOffset + aShift + i] as number) - (b.upper[b.upperOffset + bShift + i] as number);
      const greatest =
        (a.upper[a.upperOffset + aShift + i] as number) - (b.lower[b.lowerOffset + bShift + i] as number);
      const defined = least <= greatest;
      lower[offset + i] = defined ? least : -Infinity;
      upper[offset + i] = defined ? greatest : Infinity;
    }
    return;
  }
  for (let i = 0; i < length; i++) {
    operate(
      operation,
      a.lower[a.lowerOffset + aShift + i] as number,
      a.upper[a.upperOffset + aShift + i] as number,
      b.lower[b.lowerOffset + bShift + i] as number,
      b.upper[b.upperOffset + bShift + i] as number,
    );
    lower[offset + i] = result.lower;
    upper[offset + i] = result.upper;
  }
};

/** One function of an interval [a, b], into {@link result}. */
export const apply = (operation: UnaryOperation, a: number, b: number): void => {
  switch (operation) {
    case "negate":
      return set(-b, -a);
    case "abs":
      if (a >= 0) return set(Math.abs(a), Math.abs(b));
      if (b <= 0) return set(-b, -a);
      return set(0, Math.max(-a, b));
    case "sqrt":
      return a < 0 ? unknown() : set(Math.sqrt(a), Math.sqrt(b));
    case "exp":
      return set(Math.exp(a), Math.exp(b));
    case "ln":
      return a < 0 ? unknown() : set(Math.log(a), Math.log(b));
  }
};

export const boundedUnary = (
  operation: UnaryOperation,
  lower: Float64Array,
  upper: Float64Array,
  offset: number,
  a: Row,
  aShift: number,
  length: number,
): void => {
  for (let i = 0; i < length; i++) {
    apply(
      operation,
      a.lower[a.lowerOffset + aShift + i] as number,
      a.upper[a.upperOffset + aShift + i] as number,
    );
    lower[offset + i] = result.lower;
    upper[offset + i] = result.upper;
  }
};

/**
 * `target[i]` = mean of `source[sourceOffset + i .. + steps - 1]`. Sums are taken from block boundaries in both
 * directions, so that no rounding error travels along the row.
 *
 * `phase`, 0..steps - 1, is where the first block begins: with blocks at the same instants a mean has the same
 * rounding whatever part of a trace is looked at.
 */
export const rollingMean = (
  target: Float64Array,
  count: number,
  source: Float64Array,
  sourceOffset: number,
  steps: number,
  scratch: Float64Array,
  phase = 0,
): void => {
  const length = count + steps - 1;
  // scratch[i]: sum from i to the end of its block.
  for (let block = phase === 0 ? 0 : phase - steps; block < length; block += steps) {
    const first = Math.max(0, block);
    let sum = 0;
    for (let i = Math.min(block + steps, length) - 1; i >= first; i--) {
      sum += source[sourceOffset + i] as number;
      scratch[i] = sum;
    }
  }
  let prefix = 0;
  if (phase > 0) for (let i = phase; i < steps - 1; i++) prefix += source[sourceOffset + i] as number;
  for (let i = 0; i < count; i++) {
    const last = i + steps - 1;
    // The window starts a block or runs from one into the next.
    if ((i - phase) % steps === 0) prefix = 0;
    else prefix += source[sourceOffset + last] as number;
    target[i] = ((scratch[i] as number) + prefix) / steps;
  }
};
