import { ACTIVATION_MAXIMUM, HIDDEN_MAXIMUM, OUTPUT_MAXIMUM, TANH_STEPS } from "../fixedPoint.ts";
import type { C99Shape } from "./exportC99.ts";
import { ROWS_PER_BLOCK } from "./packCodes.ts";

/** Text of the source around its tables. Numbers and their order are those of integerStep.ts and integerHead.ts. */
export const sourceText = (shape: C99Shape, tables: string): string => {
  const { cells, name } = shape;
  const upper = name.toUpperCase();
  return `#include "${name}.h"

#include <string.h>

#define INPUTS ${upper}_INPUTS
#define UNITS ${upper}_UNITS
#define HORIZON ${upper}_HORIZON
#define VALUES ${upper}_VALUES
#define OUTPUTS ${upper}_OUTPUTS
#define PADDED_INPUTS ${shape.paddedInputs}
#define PADDED_UNITS ${shape.paddedUnits}
#define GATE_BLOCKS ${shape.gateBlocks}
#define STATE_BLOCKS ${shape.stateBlocks}
#define ROW_BLOCKS ${Math.ceil((3 * shape.units) / ROWS_PER_BLOCK)}
#define HIDDEN ${shape.hiddenUnits}

${tables}

/* v / 2^bits to nearest, halves up, for |v| < 2^61. The bias keeps the shifted number positive, as C asks. */
static int64_t shift_round(int64_t v, unsigned bits) {
  const uint64_t bias = (uint64_t)1 << 62;
  const uint64_t half = ((uint64_t)1 << bits) >> 1;
  return (int64_t)(((uint64_t)v + half + bias) >> bits) - (int64_t)(bias >> bits);
}

static int32_t clamp(int64_t v, int32_t minimum, int32_t maximum) {
  return v < minimum ? minimum : v > maximum ? maximum : (int32_t)v;
}

/* tanh of a (one = 2^14), one = 2^15. */
static int32_t tanh_of(int32_t a) {
  const uint32_t magnitude = a < 0 ? (uint32_t)-a : (uint32_t)a;
  const uint32_t index = magnitude >> 7;
  int32_t value = 32768;
  if (index < ${TANH_STEPS}u) {
    const uint32_t low = tanh_table[index];
    value = (int32_t)(low + (((tanh_table[index + 1u] - low) * (magnitude & 127u) + 64u) >> 7));
  }
  return a < 0 ? -value : value;
}

/* sigmoid of a (one = 2^14), one = 2^16. */
static int32_t sigmoid_of(int32_t a) {
  const uint32_t magnitude = a < 0 ? (uint32_t)-a : (uint32_t)a;
  const uint32_t index = magnitude >> 8;
  int32_t value = 32768;
  if (index < ${TANH_STEPS}u) {
    const uint32_t low = tanh_table[index];
    value = (int32_t)(low + (((tanh_table[index + 1u] - low) * (magnitude & 255u) + 128u) >> 8));
  }
  return a < 0 ? 32768 - value : 32768 + value;
}

/* 2^e, one = 2^8, for e with one = 2^20 kept within -8..21. */
static int32_t power_of_two(int32_t e) {
  const uint32_t kept = (uint32_t)(clamp(e, -8 * (1 << 20), 21 * (1 << 20)) + 8 * (1 << 20));
  const int32_t drop = 16 - ((int32_t)(kept >> 20) - 8);
  const uint32_t fraction = kept & 0xfffffu;
  const uint32_t low = power_table[fraction >> 12];
  const uint32_t mantissa = low + (((power_table[(fraction >> 12) + 1u] - low) * (fraction & 4095u) + 2048u) >> 12);
  if (drop > 0) return (int32_t)((mantissa + ((uint32_t)1 << (drop - 1))) >> drop);
  return (int32_t)(mantissa << -drop);
}

${ternaryText("input_sums", "PADDED_INPUTS")}

${ternaryText("state_sums", "PADDED_UNITS")}

/* Pre-activations from sums of the state product. */
static void activate(const int32_t *slopes, const int32_t *offsets, const int32_t *sums, int count, unsigned shift,
                     int32_t *activations) {
  int row;
  for (row = 0; row < count; row++) {
    const int64_t product = shift_round((int64_t)slopes[row] * sums[row], shift);
    activations[row] = clamp(product + offsets[row], -${ACTIVATION_MAXIMUM}, ${ACTIVATION_MAXIMUM});
  }
}

/* One step of one cell, from the sums of its input product, which give way to the offsets. */
static void advance(int8_t *h, int32_t *offsets, const int32_t *alpha, const int32_t *beta1,
                    const int32_t *beta2, const int32_t *bias, unsigned alpha_shift, unsigned beta2_shift,
                    unsigned product_shift, const uint8_t *gate_codes, const uint8_t *candidate_codes) {
  int32_t slopes[3 * UNITS];
  int32_t sums[${ROWS_PER_BLOCK} * GATE_BLOCKS];
  int16_t state[PADDED_UNITS];
  int32_t update[UNITS];
  int k;
  for (k = 0; k < 3 * UNITS; k++) {
    const int32_t input_product = offsets[k];
    slopes[k] = (int32_t)(shift_round((int64_t)alpha[k] * input_product, alpha_shift) + beta1[k]);
    offsets[k] = (int32_t)(shift_round((int64_t)beta2[k] * input_product, beta2_shift) + bias[k]);
  }
  for (k = 0; k < UNITS; k++) state[k] = h[k];
  for (k = UNITS; k < PADDED_UNITS; k++) state[k] = 0;
  state_sums(gate_codes, state, GATE_BLOCKS, sums);
  /* The slopes are for r h in units of 1/2032, and h counts in 1/127. */
  activate(slopes, offsets, sums, 2 * UNITS, product_shift - 4, sums);
  for (k = 0; k < UNITS; k++) {
    update[k] = sigmoid_of(sums[k]);
    state[k] = (int16_t)shift_round((int64_t)sigmoid_of(sums[UNITS + k]) * h[k], 12);
  }
  state_sums(candidate_codes, state, STATE_BLOCKS, sums);
  activate(slopes + 2 * UNITS, offsets + 2 * UNITS, sums, UNITS, product_shift, sums);
  for (k = 0; k < UNITS; k++) {
    const int32_t gap = tanh_of(sums[k]) * 127 - h[k] * 32768;
    h[k] = (int8_t)(h[k] + shift_round((int64_t)update[k] * gap, 31));
  }
}

void ${name}_reset(${name}_state *state) { memset(state, 0, sizeof *state); }

void ${name}_step(${name}_state *state, const int16_t features[INPUTS]) {
  int32_t product[${ROWS_PER_BLOCK} * ROW_BLOCKS];
  int16_t x[PADDED_INPUTS];
  memcpy(x, features, INPUTS * sizeof x[0]);
  memset(x + INPUTS, 0, (PADDED_INPUTS - INPUTS) * sizeof x[0]);
  input_sums(w0, x, ROW_BLOCKS, product);
${cellCall(shape, 0)}${Array.from({ length: cells - 1 }, (_, index) => upperCell(shape, index + 1)).join("")}
}

/* multiplier * sum, shifted. */
${layerText("read_row", shape.codeType, shape.sumTypes.read, "int16_t")}

${layerText("output_row", shape.codeType, shape.sumTypes.output, "int32_t")}

${arrangeText(shape)}/* The median and the quantiles as the heads say them. */
static void read_outputs(const ${name}_state *state, const int16_t *features, const int32_t *baselines, int32_t *quanta) {
  int16_t seen[UNITS + INPUTS];
  int32_t hidden[HIDDEN];
  int k;
  for (k = 0; k < UNITS; k++) seen[k] = (int16_t)(8 * state->h[${cells - 1}][k]);
  memcpy(seen + UNITS, features, INPUTS * sizeof seen[0]);
  for (k = 0; k < HIDDEN; k++) {
    const int64_t value = read_row(hidden_codes + k * (UNITS + INPUTS), seen, UNITS + INPUTS, hidden_multiplier[k],
                                   hidden_shift[k]);
    hidden[k] = clamp(value + hidden_bias[k], 0, ${HIDDEN_MAXIMUM});
  }
  for (k = 0; k < OUTPUTS; k++) {
    const int target = (k / HORIZON) % ${upper}_TARGETS;
    const int64_t direct =
        read_row(skip_codes + k * (UNITS + INPUTS), seen, UNITS + INPUTS, skip_multiplier[k], skip_shift[k]);
    const int64_t indirect = output_row(output_codes + k * HIDDEN, hidden, HIDDEN, output_multiplier[k], output_shift[k]);
    const int32_t y = clamp(direct + indirect + output_bias[k], -${OUTPUT_MAXIMUM}, ${OUTPUT_MAXIMUM});
    const int32_t moved = clamp(
        baselines[k % VALUES] + shift_round((int64_t)readout_gain[target] * y, readout_gain_shift[target]), -(1 << 30), 1 << 30);
    const int32_t value = readout_log1p[target] ? power_of_two(moved) - readout_inverse[target] : moved;
    quanta[k] = clamp(shift_round(value, 8), readout_minimum[target], readout_maximum[target]);
  }
}

void ${name}_read(const ${name}_state *state, const int16_t features[INPUTS], const int32_t baselines[VALUES],
                  int32_t quanta[OUTPUTS]) {
  read_outputs(state, features, baselines, quanta);${shape.quantiles.length === 0 ? "" : "\n  arrange(quanta, VALUES);"}
}
`;
};

