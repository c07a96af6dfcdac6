/**
 * The number formats of the device, and the only places where something is rounded.
 *
 * | quantity               | one is  | range            |
 * |------------------------|---------|------------------|
 * | feature x              | 1024    | +-6144           |
 * | hidden state h         | 127     | +-127            |
 * | gated state r * h      | 2032    | +-2032           |
 * | pre-activation a       | 2^14    | +-(2^18 - 1)     |
 * | tanh                   | 2^15    | +-2^15           |
 * | sigmoid                | 2^16    | 0 .. 2^16        |
 * | hidden unit of head    | 1024    | 0 .. 65535       |
 * | output y               | 2^16    | +-2^23           |
 *
 * Every product is formed exactly before it is rounded: magnitudes stay below 2^52, so a double holds them
 * (64-bit integers do in C). Rounding is always to nearest, halves up: floor(v / 2^bits + 1/2).
 */
export const FEATURE_ONE = 1024;
export const FEATURE_MAXIMUM = 6 * FEATURE_ONE;
export const STATE_ONE = 127;
export const GATED_STATE_ONE = 16 * STATE_ONE;
export const ACTIVATION_BITS = 14;
export const ACTIVATION_MAXIMUM = 2 ** 18 - 1;
const TANH_BITS = 15;
export const HIDDEN_ONE = 1024;
export const HIDDEN_MAXIMUM = 65_535;
export const OUTPUT_BITS = 16;
export const OUTPUT_MAXIMUM = 2 ** 23;
/** Exact integers that still leave a bit for the rounding half. */
export const EXACT_MAXIMUM = 2 ** 52;

/** Steps of the tanh table: tanh(k / 128), k = 0..768; beyond 6 tanh is one. */
export const TANH_STEPS = 768;
/** Steps of the table of powers of two: 2^(k / 256), k = 0..256, at one = 2^24. */
export const POWER_STEPS = 256;
const POWER_BITS = 24;
/** Steps of the table of logarithms: log2(1 + k / 256), k = 0..256, at one = 2^20. */
export const LOGARITHM_STEPS = 256;
/** Steps of a quarter turn in the table of sines: sin(pi / 2 * k / 256), k = 0..256, at one = 2^15. */
export const SINE_STEPS = 256;
const SINE_BITS = 15;
/** A turn is 2^20 parts. */
export const TURN_BITS = 20;
const QUARTER_TURN = 2 ** (TURN_BITS - 2);
/** An exponent of two has 20 fractional bits; it is kept between -8 and 21. */
export const EXPONENT_BITS = 20;
const EXPONENT_MINIMUM = -8 * 2 ** EXPONENT_BITS;
const EXPONENT_MAXIMUM = 21 * 2 ** EXPONENT_BITS;

/** 2^-bits, which a product by is exact; a power at every call would cost more than all the rest. */
const HALVINGS = Float64Array.from({ length: 64 }, (_, bits) => 2 ** -bits);

/** `value / 2^bits`, bits 0..63, rounded to nearest, halves up; exact for |value| < 2^52. */
export const roundShift = (value: number, bits: number): number => Math.floor(value * HALVINGS[bits]! + 0.5);

export const clamp = (value: number, minimum: number, maximum: number): number =>
  value < minimum ? minimum : value > maximum ? maximum : value;

/** The table that {@link integerTanh} and {@link integerSigmoid} read, values 0..2^15. */
export const tanhTable = (): Uint16Array =>
  Uint16Array.from({ length: TANH_STEPS + 1 }, (_, k) => Math.round(2 ** TANH_BITS * Math.tanh(k / 128)));

/** The table that {@link integerPowerOfTwo} reads, values 2^24..2^25. */
export const powerTable = (): Uint32Array =>
  Uint32Array.from({ length: POWER_STEPS + 1 }, (_, k) => Math.round(2 ** (POWER_BITS + k / POWER_STEPS)));