/** Quantiles of each value sorted, then kept on their side of the median: see arrangeQuantiles.ts. */
const arrangeText = ({ quantiles }: C99Shape): string =>
  quantiles.length === 0
    ? ""
    : `/* Quantiles sorted, then kept on their side of the median. */
static void arrange(int32_t *quanta, int values) {
  int k;
  for (k = 0; k < values; k++) {
    int level;
    for (level = 2; level <= ${quantiles.length}; level++) {
      const int32_t value = quanta[level * values + k];
      int place = level;
      for (; place > 1 && quanta[(place - 1) * values + k] > value; place--) {
        quanta[place * values + k] = quanta[(place - 1) * values + k];
      }
      quanta[place * values + k] = value;
    }
    for (level = 1; level <= ${quantiles.length}; level++) {
      int32_t *value = &quanta[level * values + k];
      if (level <= ${quantiles.filter((level) => level < 0.5).length} ? *value > quanta[k] : *value < quanta[k]) *value = quanta[k];
    }
  }
}

`;

/** Eight rows stand in two bytes a column; the sum of v stands for the ones that the codes hold too much. */
const ternaryText = (name: string, columns: string): string => {
  const rows = Array.from({ length: ROWS_PER_BLOCK }, (_, row) => row);
  const code = (row: number): string => {
    const byte = row < 4 ? "codes[j]" : `codes[${columns} + j]`;
    return row % 4 === 0 ? `${byte} & 3` : `(${byte} >> ${2 * (row % 4)}) & 3`;
  };
  return `static void ${name}(const uint8_t *codes, const int16_t *v, int blocks, int32_t *sums) {
  int32_t total = 0;
  int block;
  int j;
  for (j = 0; j < ${columns}; j++) total += v[j];
  for (block = 0; block < blocks; block++) {
${rows.map((row) => `    int32_t sum${row} = 0;`).join("\n")}
    for (j = 0; j < ${columns}; j++) {
${rows.map((row) => `      sum${row} += v[j] * (int16_t)(${code(row)});`).join("\n")}
    }
${rows.map((row) => `    sums[${row}] = sum${row} - total;`).join("\n")}
    sums += ${ROWS_PER_BLOCK};
    codes += 2 * ${columns};
  }
}`;
};

const layerText = (
  name: string,
  codeType: string,
  sumType: string,
  inputType: string,
): string => `static int64_t ${name}(const ${codeType} *codes, const ${inputType} *v, int columns, uint16_t multiplier, unsigned shift) {
  ${sumType} sum = 0;
  int j;
  for (j = 0; j < columns; j++) sum += ${sumType === "int64_t" ? "(int64_t)" : ""}codes[j] * v[j];
  return shift_round((int64_t)sum * multiplier, shift);
}`;

const cellCall = ({ shifts }: C99Shape, cell: number): string => {
  const { alpha, beta2, product } = shifts[cell]!;
  return `  advance(state->h[${cell}], product, alpha${cell}, beta1_${cell}, beta2_${cell}, bias${cell}, ${alpha}, ${beta2}, ${product}, u${cell}, c${cell});`;
};

const upperCell = (shape: C99Shape, cell: number): string => `
  {
    int16_t below[PADDED_UNITS];
    int k;
    for (k = 0; k < UNITS; k++) below[k] = state->h[${cell - 1}][k];
    for (k = UNITS; k < PADDED_UNITS; k++) below[k] = 0;
    state_sums(w${cell}, below, ROW_BLOCKS, product);
  }
${cellCall(shape, cell)}`;