/** tanh of a pre-activation (one = 2^14), one = 2^15. Odd, monotone; linear between the entries of the table. */
export const integerTanh = (table: Uint16Array, activation: number): number => {
  const magnitude = activation < 0 ? -activation : activation;
  const index = magnitude >> 7;
  if (index >= TANH_STEPS) return activation < 0 ? -32_768 : 32_768;
  const low = table[index]!;
  const value = low + (((table[index + 1]! - low) * (magnitude & 127) + 64) >> 7);
  return activation < 0 ? -value : value;
};

/** sigmoid(a) = (1 + tanh(a / 2)) / 2 of a pre-activation (one = 2^14), one = 2^16. */
export const integerSigmoid = (table: Uint16Array, activation: number): number => {
  const magnitude = activation < 0 ? -activation : activation;
  const index = magnitude >> 8;
  if (index >= TANH_STEPS) return activation < 0 ? 0 : 65_536;
  const low = table[index]!;
  const value = low + (((table[index + 1]! - low) * (magnitude & 255) + 128) >> 8);
  return activation < 0 ? 32_768 - value : 32_768 + value;
};

/**
 * 2^exponent with one = 2^8, for an exponent with one = 2^20, which is first kept within -8..21. Monotone; the
 * result is below 2^30 and all steps fit 32 bits.
 */
export const integerPowerOfTwo = (table: Uint32Array, exponent: number): number => {
  const kept = clamp(exponent, EXPONENT_MINIMUM, EXPONENT_MAXIMUM);
  const whole = kept >> EXPONENT_BITS;
  const fraction = kept & (2 ** EXPONENT_BITS - 1);
  const index = fraction >> 12;
  const low = table[index]!;
  const mantissa = low + (((table[index + 1]! - low) * (fraction & 4095) + 2048) >> 12);
  const drop = POWER_BITS - 8 - whole;
  return drop > 0 ? (mantissa + (1 << (drop - 1))) >> drop : mantissa << -drop;
};

/** The table that {@link integerLogarithm} reads, values 0..2^20. */
export const logarithmTable = (): Uint32Array =>
  Uint32Array.from({ length: LOGARITHM_STEPS + 1 }, (_, k) =>
    Math.round(2 ** EXPONENT_BITS * Math.log2(1 + k / LOGARITHM_STEPS)),
  );

/**
 * Logarithm to base two of a whole number 1..2^31 - 1, one = 2^20. Monotone; linear between the entries of the table,
 * so up to four units low.
 *
 * @example
 * integerLogarithm(logarithmTable(), 1024) / 2 ** 20; // => 10
 */
export const integerLogarithm = (table: Uint32Array, value: number): number => {
  const whole = 31 - Math.clz32(value);
  const fraction = (value << (31 - whole)) & 0x7fff_ffff;
  const index = fraction >>> 23;
  const low = table[index]!;
  const rest = (fraction >>> 7) & 0xffff;
  return whole * 2 ** EXPONENT_BITS + low + (((table[index + 1]! - low) * rest + 32_768) >>> 16);
};

/** The table that {@link integerSine} reads, values 0..2^15. */
export const sineTable = (): Uint16Array =>
  Uint16Array.from({ length: SINE_STEPS + 1 }, (_, k) =>
    Math.round(2 ** SINE_BITS * Math.sin(((Math.PI / 2) * k) / SINE_STEPS)),
  );

/**
 * Sine of a part of a turn (0..2^20 - 1), one = 2^15; linear between the entries of the table.
 *
 * @example
 * [0, 2 ** 18, 3 * 2 ** 18].map((turn) => integerSine(sineTable(), turn)); // => [0, 32768, -32768]
 */
export const integerSine = (table: Uint16Array, turn: number): number => {
  const half = turn & (2 * QUARTER_TURN - 1);
  const rising = half < QUARTER_TURN ? half : 2 * QUARTER_TURN - half;
  const index = rising >> 10;
  const low = table[index]!;
  const rest = rising & 1023;
  const value = rest === 0 ? low : low + (((table[index + 1]! - low) * rest + 512) >> 10);
  return turn < 2 * QUARTER_TURN ? value : -value;
};
